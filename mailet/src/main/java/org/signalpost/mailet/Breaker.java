package org.signalpost.mailet;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Keeps callers from a server that fails: after so many failures in a row nobody is let through for a while, then one
 * caller, whose success lets everybody through again. Safe to call from any thread.
 */
final class Breaker {
    private final int most;
    private final Duration pause;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private int failures;
    private Instant closedUntil = Instant.MIN;

    Breaker(int most, Duration pause, InstantSource clock) {
        this.most = most;
        this.pause = pause;
        this.clock = clock;
    }

    /** Whether this caller may try; whoever may says afterwards whether it worked. */
    boolean lets() {
        lock.lock();
        try {
            if (failures < most) {
                return true;
            }
            Instant now = clock.instant();
            if (now.isBefore(closedUntil)) {
                return false;
            }
            // The others wait for what comes of this one try.
            closedUntil = now.plus(pause);
            return true;
        } finally {
            lock.unlock();
        }
    }

    void worked() {
        lock.lock();
        try {
            failures = 0;
        } finally {
            lock.unlock();
        }
    }

    void failed() {
        lock.lock();
        try {
            failures = Math.min(failures + 1, most);
            if (failures == most) {
                closedUntil = clock.instant().plus(pause);
            }
        } finally {
            lock.unlock();
        }
    }
}
