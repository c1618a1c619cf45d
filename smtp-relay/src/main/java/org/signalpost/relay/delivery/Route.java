package org.signalpost.relay.delivery;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How the way to one next hop fares. After three failures in a row that were not a copy's own, it is suspended, and one
 * copy at a time tries whether it is open again: after 10 s, 30 s, 1, 2, and then every 5 minutes. Afterwards it takes
 * one copy more at a time with every success. Safe to share.
 */
public final class Route {
    private static final int FAILURES = 3;
    private static final List<Duration> PROBES = List.of(
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofMinutes(1),
            Duration.ofMinutes(2),
            Duration.ofMinutes(5));

    private final InstantSource clock;
    private final int most;
    private final ReentrantLock lock = new ReentrantLock();
    private int limit;
    private int underWay;
    private int failures;
    private int probes;

    /** One tries whether it is open again; others may be under way that set out before it was suspended. */
    private boolean probing;

    private Instant openAt = Instant.MIN;
    private String lastError = "";
    private boolean paused;
    private final PerMinute rate = new PerMinute();
    private Instant usedAt;

    /** At most {@code most} copies at once, {@code first} to begin with. */
    Route(InstantSource clock, int first, int most) {
        this.clock = clock;
        this.usedAt = clock.instant();
        this.most = Math.max(most, 1);
        this.limit = Math.min(Math.max(first, 1), this.most);
    }

    /** Whether one more copy may go now. */
    boolean open() {
        lock.lock();
        try {
            if (paused) {
                return false;
            }
            return suspended() ? !probing && !clock.instant().isBefore(openAt) : underWay < limit;
        } finally {
            lock.unlock();
        }
    }

    private boolean suspended() {
        return failures >= FAILURES;
    }

    /** A copy that is under way on a route; end it once, whatever came of it. */
    record Trip(Route route, boolean probes) {
        /** It is back; nothing is learned from that. */
        void ended() {
            route.ended(probes);
        }
    }

    /** A copy sets out. */
    Trip began() {
        lock.lock();
        try {
            underWay++;
            boolean probe = suspended();
            probing |= probe;
            usedAt = clock.instant();
            return new Trip(this, probe);
        } finally {
            lock.unlock();
        }
    }

    private void ended(boolean probe) {
        lock.lock();
        try {
            underWay--;
            probing &= !probe;
        } finally {
            lock.unlock();
        }
    }

    /** A copy came through, or the peer has judged it. */
    void passed() {
        lock.lock();
        try {
            if (suspended()) {
                // Those that set out before it was suspended may still be under way.
                limit = Math.max(underWay, 1);
            }
            failures = 0;
            probes = 0;
            limit = Math.min(limit + 1, most);
            rate.add(clock.instant());
        } finally {
            lock.unlock();
        }
    }

    /** A copy did not come so far as to be judged; whether the route is suspended by that. */
    boolean failed(String why) {
        lock.lock();
        try {
            lastError = why;
            if (suspended() && clock.instant().isBefore(openAt)) {
                // One that was under way when it was suspended.
                return false;
            }
            failures++;
            return suspended() && suspend();
        } finally {
            lock.unlock();
        }
    }

    /** Credentials that are refused are refused the next time too: suspended at once, which is said. */
    boolean failedForAll(String why) {
        lock.lock();
        try {
            lastError = why;
            boolean late = suspended() && clock.instant().isBefore(openAt);
            failures = FAILURES;
            return !late && suspend();
        } finally {
            lock.unlock();
        }
    }

    private boolean suspend() {
        openAt = clock.instant().plus(PROBES.get(Math.min(probes, PROBES.size() - 1)));
        probes++;
        return true;
    }

    /** An operator wants it tried at once. */
    void tryNow() {
        lock.lock();
        try {
            openAt = Instant.MIN;
            probing = false;
        } finally {
            lock.unlock();
        }
    }

    /** An operator stops it, or lets it go on. */
    void pause(boolean stop) {
        lock.lock();
        try {
            paused = stop;
        } finally {
            lock.unlock();
        }
    }

    /** Whether it was not used since then: what was learned of it is worth nothing any more. */
    boolean isForgettable(Instant since) {
        lock.lock();
        try {
            return underWay == 0 && !paused && usedAt.isBefore(since);
        } finally {
            lock.unlock();
        }
    }

    /**
     * How it fares.
     *
     * @param perMinute how many copies its peer has taken or judged in the last minute, about
     */
    public record Figures(
            int underWay, int perMinute, Optional<Instant> suspendedUntil, boolean paused, String lastError) {
        /** One that was not used yet. */
        public static final Figures NONE = new Figures(0, 0, Optional.empty(), /* paused= */ false, "");
    }

    Figures figures() {
        lock.lock();
        try {
            Optional<Instant> until = suspended() ? Optional.of(openAt) : Optional.empty();
            return new Figures(underWay, rate.about(clock.instant()), until, paused, lastError);
        } finally {
            lock.unlock();
        }
    }
}
