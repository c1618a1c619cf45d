package org.signalpost.relay.delivery;

import org.signalpost.relay.spool.Said;

/** A copy made fit for the next hop at hand, or why that can't be. Immutable and safe to share. */
public sealed interface Prepared {
    /** It is to be sent exactly like this. */
    record Ready(Outgoing copy) implements Prepared {}

    /** No form of it fits this next hop: it is refused without being sent. */
    record Impossible(Said said) implements Prepared {}
}
