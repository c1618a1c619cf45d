package org.signalpost.retry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class PauseTest {
    @Test
    void a_short_pause_goes_on() {
        assertThat(new Pause().await(Duration.ofMillis(1))).isTrue();
    }

    @Test
    void the_end_wakes_whoever_waits_and_whoever_comes_later_does_not_wait() throws InterruptedException {
        var pause = new Pause();
        var goesOn = new AtomicBoolean(true);
        var begun = new CountDownLatch(1);
        Thread waiting = Thread.ofVirtual().start(() -> {
            begun.countDown();
            goesOn.set(pause.await(Duration.ofDays(1)));
        });
        assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
        pause.end();
        assertThat(waiting.join(Duration.ofSeconds(10))).isTrue();
        assertThat(goesOn).isFalse();
        assertThat(pause.await(Duration.ofDays(1))).isFalse();
    }
}
