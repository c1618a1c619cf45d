package org.signalpost.http.hit;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.signalpost.event.Event;
import org.signalpost.event.EventLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where hits stand in line until the log has them: the first in line is answered when it is on disk, when it is lost,
 * or when its patience is over. One thread answers all of them; whoever brings a hit is never held up. Safe to share.
 */
public final class HitLine implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HitLine.class);
    private static final long ALARM_EVERY = TimeUnit.SECONDS.toNanos(10);

    private final EventLog log;
    private final long patience;
    private final ConcurrentLinkedQueue<Hit> line = new ConcurrentLinkedQueue<>();
    private final Thread thread;
    private final Counter taken;
    private final Counter dropped;
    private final Counter early;
    private final AtomicLong alarmed = new AtomicLong(System.nanoTime() - ALARM_EVERY);
    private volatile boolean resting;
    private volatile boolean closing;

    /** Hits go into this log and are counted in these metrics; none waits longer than {@code patience}. */
    public HitLine(EventLog log, Duration patience, MeterRegistry metrics) {
        this.log = log;
        this.patience = patience.toNanos();
        this.taken = counter(metrics, "signalpost.hits.taken", "Hits that were given to the event log");
        this.dropped = counter(metrics, "signalpost.hits.dropped", "Hits that were answered and are lost");
        this.early = counter(metrics, "signalpost.hits.early", "Hits that were answered before they were on disk");
        this.thread = Thread.ofPlatform().name("hits").daemon().unstarted(this::run);
    }

    private static Counter counter(MeterRegistry metrics, String name, String what) {
        return Counter.builder(name).description(what).register(metrics);
    }

    /** Begins to answer. */
    public void start() {
        thread.start();
    }

    /** Takes a hit and sees to its answer; does not block and does not throw. */
    void take(Event event, Hit hit) {
        taken.increment();
        log.offer(event, hit);
        if (hit.fate() == Hit.Fate.LOST) {
            // Refused at once, on this very thread: there is nothing to wait for.
            answer(hit);
            return;
        }
        line.add(hit);
        if (hit.fate() != Hit.Fate.UNKNOWN) {
            told();
        }
    }

    /** The first in line may have been kept. */
    void told() {
        if (resting) {
            resting = false;
            LockSupport.unpark(thread);
        }
    }

    /** One of them is not kept. */
    void lost(Exception why) {
        dropped.increment();
        long now = System.nanoTime();
        long last = alarmed.get();
        if (now - last >= ALARM_EVERY && alarmed.compareAndSet(last, now)) {
            LOG.error("alarm=hit hits are answered and not kept: {}", why.getMessage());
        }
        told();
    }

    private void run() {
        while (!closing || !line.isEmpty()) {
            Optional<Hit> first = Optional.ofNullable(line.peek());
            if (first.isPresent() && isDue(first.get())) {
                line.remove();
                answer(first.get());
            } else {
                rest();
            }
        }
    }

    private boolean isDue(Hit hit) {
        if (hit.fate() != Hit.Fate.UNKNOWN) {
            return true;
        }
        boolean over = hit.age(System.nanoTime()) >= patience;
        if (over) {
            early.increment();
        }
        return over;
    }

    /** Until something is told, or the first in line may have waited long enough. */
    private void rest() {
        resting = true;
        Optional<Hit> now = Optional.ofNullable(line.peek());
        if (now.filter(hit -> hit.fate() != Hit.Fate.UNKNOWN).isEmpty() && !closing) {
            LockSupport.parkNanos(
                    now.map(hit -> patience - hit.age(System.nanoTime())).orElse(patience));
        }
        resting = false;
    }

    private static void answer(Hit hit) {
        try {
            hit.answer();
        } catch (RuntimeException e) {
            LOG.error("alarm=hit an answer could not be sent: {}", e.toString(), e);
        }
    }

    /** Answers those in line, and ends. */
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(thread);
        try {
            thread.join(2 * TimeUnit.NANOSECONDS.toMillis(patience) + 1_000);
        } catch (InterruptedException e) {
            LOG.warn("interrupted while the last hits are answered");
        }
    }
}
