package org.signalpost.relay.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.signalpost.journal.Journal;
import org.signalpost.relay.spool.Envelope;
import org.signalpost.relay.spool.RecipientState;
import org.signalpost.relay.spool.Said;
import org.signalpost.relay.spool.Spool;
import org.signalpost.relay.spool.Standing;
import org.signalpost.relay.spool.TestSpool;
import org.signalpost.relay.spool.Told;
import org.signalpost.retry.RetrySchedule;
import org.signalpost.track.MessageId;

/** Nobody is forgotten behind a route that nothing goes out on. */
class OverdueTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    Path directory;

    private Instant now = START;
    private Journal log;
    private Spool spool;
    private Routes routes;
    private Overdue overdue;

    @BeforeEach
    void open() {
        log = TestSpool.log(directory);
        spool = TestSpool.open(
                log,
                directory,
                () -> now,
                new Spool.Limits(64 << 20, 5),
                recipient -> recipient.substring(recipient.indexOf('@') + 1));
        routes = new Routes(() -> now, new Routes.Limits(5, 5), directory.resolve("routes.paused"));
        var schedule = new RetrySchedule(List.of(Duration.ofHours(1)), 0, Duration.ofDays(5), () -> 0.5);
        overdue = new Overdue(
                spool,
                routes,
                new Verdicts(
                        schedule,
                        Optional.of(Duration.ofHours(4)),
                        new DeliveryFigures(new SimpleMeterRegistry()),
                        () -> now));
    }

    @AfterEach
    void close() {
        log.close();
    }

    private MessageId accept(String recipient, Envelope.Notify... notices) {
        return TestSpool.accept(
                spool,
                TestSpool.envelope("shop@example.org", List.of(new Envelope.Recipient(recipient, Set.of(notices), ""))),
                TestSpool.mail("Subject: x\r\n\r\ny\r\n"));
    }

    private void suspend(String route) {
        for (int i = 0; i < 3; i++) {
            routes.of(route).failed("can't connect");
        }
    }

    private Standing standing(MessageId id) {
        return spool.open(id).orElseThrow().standings().getFirst();
    }

    @Test
    void time_runs_on_behind_a_suspended_route() {
        MessageId never = accept("ann@down.example");
        MessageId tried = accept("bob@down.example");
        spool.update(
                spool.reserve(tried, 0).orElseThrow().due(),
                new RecipientState.Deferred(
                        new Said("451 4.7.1 later", "4.7.1", "mx.example.com"), now, /* tellSender= */ false));
        MessageId silent = accept("cid@down.example", Envelope.Notify.NEVER);
        MessageId elsewhere = accept("dan@up.example");
        suspend("down.example");
        now = START.plus(Duration.ofDays(5)).minusMillis(1);
        overdue.look();
        assertThat(spool.open()).isEqualTo(4);

        now = START.plus(Duration.ofDays(5));
        overdue.look();
        assertThat(standing(never).phase()).isEqualTo(Standing.Phase.FAILED);
        assertThat(spool.said(standing(never)))
                .isEqualTo(Said.ours("4.4.7", "its time is over; the last reply was: can't connect"));
        assertThat(standing(never).due().attempts()).isZero();
        assertThat(spool.said(standing(tried)).reply())
                .isEqualTo("its time is over; the last reply was: 451 4.7.1 later");
        assertThat(spool.open(silent)).as("nobody is to be told").isEmpty();
        assertThat(standing(elsewhere).phase()).isEqualTo(Standing.Phase.WAITING);
    }

    @Test
    void a_sender_is_told_once_that_it_takes_long_and_the_time_of_the_next_attempt_stays() {
        MessageId id = accept("ann@down.example");
        MessageId unwanted = accept("bob@down.example", Envelope.Notify.FAILURE);
        Instant next = standing(id).due().next();
        suspend("down.example");
        now = START.plus(Duration.ofHours(4));
        for (int i = 0; i < 3; i++) {
            overdue.look();
            assertThat(standing(id).owes(Told.Kind.DELAYED)).isTrue();
            assertThat(standing(id).due().next()).isEqualTo(next);
        }
        assertThat(standing(unwanted).owes(Told.Kind.DELAYED)).isFalse();
        assertThat(spool.owing()).hasSize(1);
    }

    @Test
    void a_route_that_is_open_or_paused_and_an_attempt_under_way_are_left_alone() throws IOException {
        accept("ann@up.example");
        accept("bob@paused.example");
        suspend("paused.example");
        routes.pause("paused.example", /* stop= */ true);
        MessageId busy = accept("cid@down.example");
        suspend("down.example");
        assertThat(spool.take(Duration.ZERO, "down.example"::equals)).isPresent();
        now = START.plus(Duration.ofDays(6));
        overdue.look();
        assertThat(spool.open()).isEqualTo(3);
        assertThat(standing(busy).phase()).isEqualTo(Standing.Phase.WAITING);
    }
}
