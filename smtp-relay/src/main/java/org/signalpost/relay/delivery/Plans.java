package org.signalpost.relay.delivery;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.signalpost.relay.spool.StoredMail;
import org.signalpost.rewrite.EnvelopeFacts;
import org.signalpost.rewrite.MessageRewriter;
import org.signalpost.rewrite.RawMessage;
import org.signalpost.rewrite.Reason;
import org.signalpost.rewrite.Rewritten;
import org.signalpost.rewrite.TrackingPlan;
import org.signalpost.track.MessageId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How each mail is tracked, worked out once for all its recipients while they are under way. Safe to share. */
public final class Plans {
    private static final Logger LOG = LoggerFactory.getLogger(Plans.class);

    /** Plans of mail up to so many octets are kept for the next recipient. */
    private static final int KEPT_OCTETS = 2 << 20;

    private static final int KEPT_PLANS = 16;

    private final MessageRewriter rewriter;
    private final UnaryOperator<RawMessage> before;
    private final Consumer<StoredMail> failures;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<MessageId, TrackingPlan> plans = new LinkedHashMap<>();

    /**
     * {@code before} is what is done to a mail before it is rewritten; {@code failures} is told of mail whose rewriting
     * failed.
     */
    public Plans(MessageRewriter rewriter, UnaryOperator<RawMessage> before, Consumer<StoredMail> failures) {
        this.rewriter = rewriter;
        this.before = before;
        this.failures = failures;
    }

    /** The copy for a recipient as it will be made, before the quota and the next hop are asked; nobody is told. */
    public Rewritten forecast(StoredMail mail, String recipient) {
        return of(mail).copyFor(recipient);
    }

    TrackingPlan of(StoredMail mail) {
        Optional<TrackingPlan> known = known(mail.id());
        if (known.isPresent()) {
            return known.get();
        }
        // Outside of the lock: two threads may work out the same plan, which is the same plan.
        TrackingPlan plan = made(mail);
        if (mail.envelope().recipients().size() > 1 && mail.message().size() <= KEPT_OCTETS) {
            keep(mail.id(), plan);
        }
        return plan;
    }

    /** Whatever of ours fails on the way, there is a plan: the mail goes out as it came. */
    private TrackingPlan made(StoredMail mail) {
        try {
            var facts = new EnvelopeFacts(mail.id().ulid(), mail.envelope().sender());
            return rewriter.plan(before.apply(mail.message()), facts);
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError | LinkageError e) {
            LOG.error("message={} could not be looked at", mail.id(), e);
            return rewriter.failed(mail.message());
        }
    }

    /** The copy for a recipient; a failure of ours is told of. */
    Rewritten copy(StoredMail mail, TrackingPlan plan, String recipient) {
        Rewritten copy = plan.copyFor(recipient);
        if (copy instanceof Rewritten.Untouched untouched
                && (untouched.reason() == Reason.VERIFICATION_FAILED || untouched.reason() == Reason.INTERNAL_ERROR)) {
            LOG.error(
                    "alarm=rewriting message={} reason={}",
                    mail.id(),
                    untouched.reason().code());
            failures.accept(mail);
        }
        return copy;
    }

    private Optional<TrackingPlan> known(MessageId id) {
        lock.lock();
        try {
            return Optional.ofNullable(plans.get(id));
        } finally {
            lock.unlock();
        }
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
}
