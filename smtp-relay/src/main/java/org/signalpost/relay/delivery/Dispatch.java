package org.signalpost.relay.delivery;

import org.signalpost.rewrite.MessageRewriter;

/** Makes the copy for one recipient and hands it to the courier. */
public final class Dispatch {
    /** Copies carry {@code hostname} in their Received field. */
    public Dispatch(MessageRewriter rewriter, Courier courier, String hostname) {}
}
