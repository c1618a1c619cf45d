package org.signalpost.relay.smtp;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** The time of the machine. */
final class RealPace implements Pace {
    private static final long SLICE = Duration.ofSeconds(1).toNanos();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition never = lock.newCondition();

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public void pause(Duration time, BooleanSupplier over) {
        long left = time.toNanos();
        lock.lock();
        try {
            while (left > 0 && !over.getAsBoolean()) {
                long slice = Math.min(left, SLICE);
                left -= slice - never.awaitNanos(slice);
            }
        } catch (InterruptedException e) {
            // Whoever interrupts wants no waiting.
            return;
        } finally {
            lock.unlock();
        }
    }
}
