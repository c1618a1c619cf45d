package org.signalpost.relay.delivery;

import java.time.Instant;
import org.signalpost.rewrite.RawMessage;
import org.signalpost.track.MessageId;
import org.signalpost.track.TrackingDecision;

/** One copy for one recipient, exactly as it is to be sent; only {@link Dispatch} makes it. Safe to share. */
public final class Outgoing {
    private final MessageId id;
    private final Instant acceptedAt;
    private final String sender;
    private final String recipient;
    private final RawMessage message;
    private final TrackingDecision decision;

    Outgoing(
            MessageId id,
            Instant acceptedAt,
            String sender,
            String recipient,
            RawMessage message,
            TrackingDecision decision) {
        this.id = id;
        this.acceptedAt = acceptedAt;
        this.sender = sender;
        this.recipient = recipient;
        this.message = message;
        this.decision = decision;
    }

    /** The mail it is a copy of. */
    public MessageId id() {
        return id;
    }

    /** When that mail was accepted. */
    public Instant acceptedAt() {
        return acceptedAt;
    }

    /** The envelope sender, empty for the null sender. */
    public String sender() {
        return sender;
    }

    /** The envelope recipient. */
    public String recipient() {
        return recipient;
    }

    /** The octets. */
    public RawMessage message() {
        return message;
    }

    /** Whether it is tracked, and why. */
    public TrackingDecision decision() {
        return decision;
    }
}
