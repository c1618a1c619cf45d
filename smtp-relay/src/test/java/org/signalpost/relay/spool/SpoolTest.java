package org.signalpost.relay.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.signalpost.journal.Entry;
import org.signalpost.journal.Journal;
import org.signalpost.journal.Position;
import org.signalpost.rewrite.RawMessage;
import org.signalpost.track.MailEvent;
import org.signalpost.track.MessageId;
import org.signalpost.track.NewTrack;
import org.signalpost.track.TrackId;
import org.signalpost.track.TrackingDecision;

class SpoolTest {
    private static final Envelope TWO =
            new Envelope("shop@example.org", List.of("ann@example.com", "bob@example.com"), "127.0.0.1", "c", "ESMTP");
    private static final TrackingDecision UNTRACKED = new TrackingDecision.Untracked("no-html", "{}");

    @TempDir
    Path directory;

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final InstantSource clock = () -> now;

    private Spool open(Journal log) {
        var spool = new Spool(log, directory, clock, new SecureRandom());
        spool.start();
        return spool;
    }

    private static RawMessage mail(int size) {
        var octets = new byte[size];
        new Random(size).nextBytes(octets);
        return RawMessage.of(octets);
    }

    private static Due due(Spool spool) {
        return spool.take(Duration.ofSeconds(5)).orElseThrow();
    }

    @Test
    void mail_of_any_size_is_there_after_a_restart_until_every_recipient_is_settled() {
        for (int size : new int[] {1, 100_000, (900 << 10) - 1, 900 << 10, (900 << 10) + 1, 5 << 20}) {
            Path own = directory.resolve("log" + size);
            MessageId id;
            try (Journal log = Journal.open(own)) {
                id = open(log).accept(TWO, mail(size));
            }
            try (Journal log = Journal.open(own)) {
                Spool spool = open(log);
                assertThat(spool.open()).isEqualTo(2);
                StoredMail stored = spool.read(id);
                assertThat(stored.message()).isEqualTo(mail(size));
                assertThat(stored.envelope()).isEqualTo(TWO);
                spool.update(due(spool), new RecipientState.Delivered(UNTRACKED, "250 ok"));
            }
            try (Journal log = Journal.open(own)) {
                Spool spool = open(log);
                Due left = due(spool);
                assertThat(left.recipient()).isEqualTo("bob@example.com");
                spool.update(left, new RecipientState.Failed(UNTRACKED, "550 no"));
                assertThat(spool.open()).isZero();
            }
            try (Journal log = Journal.open(own)) {
                assertThat(open(log).open()).isZero();
            }
        }
    }

    @Test
    void what_is_deferred_has_its_turn_when_it_was_said_also_after_a_restart() {
        try (Journal log = Journal.open(directory.resolve("log"))) {
            Spool spool = open(log);
            spool.accept(TWO, mail(10));
            spool.update(due(spool), new RecipientState.Deferred("451 later", now.plusSeconds(60)));
            spool.update(due(spool), new RecipientState.Delivered(UNTRACKED, "250"));
            assertThat(spool.take(Duration.ofMillis(10))).isEmpty();
        }
        try (Journal log = Journal.open(directory.resolve("log"))) {
            Spool spool = open(log);
            assertThat(spool.take(Duration.ofMillis(10))).isEmpty();
            now = now.plusSeconds(61);
            Due again = due(spool);
            assertThat(again.attempts()).isEqualTo(1);
            assertThat(again.recipient()).isEqualTo("ann@example.com");
            spool.giveBack(again);
            assertThat(due(spool)).isEqualTo(again);
        }
    }

    @Test
    void the_log_tells_everything_that_happened_to_a_mail() {
        try (Journal log = Journal.open(directory.resolve("log"))) {
            Spool spool = open(log);
            MessageId id = spool.accept(TWO, RawMessage.of("Subject: x\r\n\r\ny".getBytes(StandardCharsets.US_ASCII)));
            var track = new NewTrack(new TrackId(1, 2), "ann@example.com", "x", "c", id.toString(), "{}", now);
            spool.update(due(spool), new RecipientState.Deferred("451", now));
            spool.update(due(spool), new RecipientState.Failed(UNTRACKED, "550"));
            spool.update(due(spool), new RecipientState.Delivered(new TrackingDecision.Tracked(track, "{}"), "250"));

            List<Entry> entries = log.read(Position.START, 100);
            List<MailEvent> events =
                    entries.stream().map(Spool::event).flatMap(Optional::stream).toList();
            assertThat(events).hasSize(4);
            assertThat(events.getFirst())
                    .isEqualTo(new MailEvent.Queued(id, now, "shop@example.org", TWO.recipients(), "x", 15));
            assertThat(events.get(1)).isInstanceOf(MailEvent.Deferred.class);
            assertThat(events.stream().filter(event -> event instanceof MailEvent.Delivered))
                    .singleElement()
                    .satisfies(event -> assertThat(((MailEvent.Delivered) event).decision())
                            .isEqualTo(new TrackingDecision.Tracked(track, "{}")));
        }
    }

    @Test
    void the_log_shrinks_while_one_mail_waits_for_days() {
        try (Journal log = Journal.open(directory.resolve("log"))) {
            Spool spool = open(log);
            MessageId waiting = spool.accept(TWO, mail(2 << 20));
            spool.update(due(spool), new RecipientState.Deferred("451", now.plusSeconds(1_000_000)));
            spool.update(due(spool), new RecipientState.Deferred("451", now.plusSeconds(1_000_000)));
            for (int i = 0; i < 90; i++) {
                spool.accept(new Envelope("", List.of("x@example.com"), "127.0.0.1", "c", "SMTP"), mail(4 << 20));
                spool.update(due(spool), new RecipientState.Delivered(UNTRACKED, "250"));
                spool.projected(log.end());
            }
            assertThat(log.end().segment()).isGreaterThan(5);
            assertThat(directory.resolve("log").resolve("00000001.log")).doesNotExist();
            assertThat(spool.read(waiting).message()).isEqualTo(mail(2 << 20));
        }
        try (Journal log = Journal.open(directory.resolve("log"))) {
            Spool spool = open(log);
            assertThat(spool.open()).isEqualTo(2);
            now = now.plusSeconds(1_000_001);
            assertThat(spool.read(due(spool).id()).message()).isEqualTo(mail(2 << 20));
        }
    }

    @Test
    void a_mail_that_is_read_while_it_is_copied_forward_is_whole() throws InterruptedException {
        try (Journal log = Journal.open(directory.resolve("log"))) {
            Spool spool = open(log);
            MessageId id = spool.accept(TWO, mail(8 << 20));
            var stop = new java.util.concurrent.atomic.AtomicBoolean();
            var failures = new java.util.concurrent.atomic.AtomicReference<>("");
            Thread reader = Thread.ofPlatform().start(() -> {
                while (!stop.get() && failures.get().isEmpty()) {
                    try {
                        assertThat(spool.read(id).message().size()).isEqualTo(8 << 20);
                    } catch (RuntimeException | AssertionError e) {
                        failures.set(e.toString());
                    }
                }
            });
            var one = new Envelope("", List.of("x@example.com"), "127.0.0.1", "c", "SMTP");
            for (int i = 0; i < 60; i++) {
                MessageId filler = spool.accept(one, mail(8 << 20));
                Optional<Due> due = spool.take(Duration.ofSeconds(1));
                while (due.isPresent() && !due.get().id().equals(filler)) {
                    due = spool.take(Duration.ofSeconds(1));
                }
                spool.update(due.orElseThrow(), new RecipientState.Delivered(UNTRACKED, "250"));
                spool.projected(log.end());
            }
            stop.set(true);
            reader.join();
            assertThat(failures.get()).isEmpty();
            assertThat(log.read(Position.START, 1).getFirst().position().segment())
                    .as("it was copied")
                    .isGreaterThan(1);
        }
    }

    @Test
    void a_mail_with_very_many_recipients_is_kept_whatever_its_size() {
        List<String> many = java.util.stream.IntStream.range(0, 3_000)
                .mapToObj(i -> "r".repeat(60) + "@" + "d".repeat(60) + i + ".example.com")
                .toList();
        var envelope = new Envelope("shop@example.org", many, "127.0.0.1", "c", "ESMTP");
        for (int size : new int[] {10, 500_000, (900 << 10) - 1, (900 << 10) + 1, 2 << 20}) {
            try (Journal log = Journal.open(directory.resolve("log" + size))) {
                MessageId id = open(log).accept(envelope, mail(size));
                Spool again = open(log);
                assertThat(again.read(id).message()).isEqualTo(mail(size));
                assertThat(again.open()).isEqualTo(3_000);
            }
        }
    }
}
