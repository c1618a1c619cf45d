package org.signalpost.relay.delivery;

import java.time.Instant;
import org.signalpost.rewrite.RawMessage;
import org.signalpost.track.MessageId;
import org.signalpost.track.TrackingDecision;

/**
 * One copy for one recipient, exactly as it is to be sent: rewritten, made fit for the next hop, then signed. Only
 * {@link #signed} makes it, and only from what the adapter made, so that nothing is changed behind a signature.
 * Immutable and safe to share.
 */
public final class Outgoing {
    private final Adapted copy;
    private final RawMessage message;

    private Outgoing(Adapted copy, RawMessage message) {
        this.copy = copy;
        this.message = message;
    }

    /** Signs what goes out (RFC 6376). */
    public interface Signer {
        /** The octets with a signature on top; as they are when there is no key. */
        RawMessage sign(RawMessage message);
    }

    static Outgoing signed(Adapted copy, Signer signer) {
        return new Outgoing(copy, signer.sign(copy.message()));
    }

    /** The mail it is a copy of. */
    public MessageId id() {
        return copy.id();
    }

    /** When that mail was accepted. */
    public Instant acceptedAt() {
        return copy.acceptedAt();
    }

    /** The envelope sender as it goes over the wire, empty for the null sender. */
    public String sender() {
        return copy.sender();
    }

    /** The envelope recipient as it goes over the wire. */
    public String recipient() {
        return copy.recipient();
    }

    /** Whether SMTPUTF8 is to be asked for. */
    public boolean utf8() {
        return copy.utf8();
    }

    /** The octets. */
    public RawMessage message() {
        return message;
    }

    /** Whether it is tracked, and why. */
    public TrackingDecision decision() {
        return copy.decision();
    }
}
