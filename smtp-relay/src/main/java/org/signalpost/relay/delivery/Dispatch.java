package org.signalpost.relay.delivery;

import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.signalpost.relay.spool.Envelope;
import org.signalpost.relay.spool.StoredMail;
import org.signalpost.rewrite.EnvelopeFacts;
import org.signalpost.rewrite.MessageRewriter;
import org.signalpost.rewrite.RawMessage;
import org.signalpost.rewrite.Reason;
import org.signalpost.rewrite.Rewritten;
import org.signalpost.rewrite.TrackingPlan;
import org.signalpost.track.MessageId;
import org.signalpost.track.NewTrack;
import org.signalpost.track.TrackingDecision;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the copy for one recipient and hands it to the courier.
 *
 * <p>A pure function of the spooled mail, the recipient and the keys: a copy made again after a crash is the same,
 * octet for octet. Safe to call from any thread.
 */
public final class Dispatch {
    private static final Logger LOG = LoggerFactory.getLogger(Dispatch.class);
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern(
                    "EEE, d MMM uuuu HH:mm:ss Z", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    /** Plans of mail up to so many octets are kept for the next recipient. */
    private static final int KEPT_OCTETS = 2 << 20;

    private static final int KEPT_PLANS = 16;

    /** In characters; a state record holds it, and a record has a limit. */
    private static final int LONGEST_EXPLANATION = 128 << 10;

    private final MessageRewriter rewriter;
    private final Courier courier;
    private final String hostname;
    private final Consumer<StoredMail> failures;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<MessageId, TrackingPlan> plans = new LinkedHashMap<>();

    /**
     * Copies carry {@code hostname} in their Received field; {@code failures} is told of mail whose rewriting failed.
     */
    public Dispatch(MessageRewriter rewriter, Courier courier, String hostname, Consumer<StoredMail> failures) {
        this.failures = failures;
        this.rewriter = rewriter;
        this.courier = courier;
        this.hostname = hostname;
    }

    /** How an attempt ended, and how the copy was tracked. */
    public record Attempt(Outcome outcome, TrackingDecision decision) {}

    /** One attempt; never throws for what a mail contains or a peer does. */
    public Attempt attempt(StoredMail mail, String recipient) {
        TrackingPlan plan = plan(mail);
        Rewritten copy = plan.copyFor(recipient);
        if (copy instanceof Rewritten.Untouched untouched
                && (untouched.reason() == Reason.VERIFICATION_FAILED || untouched.reason() == Reason.INTERNAL_ERROR)) {
            LOG.error(
                    "alarm=rewriting message={} reason={}",
                    mail.id(),
                    untouched.reason().code());
            failures.accept(mail);
        }
        Attempt attempt = attempt(mail, recipient, copy);
        if (attempt.outcome() instanceof Outcome.TooLarge && attempt.decision() instanceof TrackingDecision.Tracked) {
            // The original may fit: tracking never costs a mail.
            attempt = attempt(mail, recipient, plan.original(recipient, Reason.PEER_SIZE));
        }
        return attempt.outcome() instanceof Outcome.TooLarge(String reply, long limit)
                ? new Attempt(new Outcome.Refused("552 5.3.4 " + reply), attempt.decision())
                : attempt;
    }

    private Attempt attempt(StoredMail mail, String recipient, Rewritten copy) {
        TrackingDecision decision = decision(mail, recipient, copy);
        RawMessage message = withReceived(mail, copy.message());
        var outgoing =
                new Outgoing(mail.id(), mail.acceptedAt(), mail.envelope().sender(), recipient, message, decision);
        return new Attempt(courier.deliver(outgoing), decision);
    }

    private TrackingPlan plan(StoredMail mail) {
        lock.lock();
        try {
            Optional<TrackingPlan> known = Optional.ofNullable(plans.get(mail.id()));
            if (known.isPresent()) {
                return known.get();
            }
        } finally {
            lock.unlock();
        }
        // Outside of the lock: two threads may work out the same plan, which is the same plan.
        var facts = new EnvelopeFacts(mail.id().ulid(), mail.envelope().sender());
        TrackingPlan plan = rewriter.plan(mail.message(), facts);
        if (mail.envelope().recipients().size() > 1 && mail.message().size() <= KEPT_OCTETS) {
            keep(mail.id(), plan);
        }
        return plan;
    }

    private void keep(MessageId id, TrackingPlan plan) {
        lock.lock();
        try {
            plans.put(id, plan);
            Iterator<MessageId> oldest = plans.keySet().iterator();
            if (plans.size() > KEPT_PLANS && oldest.hasNext()) {
                oldest.next();
                oldest.remove();
            }
        } finally {
            lock.unlock();
        }
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

    /** RFC 5321 section 4.4; without FOR, which would tell one recipient of another. */
    private RawMessage withReceived(StoredMail mail, RawMessage copy) {
        Envelope envelope = mail.envelope();
        String address = envelope.client().indexOf(':') >= 0 ? "IPv6:" + envelope.client() : envelope.client();
        String helo = envelope.helo().replaceAll("[^A-Za-z0-9.:_\\[\\]-]", "?");
        String field =
                "Received: from " + (helo.isEmpty() ? "unknown" : helo) + " ([" + address + "])\r\n\tby " + hostname
                        + " (Signalpost) with " + envelope.protocol() + " id "
                        + mail.id().ulid() + ";\r\n\t"
                        + DATE.format(mail.acceptedAt()) + "\r\n";
        byte[] top = field.getBytes(StandardCharsets.US_ASCII);
        var octets = new byte[top.length + copy.size()];
        System.arraycopy(top, 0, octets, 0, top.length);
        System.arraycopy(copy.octets(), 0, octets, top.length, copy.size());
        return RawMessage.of(octets);
    }
}
