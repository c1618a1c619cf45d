package org.signalpost.relay.delivery;

/** How an attempt to pass one copy on ended; replies are at most 512 printable characters. Immutable, safe to share. */
public sealed interface Outcome {
    /** What the next hop said, or what we say for it. */
    String reply();

    /** The next hop has taken it. */
    record Delivered(String reply) implements Outcome {}

    /** Not now; tried again later. */
    record Deferred(String reply, Fault fault) implements Outcome {}

    /** Never. */
    record Refused(String reply) implements Outcome {}

    /** The next hop takes no mail that large; nothing was sent. */
    record TooLarge(String reply, long limit) implements Outcome {}

    /** Whose trouble a deferral is. */
    enum Fault {
        /** The connection, the greeting or our configuration: other copies would fare no better. */
        ROUTE,
        /** This copy's, as far as the peer says. */
        COPY
    }
}
