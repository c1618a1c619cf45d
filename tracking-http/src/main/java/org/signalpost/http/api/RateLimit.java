package org.signalpost.http.api;

import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How often something may happen in one minute of the clock, for each name; exact. Safe to share.
 *
 * <p>Names are forgotten with their minute, and beyond a bound all further names of a minute share one count.
 *
 * @param <K> what is counted for
 */
final class RateLimit<K> {
    private static final int SECONDS = 60;

    private final InstantSource clock;
    private final int mostNames;
    private final ReentrantLock lock = new ReentrantLock();
    private Map<K, int[]> counts = new HashMap<>();
    private final int[] others = new int[1];
    private long minute;

    /** Counts at most so many names apart. */
    RateLimit(InstantSource clock, int mostNames) {
        this.clock = clock;
        this.mostNames = mostNames;
    }

    /**
     * What came of one try.
     *
     * @param granted whether it is within the limit
     * @param limit how many are granted in a minute
     * @param remaining how many more are granted in this one
     * @param reset when the next one begins, in seconds of Unix
     * @param seconds how many seconds that is from now, at least one
     */
    record Take(boolean granted, int limit, int remaining, long reset, long seconds) {}

    /** Takes one. */
    Take take(K name, int limit) {
        long now = clock.instant().getEpochSecond();
        long reset = (Math.floorDiv(now, SECONDS) + 1) * SECONDS;
        lock.lock();
        try {
            if (reset != minute) {
                counts = new HashMap<>();
                others[0] = 0;
                minute = reset;
            }
            int[] count = counts.get(name);
            if (count == null) {
                count = counts.size() < mostNames ? new int[1] : others;
                if (counts.size() < mostNames) {
                    counts.put(name, count);
                }
            }
            boolean granted = count[0] < limit;
            if (granted) {
                count[0]++;
            }
            return new Take(granted, limit, limit - count[0], reset, reset - now);
        } finally {
            lock.unlock();
        }
    }
}
