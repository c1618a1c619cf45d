package org.signalpost.relay.delivery;

import org.signalpost.relay.spool.Said;
import org.signalpost.relay.spool.StoredMail;
import org.signalpost.rewrite.RawMessage;
import org.signalpost.rewrite.mime.SevenBit;
import org.signalpost.track.TrackingDecision;

/** Makes a copy fit for what the next hop can; the last change before it is signed. Pure. */
final class Adapter {
    private Adapter() {}

    /** Whether there is a form that the next hop takes. */
    sealed interface Fit {
        /** This one. */
        record Fits(Adapted copy) implements Fit {}

        /** None. */
        record Unfit(Said said) implements Fit {}
    }

    /** The copy for one recipient, with how it was tracked. */
    record Version(RawMessage message, TrackingDecision decision) {}

    static Fit adapt(StoredMail mail, String recipient, Version version, Peer peer) {
        boolean utf8 = needsUtf8(mail, recipient) && peer.utf8();
        String from = mail.envelope().sender();
        String to = recipient;
        if (!utf8) {
            var sender = AsciiAddress.of(from);
            var receiver = AsciiAddress.of(recipient);
            if (sender.isEmpty() || receiver.isEmpty()) {
                return new Fit.Unfit(Said.ours("5.6.7", "553 5.6.7 the next hop takes no address that is not ASCII"));
            }
            from = sender.get();
            to = receiver.get();
        }
        if (peer.eightBit()) {
            return fits(mail, from, to, utf8, version.message(), version.decision());
        }
        return switch (SevenBit.of(version.message())) {
            case SevenBit.Same same -> fits(mail, from, to, utf8, version.message(), version.decision());
            case SevenBit.Converted converted -> fits(mail, from, to, utf8, converted.message(), version.decision());
            case SevenBit.Impossible impossible ->
                new Fit.Unfit(Said.ours(
                        "5.6.3",
                        "554 5.6.3 the next hop takes 7-bit mail only: "
                                + impossible.reason().code()));
        };
    }

    private static boolean needsUtf8(StoredMail mail, String recipient) {
        return mail.envelope().wishes().utf8()
                || !AsciiAddress.isAscii(mail.envelope().sender())
                || !AsciiAddress.isAscii(recipient);
    }

    private static Fit fits(
            StoredMail mail, String from, String to, boolean utf8, RawMessage message, TrackingDecision decision) {
        return new Fit.Fits(new Adapted(mail.id(), mail.acceptedAt(), from, to, utf8, message, decision));
    }
}
