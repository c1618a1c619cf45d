package org.signalpost.relay.delivery;

import java.util.concurrent.atomic.AtomicReference;
import org.signalpost.relay.spool.Due;
import org.signalpost.relay.spool.Envelope;
import org.signalpost.relay.spool.Said;
import org.signalpost.relay.spool.StoredMail;
import org.signalpost.rewrite.Reason;
import org.signalpost.rewrite.Rewritten;
import org.signalpost.rewrite.TrackingPlan;
import org.signalpost.track.NewTrack;
import org.signalpost.track.TrackingDecision;
import org.signalpost.track.TrackingQuota;

/**
 * Makes the copy for one recipient and hands it to the courier: rewritten, with our fields on top, made fit for the
 * next hop, signed.
 *
 * <p>A pure function of the spooled mail, the recipient, the keys and what the next hop can: a copy made again after a
 * crash is the same, octet for octet. Safe to call from any thread.
 */
public final class Dispatch {

    /** In characters; a state record holds it, and a record has a limit. */
    private static final int LONGEST_EXPLANATION = 128 << 10;

    private final Plans plans;
    private final Couriers couriers;
    private final Trace trace;
    private final TrackingQuota quota;
    private final Outgoing.Signer signer;

    /** Copies are made by {@code plans} while {@code quota} grants them, and signed by {@code signer}. */
    public Dispatch(Plans plans, Couriers couriers, Trace trace, TrackingQuota quota, Outgoing.Signer signer) {
        this.quota = quota;
        this.plans = plans;
        this.couriers = couriers;
        this.trace = trace;
        this.signer = signer;
    }

    /** How an attempt ended, and how the copy was tracked. */
    public record Attempt(Outcome outcome, TrackingDecision decision) {}

    /** One attempt; never throws for what a mail contains or a peer does. */
    public Attempt attempt(StoredMail mail, Due due) {
        Envelope.Recipient recipient = mail.envelope().recipients().get(due.index());
        TrackingPlan plan = plans.of(mail);
        Rewritten copy = within(quota, mail, due, plan, plans.copy(mail, plan, recipient.address()));
        TrackingDecision usual = decision(mail, recipient.address(), copy);
        var version = new Adapter.Version(trace.onTop(mail, copy.message()), usual);
        var decided = new AtomicReference<>(usual);
        var consignment = new Consignment(recipient, mail.envelope().wishes(), peer -> {
            Prepared prepared = prepare(mail, recipient.address(), version, peer);
            if (prepared instanceof Prepared.Impossible && copy instanceof Rewritten.Tracked) {
                // The original may fit: tracking never costs a mail.
                prepared = prepare(mail, recipient.address(), original(mail, plan, recipient.address()), peer);
            }
            if (prepared instanceof Prepared.Ready ready) {
                decided.set(ready.copy().decision());
            }
            return prepared;
        });
        Outcome outcome = couriers.courier(due.route()).deliver(consignment);
        return new Attempt(outcome, decided.get());
    }

    /** Mail beyond the quota flows, untracked; what one attempt was told holds for later ones. */
    private static Rewritten within(TrackingQuota quota, StoredMail mail, Due due, TrackingPlan plan, Rewritten copy) {
        if (!(copy instanceof Rewritten.Tracked)) {
            return copy;
        }
        boolean granted = switch (due.share()) {
            case NOT_ASKED -> quota.take(mail.envelope().origin().key());
            case GRANTED -> true;
            case USED_UP -> false;
        };
        return granted ? copy : plan.original(due.recipient(), Reason.QUOTA_EXCEEDED);
    }

    private Adapter.Version original(StoredMail mail, TrackingPlan plan, String recipient) {
        Rewritten copy = plan.original(recipient, Reason.PEER_SIZE);
        return new Adapter.Version(trace.onTop(mail, copy.message()), decision(mail, recipient, copy));
    }

    private Prepared prepare(StoredMail mail, String recipient, Adapter.Version version, Peer peer) {
        return switch (Adapter.adapt(mail, recipient, version, peer)) {
            case Adapter.Fit.Fits fits -> within(peer, Outgoing.signed(fits.copy(), signer));
            case Adapter.Fit.Unfit unfit -> new Prepared.Impossible(unfit.said());
        };
    }

    static Prepared within(Peer peer, Outgoing copy) {
        long limit = peer.limit().orElse(Long.MAX_VALUE);
        return copy.message().size() <= limit
                ? new Prepared.Ready(copy)
                : new Prepared.Impossible(
                        Said.ours("5.3.4", "552 5.3.4 the next hop takes at most " + limit + " octets"));
    }

    private static TrackingDecision decision(StoredMail mail, String recipient, Rewritten copy) {
        String explanation = copy.explanation().json(LONGEST_EXPLANATION);
        return switch (copy) {
            case Rewritten.Tracked tracked ->
                new TrackingDecision.Tracked(
                        new NewTrack(
                                tracked.track(),
                                tracked.facts().shared() ? "" : recipient,
                                tracked.facts().subject(),
                                tracked.facts().campaign(),
                                mail.id().toString(),
                                tracked.facts().metadata(),
                                mail.acceptedAt()),
                        explanation);
            case Rewritten.Untouched untouched ->
                new TrackingDecision.Untracked(untouched.reason().code(), explanation);
        };
    }
}
