package org.signalpost.relay.smtp;

import java.time.Duration;

/**
 * What a connection does now, since when, and how long that may take. Immutable and safe to share.
 *
 * @param kind what it does
 * @param since when that began, in nanoseconds of the {@link Pace}
 * @param limit how long it may take
 */
record Phase(Kind kind, long since, Duration limit) {
    /** What a connection does. */
    enum Kind {
        /** It waits for a command, outside of a transaction. */
        IDLE,
        /** It waits for the rest of a command, or for any inside of a transaction. */
        LISTENING,
        /** Anything else. */
        BUSY
    }

    boolean isOver(long now) {
        return now - since > limit.toNanos();
    }

    /** Whether a command has been waited for so long. */
    boolean awaits(Duration time, long now) {
        return kind != Kind.BUSY && now - since > time.toNanos();
    }
}
