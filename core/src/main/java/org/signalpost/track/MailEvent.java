package org.signalpost.track;

import java.time.Instant;
import java.util.List;

/**
 * What happened to one mail, as told to whoever keeps the books.
 *
 * <p>The relay derives these from the records of its mail log, so that an event is exactly as durable as the state it
 * tells of. Immutable and safe to share. Replies are those of the next hop, cut to 512 octets and free of control
 * characters.
 */
public sealed interface MailEvent {
    /** The mail it happened to. */
    MessageId message();

    /** When it happened. */
    Instant at();

    /**
     * The mail was accepted: it is on disk, and its sender has been told so. {@code key} is the id of the API key it
     * was submitted with, empty for a trusted network.
     */
    record Queued(
            MessageId message,
            Instant at,
            String sender,
            List<String> recipients,
            String subject,
            long size,
            String key)
            implements MailEvent {
        /** Copies the list. */
        public Queued {
            recipients = List.copyOf(recipients);
        }
    }

    /** The copy for one recipient was taken by the next hop, or captured. */
    record Delivered(MessageId message, Instant at, String recipient, TrackingDecision decision, String reply)
            implements MailEvent {}

    /** The copy for one recipient could not go out yet and is tried again. */
    record Deferred(MessageId message, Instant at, String recipient, String reply, Instant nextTry)
            implements MailEvent {}

    /** The copy for one recipient was refused for good, or its time is over. */
    record Bounced(MessageId message, Instant at, String recipient, TrackingDecision decision, String reply)
            implements MailEvent {}

    /** An operator has thrown the copy for one recipient away. */
    record Dropped(MessageId message, Instant at, String recipient, String reply) implements MailEvent {}
}
