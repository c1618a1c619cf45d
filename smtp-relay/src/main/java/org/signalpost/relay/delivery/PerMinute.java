package org.signalpost.relay.delivery;

import java.time.Instant;

/**
 * About how often something happened in the last minute: this minute's count, and of the minute before the part that is
 * not a minute ago yet. Guarded by whoever holds it.
 */
final class PerMinute {
    private static final int SECONDS = 60;

    private long minute;
    private int before;
    private int count;

    /** It happens now. */
    void add(Instant now) {
        turn(now);
        count++;
    }

    /** How often it happened in the minute up to now. */
    int about(Instant now) {
        turn(now);
        long into = Math.floorMod(now.getEpochSecond(), (long) SECONDS);
        return count + Math.toIntExact(Math.round(before * (double) (SECONDS - into) / SECONDS));
    }

    private void turn(Instant now) {
        long current = Math.floorDiv(now.getEpochSecond(), (long) SECONDS);
        if (current > minute) {
            before = current == minute + 1 ? count : 0;
            count = 0;
            minute = current;
        }
    }
}
