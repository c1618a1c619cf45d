package org.signalpost.retry;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleSupplier;

/**
 * When to try again: growing steps, the last of which repeats, each moved by chance, until it is time to give up.
 *
 * <p>Immutable; safe to share if the source of chance is.
 */
public final class RetrySchedule {
    private final List<Duration> steps;
    private final double jitter;
    private final Duration giveUpAfter;
    private final DoubleSupplier chance;

    /**
     * @param steps the waits after the first, second, … attempt; at least one
     * @param jitter the largest part of a step by which it is moved, 0 to 1
     * @param giveUpAfter how long after the beginning there is no further attempt
     * @param chance gives numbers from 0 (inclusive) to 1 (exclusive)
     */
    public RetrySchedule(List<Duration> steps, double jitter, Duration giveUpAfter, DoubleSupplier chance) {
        if (steps.isEmpty() || jitter < 0 || jitter > 1) {
            throw new IllegalArgumentException("steps " + steps + ", jitter " + jitter);
        }
        this.steps = List.copyOf(steps);
        this.jitter = jitter;
        this.giveUpAfter = giveUpAfter;
        this.chance = chance;
    }

    /** Whether it is time to give up what began then. */
    public boolean isOver(Instant began, Instant now) {
        return !now.isBefore(began.plus(giveUpAfter));
    }

    /**
     * The time of the next attempt, or empty when it is time to give up. {@code attempts} counts those made, from 1.
     */
    public Optional<Instant> next(Instant began, int attempts, Instant now) {
        Duration step = steps.get(Math.min(Math.max(attempts, 1), steps.size()) - 1);
        double factor = 1 + jitter * (2 * chance.getAsDouble() - 1);
        Instant next = now.plusMillis(Math.round(step.toMillis() * factor));
        return next.isAfter(began.plus(giveUpAfter)) ? Optional.empty() : Optional.of(next);
    }
}
