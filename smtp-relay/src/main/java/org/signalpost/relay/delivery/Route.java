package org.signalpost.relay.delivery;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How the way to the next hop fares. After three failures in a row that were not a copy's own, it is closed, and one
 * copy at a time tries whether it is open again: after 10 s, 30 s, 1, 2, and then every 5 minutes. Safe to share.
 */
final class Route {
    private static final int FAILURES = 3;
    private static final List<Duration> PROBES = List.of(
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofMinutes(1),
            Duration.ofMinutes(2),
            Duration.ofMinutes(5));

    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private int failures;
    private int probes;
    private Instant openAt = Instant.MIN;

    Route(InstantSource clock) {
        this.clock = clock;
    }

    /** How many copies may be on their way now; {@code most} when all is well. */
    int room(int most) {
        lock.lock();
        try {
            if (failures < FAILURES) {
                return most;
            }
            return clock.instant().isBefore(openAt) ? 0 : 1;
        } finally {
            lock.unlock();
        }
    }

    /** A copy came through, or the peer has judged it. */
    void passed() {
        lock.lock();
        try {
            failures = 0;
            probes = 0;
        } finally {
            lock.unlock();
        }
    }

    /** A copy did not come so far as to be judged; whether the route is closed by that. */
    boolean failed() {
        lock.lock();
        try {
            if (failures >= FAILURES && clock.instant().isBefore(openAt)) {
                // One that was under way when it was closed.
                return false;
            }
            failures++;
            if (failures < FAILURES) {
                return false;
            }
            openAt = clock.instant().plus(PROBES.get(Math.min(probes, PROBES.size() - 1)));
            probes++;
            return true;
        } finally {
            lock.unlock();
        }
    }
}
