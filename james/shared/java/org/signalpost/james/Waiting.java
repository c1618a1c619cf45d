package org.signalpost.james;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Waits for conditions, never longer than is said. */
public final class Waiting {
    private static final long PAUSE_NANOS = 5_000_000;

    private Waiting() {}

    /** What may come true, and may fail on the way to find out. */
    public interface Condition {
        /** Whether it is true now. */
        boolean holds() throws Exception;
    }

    /** Returns when it came true; fails with what {@code otherwise} says when it did not within {@code patience}. */
    public static void until(Duration patience, Condition condition, Supplier<String> otherwise) throws Exception {
        long end = System.nanoTime() + patience.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not within " + patience + ": " + otherwise.get());
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** Returns when it held for as long as {@code time}. */
    public static void throughout(Duration time, Condition condition, Supplier<String> otherwise) throws Exception {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            if (!condition.holds()) {
                throw new AssertionError("not for " + time + ": " + otherwise.get());
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
