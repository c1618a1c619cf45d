package org.signalpost.relay.spool;

import java.time.Instant;
import org.signalpost.track.TrackingDecision;

/** What has become of one recipient of a mail. Immutable and safe to share. */
public sealed interface RecipientState {
    /** The last word about it. */
    Said said();

    /** The next hop has taken the copy; final, unless the sender is to be told so. */
    record Delivered(TrackingDecision decision, Said said, boolean tellSender) implements RecipientState {}

    /** The copy is in the outbox; final. */
    record Captured(TrackingDecision decision, Said said) implements RecipientState {}

    /** Refused, or its time is over; final, unless the sender is to be told so. */
    record Failed(TrackingDecision decision, Said said, boolean tellSender) implements RecipientState {}

    /**
     * Tried again at {@code next}.
     *
     * @param tellSender it has taken so long that the sender wants to know
     * @param share what the quota has said, as far as this attempt knows
     */
    record Deferred(Said said, Instant next, boolean tellSender, Share share) implements RecipientState {
        /** One that knows nothing of a quota. */
        public Deferred(Said said, Instant next, boolean tellSender) {
            this(said, next, tellSender, Share.NOT_ASKED);
        }
    }

    /** An operator keeps it back. */
    record Held(Said said) implements RecipientState {}

    /** Can't be read or sent without an operator. */
    record Quarantined(Said said) implements RecipientState {}

    /** An operator has thrown it away; final, and nobody is told. */
    record Dropped(Said said) implements RecipientState {}
}
