package org.signalpost.store;

import java.time.Duration;

/** Says when something is to be done once more. Belongs to one thread. */
final class Timer {
    private final long every;
    private long begun = System.nanoTime();

    /** It is due when this time is over since it was due, or begun, before. */
    Timer(Duration every) {
        this.every = every.toNanos();
    }

    /** Whether it is due; if so, the time begins again. */
    boolean isDue() {
        boolean due = System.nanoTime() - begun > every;
        if (due) {
            begin();
        }
        return due;
    }

    /** The time begins again. */
    void begin() {
        begun = System.nanoTime();
    }
}
