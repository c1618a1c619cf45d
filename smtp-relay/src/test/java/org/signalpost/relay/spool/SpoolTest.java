package org.signalpost.relay.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.signalpost.journal.Entry;
import org.signalpost.journal.EntryId;
import org.signalpost.journal.Journal;
import org.signalpost.journal.Position;
import org.signalpost.rewrite.RawMessage;
import org.signalpost.track.MailEvent;
import org.signalpost.track.MessageId;
import org.signalpost.track.NewTrack;
import org.signalpost.track.TrackId;
import org.signalpost.track.TrackingDecision;

class SpoolTest {
    private static final Envelope TWO = TestSpool.envelope("shop@example.org", "ann@example.com", "bob@example.com");
    private static final Envelope ONE = TestSpool.envelope("", "x@example.com");
    private static final TrackingDecision UNTRACKED = new TrackingDecision.Untracked("no-html", "{}");

    @TempDir
    Path directory;

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final InstantSource clock = () -> now;

    private Spool open(Journal log) {
        return TestSpool.open(log, directory, clock);
    }

    private static RawMessage mail(int size) {
        return TestSpool.mail(size);
    }

    private static Said said(String reply) {
        return Said.ours("2.0.0", reply);
    }

    private static Due due(Spool spool) {
        return spool.take(Duration.ofSeconds(5), any -> true).orElseThrow();
    }

    @Test
    void mail_of_any_size_is_there_after_a_restart_until_every_recipient_is_settled() {
        for (int size : new int[] {1, 100_000, Draft.LARGE - 1, Draft.LARGE, Draft.LARGE + 1, 5 << 20}) {
            Path own = directory.resolve("of" + size);
            MessageId id;
            try (Journal log = TestSpool.log(own)) {
                id = TestSpool.accept(open(log), TWO, mail(size));
            }
            try (Journal log = TestSpool.log(own)) {
                Spool spool = open(log);
                assertThat(spool.open()).isEqualTo(2);
                StoredMail stored = spool.read(id);
                assertThat(stored.message()).isEqualTo(mail(size));
                assertThat(stored.envelope()).isEqualTo(TWO);
                spool.update(
                        due(spool), new RecipientState.Delivered(UNTRACKED, said("250 ok"), /* tellSender= */ false));
            }
            try (Journal log = TestSpool.log(own)) {
                Spool spool = open(log);
                Due left = due(spool);
                assertThat(left.recipient()).isEqualTo("bob@example.com");
                spool.update(left, new RecipientState.Failed(UNTRACKED, said("550 no"), /* tellSender= */ false));
                assertThat(spool.open()).isZero();
            }
            try (Journal log = TestSpool.log(own)) {
                assertThat(open(log).open()).isZero();
            }
        }
    }

    @Test
    void the_urgent_goes_first_also_after_a_restart_and_whatever_its_size() {
        String later = "List-Id: <news.example.org>\r\n\r\n";
        String soon = "Priority: urgent\r\n\r\n";
        MessageId large;
        try (Journal log = TestSpool.log(directory)) {
            Spool spool = open(log);
            TestSpool.accept(spool, ONE, TestSpool.mail(later + "x".repeat(Draft.LARGE)));
            TestSpool.accept(spool, ONE, TestSpool.mail(later));
            now = now.plusSeconds(60);
            large = TestSpool.accept(spool, ONE, TestSpool.mail(soon + "x".repeat(Draft.LARGE)));
        }
        try (Journal log = TestSpool.log(directory)) {
            Spool spool = open(log);
            assertThat(spool.open(large).map(OpenMail::priority)).contains(Priority.URGENT);
            assertThat(due(spool).id()).isEqualTo(large);
            assertThat(due(spool).priority()).isEqualTo(Priority.NON_URGENT);
            now = now.plusSeconds(60);
            MessageId small = TestSpool.accept(spool, ONE, TestSpool.mail(soon));
            assertThat(due(spool).id()).isEqualTo(small);
        }
    }

    @Test
    void mail_that_the_version_before_has_kept_is_read() {
        RawMessage mail = TestSpool.mail("Subject: x\r\n\r\ny");
        var message = new LogRecord.Message(
                /* copied= */ false,
                now,
                ONE,
                "x",
                Priority.NORMAL,
                mail.size(),
                Optional.empty(),
                Optional.empty(),
                List.of(LogRecord.Place.untried(now)));
        byte[] record = LogRecord.write(message, mail.octets());
        // It had no priority, a length of four octets and six letters, and no flag for the quota before the mail.
        int priority = new String(record, StandardCharsets.ISO_8859_1).indexOf("NORMAL") - 4;
        int flag = record.length - 4 - mail.octets().length - 1;
        byte[] older = ByteBuffer.allocate(record.length - 11)
                .put((byte) 2)
                .put(record, 1, priority - 1)
                .put(record, priority + 10, flag - priority - 10)
                .put(record, flag + 1, record.length - flag - 1)
                .array();
        var id = new MessageId(1, 2);
        try (Journal log = TestSpool.log(directory)) {
            log.append(LogRecord.MESSAGE, new EntryId(id.high(), id.low()), older);
            Spool spool = open(log);

            assertThat(spool.open(id).map(OpenMail::priority)).contains(Priority.NORMAL);
            assertThat(due(spool).recipient()).isEqualTo("x@example.com");
            assertThat(spool.read(id).message()).isEqualTo(mail);
        }
    }

    @Test
    void what_is_deferred_has_its_turn_when_it_was_said_also_after_a_restart() {
        try (Journal log = TestSpool.log(directory)) {
            Spool spool = open(log);
            TestSpool.accept(spool, TWO, mail(10));
            spool.update(
                    due(spool),
                    new RecipientState.Deferred(said("451 later"), now.plusSeconds(60), /* tellSender= */ false));
            spool.update(due(spool), new RecipientState.Delivered(UNTRACKED, said("250"), /* tellSender= */ false));
            assertThat(spool.take(Duration.ofMillis(10), any -> true)).isEmpty();
        }
        try (Journal log = TestSpool.log(directory)) {
            Spool spool = open(log);
            assertThat(spool.take(Duration.ofMillis(10), any -> true)).isEmpty();
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
        try (Journal log = TestSpool.log(directory)) {
            Spool spool = open(log);
            MessageId id = TestSpool.accept(
                    spool, TWO, RawMessage.of("Subject: x\r\n\r\ny".getBytes(StandardCharsets.US_ASCII)));
            var track = new NewTrack(new TrackId(1, 2), "ann@example.com", "x", "c", id.toString(), "{}", now);
            spool.update(due(spool), new RecipientState.Deferred(said("451"), now, /* tellSender= */ false));
            spool.update(due(spool), new RecipientState.Failed(UNTRACKED, said("550"), /* tellSender= */ false));
            spool.update(
                    due(spool),
                    new RecipientState.Delivered(
                            new TrackingDecision.Tracked(track, "{}"), said("250"), /* tellSender= */ false));

            List<Entry> entries = log.read(Position.START, 100);
            List<MailEvent> events = entries.stream()
                    .map(History::event)
                    .flatMap(Optional::stream)
                    .toList();
            assertThat(events).hasSize(4);
            assertThat(events.getFirst())
                    .isEqualTo(new MailEvent.Queued(
                            id,
                            now,
                            "shop@example.org",
                            TWO.addresses(),
                            "x",
                            15,
                            TWO.origin().key()));
            assertThat(events.get(1)).isInstanceOf(MailEvent.Deferred.class);
            assertThat(events.stream().filter(event -> event instanceof MailEvent.Delivered))
                    .singleElement()
                    .satisfies(event -> assertThat(((MailEvent.Delivered) event).decision())
                            .isEqualTo(new TrackingDecision.Tracked(track, "{}")));
        }
    }

    @Test
    void the_log_shrinks_while_one_mail_waits_for_days() {
        try (Journal log = TestSpool.log(directory)) {
            Spool spool = open(log);
            MessageId waiting = TestSpool.accept(spool, TWO, mail(200 << 10));
            spool.update(
                    due(spool),
                    new RecipientState.Deferred(said("451"), now.plusSeconds(1_000_000), /* tellSender= */ false));
            spool.update(
                    due(spool),
                    new RecipientState.Deferred(said("451"), now.plusSeconds(1_000_000), /* tellSender= */ false));
            for (int i = 0; i < 150; i++) {
                TestSpool.accept(spool, ONE, mail(250 << 10));
                spool.update(due(spool), new RecipientState.Delivered(UNTRACKED, said("250"), /* tellSender= */ false));
                spool.projected(log.end());
            }
            assertThat(log.end().segment()).isGreaterThan(5);
            assertThat(directory.resolve("log").resolve("00000001.log")).doesNotExist();
            assertThat(spool.read(waiting).message()).isEqualTo(mail(200 << 10));
        }
        try (Journal log = TestSpool.log(directory)) {
            Spool spool = open(log);
            assertThat(spool.open()).isEqualTo(2);
            now = now.plusSeconds(1_000_001);
            assertThat(spool.read(due(spool).id()).message()).isEqualTo(mail(200 << 10));
        }
    }

    @Test
    void a_mail_that_is_read_while_it_is_copied_forward_is_whole() throws InterruptedException {
        try (Journal log = TestSpool.log(directory)) {
            Spool spool = open(log);
            MessageId id = TestSpool.accept(spool, TWO, mail(200 << 10));
            var stop = new java.util.concurrent.atomic.AtomicBoolean();
            var failures = new java.util.concurrent.atomic.AtomicReference<>("");
            Thread reader = Thread.ofPlatform().start(() -> {
                while (!stop.get() && failures.get().isEmpty()) {
                    try {
                        assertThat(spool.read(id).message().size()).isEqualTo(200 << 10);
                    } catch (RuntimeException | AssertionError e) {
                        failures.set(e.toString());
                    }
                }
            });
            for (int i = 0; i < 150; i++) {
                MessageId filler = TestSpool.accept(spool, ONE, mail(250 << 10));
                Optional<Due> due = spool.take(Duration.ofSeconds(1), any -> true);
                while (due.isPresent() && !due.get().id().equals(filler)) {
                    due = spool.take(Duration.ofSeconds(1), any -> true);
                }
                spool.update(
                        due.orElseThrow(),
                        new RecipientState.Delivered(UNTRACKED, said("250"), /* tellSender= */ false));
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
        List<Envelope.Recipient> many = java.util.stream.IntStream.range(0, 3_000)
                .mapToObj(i -> Envelope.Recipient.of("r".repeat(60) + "@" + "d".repeat(60) + i + ".example.com"))
                .toList();
        var envelope = TestSpool.envelope("shop@example.org", many);
        for (int size : new int[] {10, Draft.LARGE - 1, Draft.LARGE, Draft.LARGE + 1, 2 << 20}) {
            try (Journal log = TestSpool.log(directory.resolve("of" + size))) {
                MessageId id = TestSpool.accept(open(log), envelope, mail(size));
                Spool again = open(log);
                assertThat(again.read(id).message()).isEqualTo(mail(size));
                assertThat(again.open()).isEqualTo(3_000);
            }
        }
    }
}
