package org.signalpost.store;

import java.time.Instant;

/** Quarters of an hour since 1970, in which sums are kept: every zone's days begin with one. */
public final class Slot {
    /** Seconds of a slot. */
    public static final int SECONDS = 900;

    /** Slots of a day of UTC. */
    public static final int DAY = 96;

    private Slot() {}

    /** The slot that holds this time. */
    public static int of(Instant time) {
        return Math.toIntExact(Math.floorDiv(time.getEpochSecond(), SECONDS));
    }

    /** The first slot that begins at or after this time. */
    public static int after(Instant time) {
        int slot = of(time);
        return start(slot).equals(time) ? slot : slot + 1;
    }

    /** When a slot begins. */
    public static Instant start(int slot) {
        return Instant.ofEpochSecond((long) slot * SECONDS);
    }

    /** The first slot of the day of UTC that holds this slot. */
    static int day(int slot) {
        return Math.floorDiv(slot, DAY) * DAY;
    }
}
