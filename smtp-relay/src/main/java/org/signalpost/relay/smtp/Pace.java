package org.signalpost.relay.smtp;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Time that passes, which no change of the clock moves, and waiting for it. Safe to share. */
public interface Pace {
    /** Nanoseconds since some moment. */
    long nanos();

    /** Waits so long; ends earlier, within a second, when it is {@code over}. */
    void pause(Duration time, BooleanSupplier over);

    /** The time of the machine. */
    static Pace real() {
        return new RealPace();
    }
}
