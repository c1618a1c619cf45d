package org.signalpost.relay.spool;

import java.util.List;
import org.signalpost.track.MessageId;

/**
 * What a notice tells a sender. Immutable and safe to share.
 *
 * @param of the mail it tells of
 * @param kind what it tells
 * @param recipients whom it tells it of, by their places in that mail's envelope
 */
public record Told(MessageId of, Kind kind, List<Integer> recipients) {
    /** What is told. */
    public enum Kind {
        /** It will never be delivered. */
        FAILED,
        /** It takes long, and is tried further. */
        DELAYED,
        /** It was passed on to a server that tells nothing more. */
        RELAYED
    }

    /** Copies the list. */
    public Told {
        recipients = List.copyOf(recipients);
    }
}
