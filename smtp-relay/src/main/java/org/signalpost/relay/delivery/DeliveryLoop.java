package org.signalpost.relay.delivery;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.signalpost.journal.JournalException;
import org.signalpost.relay.spool.Due;
import org.signalpost.relay.spool.RecipientState;
import org.signalpost.relay.spool.Said;
import org.signalpost.relay.spool.Spool;
import org.signalpost.relay.spool.StoredMail;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes what is due from the spool and has it dispatched, each attempt on a virtual thread. Start once, end once. */
public final class DeliveryLoop {
    private static final Logger LOG = LoggerFactory.getLogger(DeliveryLoop.class);
    private static final Duration PATIENCE = Duration.ofMillis(200);

    /** How many attempts are under way on all routes together. */
    private static final int MOST_UNDER_WAY = 500;

    /** Kilobytes that all attempts together may need. */
    private static final int MEMORY =
            (int) Math.max(64 << 10, Runtime.getRuntime().maxMemory() / 3 / 1_024);

    private final int mostOfSmall;
    private final Lane small;
    private final Lane large;
    private final Spool spool;
    private final Dispatch dispatch;
    private final Verdicts verdicts;
    private final Routes routes;
    private final Thread taker;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private int underWay;
    private boolean stopping;

    /** Attempts are made by {@code dispatch}, as far as {@code routes} are open; {@code verdicts} says what follows. */
    public DeliveryLoop(Spool spool, Dispatch dispatch, Verdicts verdicts, Routes routes) {
        this(spool, dispatch, verdicts, routes, MEMORY);
    }

    /** The same with so many kilobytes of memory for all attempts together. */
    DeliveryLoop(Spool spool, Dispatch dispatch, Verdicts verdicts, Routes routes, int kilobytes) {
        this.mostOfSmall = kilobytes / 64;
        this.small = new Lane(kilobytes / 4, 4);
        this.large = new Lane(kilobytes - kilobytes / 4, 2);
        this.spool = spool;
        this.dispatch = dispatch;
        this.verdicts = verdicts;
        this.routes = routes;
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
            Optional<Due> due = spool.take(PATIENCE, name -> routes.of(name).open());
            if (due.isPresent()) {
                begin(due.get());
            }
        }
    }

    private void begin(Due due) {
        Route.Trip trip = routes.began(due.route());
        changeUnderWay(1);
        Thread.ofVirtual().name("deliver " + due.id()).start(() -> {
            try {
                attempt(due, trip.route());
            } finally {
                trip.ended();
                changeUnderWay(-1);
                spool.wake();
            }
        });
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
            while (underWay >= MOST_UNDER_WAY) {
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

    private void attempt(Due due, Route route) {
        int wanted = wanted(due);
        // Large mail for slow peers must leave something to the many small ones.
        (wanted <= mostOfSmall ? small : large).within(due.route(), wanted, () -> dispatch(due, route));
    }

    /** Kilobytes of memory that an attempt needs: the mail, its copy, and what is made on the way. */
    private int wanted(Due due) {
        long size = spool.open(due.id()).map(mail -> mail.size()).orElse(0L);
        return (int) Math.min(Integer.MAX_VALUE, 4 * size / 1_024 + 16);
    }

    private void dispatch(Due due, Route route) {
        try {
            StoredMail mail = spool.read(due.id());
            long began = System.nanoTime();
            Dispatch.Attempt attempt = dispatch.attempt(mail, due);
            long millis = (System.nanoTime() - began) / 1_000_000;
            learn(route, due, attempt.outcome());
            keep(due, verdicts.after(mail, due, attempt, millis));
        } catch (JournalException e) {
            LOG.error("alarm=spool message={} route={} reason={}", due.id(), due.route(), e.getMessage());
            if (e.why() == JournalException.Cause.DAMAGED) {
                keep(due, verdicts.quarantined(due, Said.ours("4.3.0", "the spooled mail is damaged")));
            } else {
                // No attempt: a disk that can't be read says nothing about the next hop, however often.
                keep(due, due.attempts(), verdicts.unreadable());
            }
        } catch (RuntimeException | Error e) {
            // Also when there was no memory, or the stack was too small: a recipient left under way would never be
            // tried.
            LOG.error("alarm=delivery message={} route={}", due.id(), due.route(), e);
            keep(due, verdicts.failed(due));
        }
    }

    private void learn(Route route, Due due, Outcome outcome) {
        String reply = outcome.said().reply();
        if (outcome instanceof Outcome.Deferred deferred && deferred.fault() != Outcome.Fault.COPY) {
            boolean suspended =
                    deferred.fault() == Outcome.Fault.ROUTE_FOR_ALL ? route.failedForAll(reply) : route.failed(reply);
            if (suspended) {
                verdicts.figures().suspended();
                LOG.error(
                        "alarm=route-suspended route={} mail waits: {}",
                        due.route(),
                        outcome.said().logged());
            }
        } else {
            route.passed();
        }
    }

    private void keep(Due due, RecipientState state) {
        keep(due, due.attempts() + 1, state);
    }

    /** Until it is kept or we stop: a copy that went out and is not known to have gone out goes out again. */
    private void keep(Due due, int attempts, RecipientState state) {
        while (true) {
            try {
                spool.update(due, attempts, due.held(), state);
                return;
            } catch (JournalException e) {
                LOG.error("alarm=spool message={} route={} reason={}", due.id(), due.route(), e.getMessage());
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

    /** From now on no attempt begins; returns at once. */
    public void leave() {
        lock.lock();
        try {
            stopping = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Takes nothing new; waits, for so long, for the attempts in flight. */
    public void end(Duration within) {
        leave();
        long nanos = within.toNanos();
        lock.lock();
        try {
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
