package org.signalpost.relay.queue;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.signalpost.track.MailQueue;

/** How long the queue is, looked up when somebody asks, at most every five seconds. Safe to share. */
public final class QueueFigures {
    private static final Duration FRESH = Duration.ofSeconds(5);

    private final MailQueue queue;
    private final InstantSource clock;
    private final MultiGauge states;
    private final MultiGauge routes;
    private final ReentrantLock lock = new ReentrantLock();
    private Instant lookedAt = Instant.MIN;
    private double oldest;

    /** Shows this queue there. */
    public static void show(MailQueue queue, MeterRegistry registry, InstantSource clock) {
        var figures = new QueueFigures(queue, registry, clock);
        // Asked for with everything else: the others are brought up to date with it.
        Gauge.builder("signalpost.queue.oldest", figures, QueueFigures::oldest)
                .description("For how long the oldest recipient waits")
                .baseUnit("seconds")
                .strongReference(/* strong= */ true)
                .register(registry);
    }

    private QueueFigures(MailQueue queue, MeterRegistry registry, InstantSource clock) {
        this.queue = queue;
        this.clock = clock;
        this.states = MultiGauge.builder("signalpost.queue.recipients")
                .description("Recipients that are not settled, by state")
                .register(registry);
        this.routes = MultiGauge.builder("signalpost.queue.waiting")
                .description("Recipients that wait, by route")
                .register(registry);
    }

    private double oldest() {
        lock.lock();
        try {
            Instant now = clock.instant();
            if (lookedAt.isBefore(now.minus(FRESH))) {
                lookedAt = now;
                look(now);
            }
            return oldest;
        } finally {
            lock.unlock();
        }
    }

    private void look(Instant now) {
        MailQueue.Summary summary = queue.summary();
        states.register(
                summary.states().entrySet().stream()
                        .map(state -> MultiGauge.Row.of(Tags.of("state", state.getKey()), state.getValue()))
                        .toList(),
                /* overwrite= */ true);
        routes.register(
                summary.routes().stream()
                        .map(route -> MultiGauge.Row.of(Tags.of("route", route.route()), route.waiting()))
                        .toList(),
                /* overwrite= */ true);
        oldest = summary.routes().stream()
                .map(MailQueue.RouteFigures::oldest)
                .flatMap(Optional::stream)
                .min(Comparator.naturalOrder())
                .map(first -> Duration.between(first, now).toMillis() / 1_000.0)
                .orElse(0.0);
    }
}
