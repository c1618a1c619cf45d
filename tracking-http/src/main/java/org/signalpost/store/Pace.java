package org.signalpost.store;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** When the projector works and when it rests, and who waits for what it does. Safe to share. */
final class Pace {
    private static final Logger LOG = LoggerFactory.getLogger(Pace.class);

    /** How many times as long as a full batch took the processor is left to others, and for how long at most. */
    private static final int MAKE_WAY = 4;

    /** Not less than this: a batch costs something however small it is. */
    private static final Duration SHORTEST_WAY = Duration.ofMillis(200);

    private static final Duration LONGEST_WAY = Duration.ofSeconds(2);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean stopping;
    private int waiting;

    /** Waits until it is so; false when the time is over first, or the projector ends. */
    boolean await(BooleanSupplier isSo, Duration patience) {
        lock.lock();
        try {
            waiting++;
            changed.signalAll();
            return rest(() -> !isSo.getAsBoolean(), patience.toNanos());
        } finally {
            waiting--;
            lock.unlock();
        }
    }

    /** Does something that somebody may wait for. */
    void advance(Runnable step) {
        lock.lock();
        try {
            step.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Leaves the processor to those who answer: nobody sees the books as soon as a pixel. Not when they are late
     * already, and not while a caller waits for what it wrote.
     */
    void makeWay(long batchNanos, BooleanSupplier isLate) {
        long rest = Math.clamp(batchNanos * MAKE_WAY, SHORTEST_WAY.toNanos(), LONGEST_WAY.toNanos());
        restLocked(() -> waiting == 0 && !isLate.getAsBoolean(), rest);
    }

    /** Rests for this time, or until the end. */
    void pause(Duration time) {
        restLocked(() -> true, time.toNanos());
    }

    private void restLocked(BooleanSupplier isToRest, long nanos) {
        lock.lock();
        try {
            boolean early = rest(isToRest, nanos);
            LOG.trace("rested, early={}", early);
        } finally {
            lock.unlock();
        }
    }

    /** Rests while it is to; false when the time is over first, or all ends. */
    private boolean rest(BooleanSupplier isToRest, long most) {
        long nanos = most;
        try {
            while (isToRest.getAsBoolean()) {
                if (nanos <= 0 || stopping) {
                    return false;
                }
                nanos = changed.awaitNanos(nanos);
            }
            return true;
        } catch (InterruptedException e) {
            LOG.debug("no longer waited for", e);
            return false;
        }
    }

    boolean isStopping() {
        lock.lock();
        try {
            return stopping;
        } finally {
            lock.unlock();
        }
    }

    /** Ends every rest and every wait. */
    void stop() {
        advance(() -> stopping = true);
    }
}
