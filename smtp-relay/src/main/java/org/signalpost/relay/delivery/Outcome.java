package org.signalpost.relay.delivery;

import org.signalpost.relay.spool.Said;

/** How an attempt to pass one copy on ended. Immutable and safe to share. */
public sealed interface Outcome {
    /** What the next hop said, or what we say for it. */
    Said said();

    /** The next hop has taken it; {@code reports} when it tells the sender itself what becomes of it (RFC 3461). */
    record Delivered(Said said, boolean reports) implements Outcome {}

    /** It is in the outbox. */
    record Captured(Said said) implements Outcome {}

    /** Not now; tried again later. */
    record Deferred(Said said, Fault fault) implements Outcome {}

    /** Never. */
    record Refused(Said said) implements Outcome {}

    /** It can't be sent without an operator: a fault of ours. */
    record Broken(Said said) implements Outcome {}

    /** Whose trouble a deferral is. */
    enum Fault {
        /** The connection, the greeting or our configuration: other copies would fare no better. */
        ROUTE,
        /** Credentials or TLS that will be refused the next time too: the route is suspended at once. */
        ROUTE_FOR_ALL,
        /** This copy's, as far as the peer says. */
        COPY
    }
}
