package org.signalpost.relay.delivery;

import java.time.Duration;
import java.time.Instant;
import java.util.function.UnaryOperator;
import org.signalpost.relay.spool.Due;
import org.signalpost.relay.spool.Envelope;
import org.signalpost.relay.spool.Priority;
import org.signalpost.relay.spool.Share;
import org.signalpost.relay.spool.StoredMail;
import org.signalpost.relay.spool.TestSpool;
import org.signalpost.rewrite.MessageRewriter;
import org.signalpost.rewrite.RawMessage;
import org.signalpost.rewrite.RewriteSettings;
import org.signalpost.track.MessageId;
import org.signalpost.track.SigningKeys;
import org.signalpost.track.TrackingQuota;
import org.signalpost.track.TrackingUrls;

/** Attempts with everything between the spool and the courier, without the spool. */
public final class Attempts {
    private final Dispatch dispatch;

    /** Everything goes to this courier; {@code before} comes before rewriting. */
    public Attempts(Courier courier, UnaryOperator<RawMessage> before, Outgoing.Signer signer) {
        this(everywhere(courier), before, signer);
    }

    private Attempts(Couriers couriers, UnaryOperator<RawMessage> before, Outgoing.Signer signer) {
        var rewriter = new MessageRewriter(
                new TrackingUrls("https://t.example"),
                SigningKeys.of(1, new byte[32], new byte[32]),
                RewriteSettings.defaults(/* opens= */ true, /* clicks= */ true));
        this.dispatch = new Dispatch(
                new Plans(rewriter, before, failed -> {}),
                couriers,
                new Trace("relay.example.org", "abcdefgh", /* showClient= */ false),
                TrackingQuota.UNLIMITED,
                signer);
    }

    /** Unsigned. */
    public Attempts(Courier courier) {
        this(courier, message -> message, message -> message);
    }

    /** Unsigned, to the couriers of several routes. */
    Attempts(Couriers couriers) {
        this(couriers, message -> message, message -> message);
    }

    private static Couriers everywhere(Courier courier) {
        return new Couriers() {
            @Override
            public Courier courier(String route) {
                return courier;
            }

            @Override
            public String route(String recipient) {
                return TestSpool.ROUTE;
            }
        };
    }

    Dispatch dispatch() {
        return dispatch;
    }

    /** As if it had been accepted. */
    public static StoredMail mail(Envelope envelope, RawMessage octets) {
        return new StoredMail(
                new MessageId(1L << 50, octets.size()), Instant.EPOCH, envelope, octets, /* notice= */ false);
    }

    /** One attempt for the recipient at this place in the envelope. */
    public Dispatch.Attempt of(StoredMail mail, int index) {
        String recipient = mail.envelope().addresses().get(index);
        return dispatch.attempt(
                mail,
                new Due(
                        mail.id(),
                        index,
                        recipient,
                        TestSpool.ROUTE,
                        0,
                        mail.acceptedAt(),
                        Duration.ZERO,
                        mail.acceptedAt(),
                        Priority.NORMAL,
                        Share.NOT_ASKED));
    }

    /** One attempt for the only recipient. */
    public Dispatch.Attempt of(Envelope envelope, RawMessage octets) {
        return of(mail(envelope, octets), 0);
    }
}
