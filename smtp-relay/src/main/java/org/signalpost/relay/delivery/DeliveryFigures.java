package org.signalpost.relay.delivery;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import org.signalpost.relay.spool.RecipientState;
import org.signalpost.track.TrackingDecision;

/** Counts what becomes of copies. Safe to share. */
public final class DeliveryFigures {
    private final MeterRegistry registry;

    /** Counts there. */
    public DeliveryFigures(MeterRegistry registry) {
        this.registry = registry;
    }

    void attempt(RecipientState state, TrackingDecision decision, long millis) {
        Timer.builder("signalpost.attempts")
                .description("Attempts to pass a copy on, by what came of them")
                .tag("outcome", word(state))
                .publishPercentiles(0.5, 0.99)
                .register(registry)
                .record(Duration.ofMillis(millis));
        String tracked = switch (decision) {
            case TrackingDecision.Tracked it -> "tracked";
            case TrackingDecision.Untracked it -> it.reason();
        };
        registry.counter("signalpost.tracking.decisions", "decision", tracked).increment();
    }

    void expired() {
        registry.counter("signalpost.delivery.expired").increment();
    }

    /** A notice of this kind was queued. */
    public void notice(String kind) {
        registry.counter("signalpost.notices", "kind", kind).increment();
    }

    /** A copy was signed. */
    public void signed() {
        registry.counter("signalpost.dkim.signed").increment();
    }

    void suspended() {
        registry.counter("signalpost.routes.suspensions").increment();
    }

    void quarantined() {
        registry.counter("signalpost.quarantined").increment();
    }

    /** The word for a state, in the log and in figures. */
    static String word(RecipientState state) {
        return switch (state) {
            case RecipientState.Delivered it -> "delivered";
            case RecipientState.Captured it -> "captured";
            case RecipientState.Failed it -> "failed";
            case RecipientState.Deferred it -> "deferred";
            case RecipientState.Held it -> "held";
            case RecipientState.Quarantined it -> "quarantined";
            case RecipientState.Dropped it -> "dropped";
        };
    }
}
