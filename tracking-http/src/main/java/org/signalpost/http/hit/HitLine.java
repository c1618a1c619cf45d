package org.signalpost.http.hit;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.signalpost.event.Event;
import org.signalpost.event.EventLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where hits stand in line until the log has them: the first in line is answered when it is on disk, when it is lost,
 * or when its patience is over. The thread that reads from the connections answers, many at a time; whoever brings a
 * hit is never held up. Safe to share.
 */
public final class HitLine implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HitLine.class);
    private static final long ALARM_EVERY = TimeUnit.SECONDS.toNanos(10);

    private final EventLog log;
    private final long patience;
    private final Executor reader;
    private final ConcurrentLinkedQueue<Hit> line = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean called = new AtomicBoolean();
    private final Thread clock;
    private final Counter taken;
    private final Counter dropped;
    private final Counter early;
    private final AtomicLong alarmed = new AtomicLong(System.nanoTime() - ALARM_EVERY);
    private volatile boolean closing;

    /**
     * Hits go into this log and are counted in these metrics; none waits longer than {@code patience}. The reader runs
     * one task at a time.
     */
    public HitLine(EventLog log, Duration patience, Executor reader, MeterRegistry metrics) {
        this.log = log;
        this.patience = patience.toNanos();
        this.reader = reader;
        this.taken = counter(metrics, "signalpost.hits.taken", "Hits that were given to the event log");
        this.dropped = counter(metrics, "signalpost.hits.dropped", "Hits that were answered and are lost");
        this.early = counter(metrics, "signalpost.hits.early", "Hits that were answered before they were on disk");
        this.clock = Thread.ofPlatform().name("hits").daemon().unstarted(this::watch);
    }

    private static Counter counter(MeterRegistry metrics, String name, String what) {
        return Counter.builder(name).description(what).register(metrics);
    }

    /** Begins to look at the clock. */
    public void start() {
        clock.start();
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

    /** The first in line may be due. The reader is called once for all who are told before it comes. */
    void told() {
        if (!called.get() && called.compareAndSet(false, true)) {
            reader.execute(this::answerThoseDue);
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

    private void answerThoseDue() {
        called.set(false);
        Optional<Hit> first = first();
        while (first.filter(this::isDue).isPresent()) {
            line.remove();
            answer(first.get());
            first = first();
        }
    }

    private Optional<Hit> first() {
        return Optional.ofNullable(line.peek());
    }

    private boolean isDue(Hit hit) {
        if (hit.fate() != Hit.Fate.UNKNOWN) {
            return true;
        }
        boolean over = rest(hit) <= 0;
        if (over) {
            early.increment();
        }
        return over;
    }

    /** Nanoseconds that it may still wait. */
    private long rest(Hit hit) {
        return patience - hit.age(System.nanoTime());
    }

    /** Looks at the clock for those whom nobody tells anything. */
    private void watch() {
        while (!closing) {
            LockSupport.parkNanos(first().map(this::rest).orElse(patience));
            if (first().filter(hit -> rest(hit) <= 0).isPresent()) {
                told();
                // The reader may have much to do; it comes.
                LockSupport.parkNanos(patience / 10);
            }
        }
    }

    private static void answer(Hit hit) {
        try {
            hit.answer();
        } catch (RuntimeException e) {
            LOG.error("alarm=hit an answer could not be sent: {}", e.toString(), e);
        }
    }

    /** Ends; to be called when nobody is in line any more. */
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(clock);
        try {
            clock.join(2 * TimeUnit.NANOSECONDS.toMillis(patience) + 1_000);
        } catch (InterruptedException e) {
            LOG.warn("interrupted while the clock of the hits ends");
        }
    }
}
