package org.signalpost.retry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RetryScheduleTest {
    private static final Instant BEGAN = Instant.parse("2026-11-24T10:00:00Z");
    private static final List<Duration> STEPS =
            List.of(Duration.ofMinutes(5), Duration.ofMinutes(10), Duration.ofMinutes(60));

    private static RetrySchedule schedule(double chance) {
        return new RetrySchedule(STEPS, 0.2, Duration.ofDays(5), () -> chance);
    }

    @Test
    void takes_one_step_after_the_other_and_repeats_the_last() {
        RetrySchedule steady = schedule(0.5);

        assertThat(steady.next(BEGAN, 1, BEGAN)).contains(BEGAN.plus(Duration.ofMinutes(5)));
        assertThat(steady.next(BEGAN, 2, BEGAN)).contains(BEGAN.plus(Duration.ofMinutes(10)));
        assertThat(steady.next(BEGAN, 3, BEGAN)).contains(BEGAN.plus(Duration.ofMinutes(60)));
        assertThat(steady.next(BEGAN, 99, BEGAN)).contains(BEGAN.plus(Duration.ofMinutes(60)));
    }

    @Test
    void moves_each_step_by_at_most_the_jitter() {
        assertThat(schedule(0).next(BEGAN, 1, BEGAN)).contains(BEGAN.plus(Duration.ofMinutes(4)));
        assertThat(schedule(0.9999).next(BEGAN, 1, BEGAN).orElseThrow())
                .isBetween(BEGAN.plusSeconds(359), BEGAN.plusSeconds(360));
    }

    @Test
    void gives_up_when_the_time_is_over() {
        Instant last = BEGAN.plus(Duration.ofDays(5)).minus(Duration.ofMinutes(60));

        assertThat(schedule(0.5).next(BEGAN, 9, last)).isPresent();
        assertThat(schedule(0.5).next(BEGAN, 9, last.plusSeconds(1))).isEmpty();
    }
}
