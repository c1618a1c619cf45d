package org.signalpost.relay.spool;

import java.time.Instant;
import org.signalpost.track.TrackingDecision;

/** What has become of one recipient of a mail. Immutable and safe to share. */
public sealed interface RecipientState {
    /** What the next hop said, or what we say for it. */
    String reply();

    /** The next hop, or the outbox, has taken the copy; final. */
    record Delivered(TrackingDecision decision, String reply) implements RecipientState {}

    /** Refused, or its time is over; final. */
    record Failed(TrackingDecision decision, String reply) implements RecipientState {}

    /** Tried again at {@code next}. */
    record Deferred(String reply, Instant next) implements RecipientState {}

    /** Can't be read or sent without an operator; final until then. */
    record Quarantined(String reply) implements RecipientState {}

    /** Whether nothing more is to be done. */
    default boolean isFinal() {
        return !(this instanceof Deferred);
    }
}
