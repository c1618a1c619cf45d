package org.signalpost.relay.delivery;

import java.time.Instant;
import java.util.List;
import org.signalpost.relay.spool.Envelope;
import org.signalpost.relay.spool.StoredMail;
import org.signalpost.rewrite.RawMessage;
import org.signalpost.track.MessageId;
import org.signalpost.track.TrackingDecision;

/** Copies for couriers under test: as they are, untracked, unsigned, adapted to the peer. */
public final class Copies {
    private Copies() {}

    /** A copy for one recipient. */
    public static Consignment of(MessageId id, String sender, String recipient, RawMessage mail) {
        return of(id, sender, Envelope.Recipient.of(recipient), Envelope.Wishes.NONE, mail);
    }

    /** The same with what the sender wants to be told. */
    public static Consignment of(
            MessageId id, String sender, Envelope.Recipient recipient, Envelope.Wishes wishes, RawMessage mail) {
        var envelope =
                new Envelope(sender, List.of(recipient), new Envelope.Origin("192.0.2.1", "c", "ESMTP", ""), wishes);
        var stored = new StoredMail(id, Instant.EPOCH, envelope, mail, /* notice= */ false);
        var version = new Adapter.Version(mail, new TrackingDecision.Untracked("no-html", "{}"));
        return new Consignment(recipient, wishes, peer -> switch (Adapter.adapt(
                stored, recipient.address(), version, peer)) {
            case Adapter.Fit.Fits fits -> Dispatch.within(peer, Outgoing.signed(fits.copy(), message -> message));
            case Adapter.Fit.Unfit unfit -> new Prepared.Impossible(unfit.said());
        });
    }
}
