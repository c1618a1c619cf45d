package org.signalpost.relay.delivery;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.signalpost.journal.JournalException;
import org.signalpost.relay.spool.Due;
import org.signalpost.relay.spool.RecipientState;
import org.signalpost.relay.spool.Spool;
import org.signalpost.relay.spool.StoredMail;
import org.signalpost.retry.RetrySchedule;
import org.signalpost.track.TrackingDecision;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes what is due from the spool and has it dispatched, each attempt on a virtual thread. Start once, close once. */
public final class DeliveryLoop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DeliveryLoop.class);
    private static final Duration PATIENCE = Duration.ofMillis(200);
    private static final Duration STOP = Duration.ofSeconds(15);

    /** Kilobytes that all attempts together may need. */
    private static final int MEMORY =
            (int) Math.max(64 << 10, Runtime.getRuntime().maxMemory() / 3 / 1_024);

    private final Semaphore memory = new Semaphore(MEMORY, /* fair= */ true);
    private final Spool spool;
    private final Dispatch dispatch;
    private final RetrySchedule schedule;
    private final InstantSource clock;
    private final int connections;
    private final Route route;
    private final Thread taker;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private int underWay;
    private boolean stopping;

    /** At most {@code connections} copies go out at once. */
    public DeliveryLoop(Spool spool, Dispatch dispatch, RetrySchedule schedule, InstantSource clock, int connections) {
        this.spool = spool;
        this.dispatch = dispatch;
        this.schedule = schedule;
        this.clock = clock;
        this.connections = Math.max(connections, 1);
        this.route = new Route(clock);
        this.taker = Thread.ofPlatform().name("delivery").unstarted(this::take);
    }

    /** Begins. */
    public void start() {
        taker.start();
    }

    private void take() {
        while (!isStopping()) {
            if (!awaitRoom()) {
                continue;
            }
            Optional<Due> due = spool.take(PATIENCE);
            if (due.isPresent()) {
                changeUnderWay(1);
                Thread.ofVirtual().name("deliver " + due.get().id()).start(() -> {
                    try {
                        attempt(due.get());
                    } finally {
                        changeUnderWay(-1);
                    }
                });
            }
        }
    }

    private boolean isStopping() {
        lock.lock();
        try {
            return stopping;
        } finally {
            lock.unlock();
        }
    }

    /** Whether another copy may be taken; waits a little when it may not. */
    private boolean awaitRoom() {
        lock.lock();
        try {
            long nanos = PATIENCE.toNanos();
            while (underWay >= route.room(connections)) {
                if (nanos <= 0 || stopping) {
                    return false;
                }
                nanos = changed.awaitNanos(nanos);
            }
            return !stopping;
        } catch (InterruptedException e) {
            return false;
        } finally {
            lock.unlock();
        }
    }

    private void changeUnderWay(int by) {
        lock.lock();
        try {
            underWay += by;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void attempt(Due due) {
        int share = share(due);
        memory.acquireUninterruptibly(share);
        try {
            dispatch(due);
        } finally {
            memory.release(share);
        }
    }

    /** Kilobytes of memory that an attempt needs: the mail, its copy, and what is made on the way. */
    private int share(Due due) {
        return (int) Math.min(MEMORY, 4 * spool.size(due.id()) / 1_024 + 16);
    }

    private void dispatch(Due due) {
        try {
            StoredMail mail = spool.read(due.id());
            long began = System.nanoTime();
            Dispatch.Attempt attempt = dispatch.attempt(mail, due.recipient());
            long millis = (System.nanoTime() - began) / 1_000_000;
            tell(attempt.outcome());
            keep(due, settle(due, attempt, millis));
        } catch (JournalException e) {
            if (e.why() == JournalException.Cause.DAMAGED) {
                LOG.error("alarm=quarantined message={} to={} reason={}", due.id(), domain(due), e.getMessage());
                keep(due, new RecipientState.Quarantined("the spooled mail is damaged"));
            } else {
                LOG.error("alarm=spool message={} to={} reason={}", due.id(), domain(due), e.getMessage());
                if (awaitASecond()) {
                    spool.giveBack(due);
                }
            }
        } catch (RuntimeException e) {
            LOG.error("alarm=delivery message={} to={}", due.id(), domain(due), e);
            keep(due, later(due, new TrackingDecision.Untracked("internal-error", ""), "451 4.3.0 internal error"));
        }
    }

    private void tell(Outcome outcome) {
        if (outcome instanceof Outcome.Deferred(String reply, Outcome.Fault fault) && fault == Outcome.Fault.ROUTE) {
            if (route.failed()) {
                LOG.warn("route closed for a while, mail waits: {}", reply);
            }
        } else {
            route.passed();
        }
    }

    private RecipientState settle(Due due, Dispatch.Attempt attempt, long millis) {
        TrackingDecision decision = attempt.decision();
        String reply = attempt.outcome().reply();
        return switch (attempt.outcome()) {
            case Outcome.Delivered delivered -> {
                LOG.info(
                        "delivered message={} to={} tracking={} took={}ms reply={}",
                        due.id(),
                        domain(due),
                        word(decision),
                        millis,
                        reply);
                yield new RecipientState.Delivered(decision, reply);
            }
            case Outcome.Refused refused -> {
                LOG.warn("refused message={} to={} tracking={} reply={}", due.id(), domain(due), word(decision), reply);
                yield new RecipientState.Failed(decision, reply);
            }
            case Outcome.TooLarge tooLarge -> new RecipientState.Failed(decision, reply);
            case Outcome.Deferred deferred -> later(due, decision, reply);
        };
    }

    private RecipientState later(Due due, TrackingDecision decision, String reply) {
        Optional<Instant> next = schedule.next(due.acceptedAt(), due.attempts() + 1, clock.instant());
        if (next.isEmpty()) {
            LOG.warn("given up message={} to={} reply={}", due.id(), domain(due), reply);
            return new RecipientState.Failed(decision, "4.4.7 its time is over; the last reply was: " + reply);
        }
        LOG.info("deferred message={} to={} next={} reply={}", due.id(), domain(due), next.get(), reply);
        return new RecipientState.Deferred(reply, next.get());
    }

    /** Whole addresses are not logged. */
    private static String domain(Due due) {
        return due.recipient().substring(due.recipient().lastIndexOf('@') + 1);
    }

    /** The track, or the code word of why there is none. */
    private static String word(TrackingDecision decision) {
        return switch (decision) {
            case TrackingDecision.Tracked tracked -> tracked.track().id().toString();
            case TrackingDecision.Untracked untracked -> untracked.reason();
        };
    }

    /** Until it is kept or we stop: a copy that went out and is not known to have gone out goes out again. */
    private void keep(Due due, RecipientState state) {
        while (true) {
            try {
                spool.update(due, state);
                return;
            } catch (JournalException e) {
                LOG.error("alarm=spool message={} to={} reason={}", due.id(), domain(due), e.getMessage());
                boolean passes = e.why() != JournalException.Cause.CLOSED && e.why() != JournalException.Cause.TOO_LONG;
                if (!passes || !awaitASecond()) {
                    return;
                }
            }
        }
    }

    private boolean awaitASecond() {
        long nanos = Duration.ofSeconds(1).toNanos();
        lock.lock();
        try {
            while (nanos > 0 && !stopping) {
                nanos = changed.awaitNanos(nanos);
            }
            return !stopping;
        } catch (InterruptedException e) {
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Takes nothing new; waits, at most 15 s, for the attempts in flight. */
    @Override
    public void close() {
        long nanos = STOP.toNanos();
        lock.lock();
        try {
            stopping = true;
            changed.signalAll();
            while (underWay > 0 && nanos > 0) {
                nanos = changed.awaitNanos(nanos);
            }
        } catch (InterruptedException e) {
            LOG.warn("interrupted while attempts are under way");
        } finally {
            lock.unlock();
        }
        try {
            taker.join();
        } catch (InterruptedException e) {
            LOG.warn("interrupted while the taker ends");
        }
    }
}
