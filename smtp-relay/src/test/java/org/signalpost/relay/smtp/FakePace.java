package org.signalpost.relay.smtp;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/** Time that passes only when a test says so, or when somebody waits. */
final class FakePace implements Pace {
    private final AtomicLong now = new AtomicLong();
    private final List<Duration> pauses = new ArrayList<>();

    @Override
    public long nanos() {
        return now.get();
    }

    @Override
    public synchronized void pause(Duration time, BooleanSupplier over) {
        pauses.add(time);
        pass(time);
    }

    void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    /** How long was waited, each time. */
    synchronized List<Duration> pauses() {
        return List.copyOf(pauses);
    }
}
