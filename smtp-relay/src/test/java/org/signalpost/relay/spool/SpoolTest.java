package org.signalpost.relay.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
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

    /**
     * Written by version 2: a mail for two, its first recipient deferred; and one copied forward, its second settled.
     */
    private static final String MESSAGE_OF_2 = """
            020000019b76daa8000000001073686f70406578616d706c652e6f7267000000093139322e302e322e310000000163000000
            0545534d5450000000056b65795f310000000006554e53414944000000000000000178000000000000001100000000000000
            0000020000000f616e6e406578616d706c652e636f6d0000000544454c4159000000087266633832323b6100000007574149
            54494e4700000000000000000000019b76daa80000000000000000000000019b76daa8000000000000000000000000000000
            0000000f626f62406578616d706c652e636f6d00000000000000000000000757414954494e4700000000000000000000019b
            76daa80000000000000000000000019b76daa8000000000000000000000000000000000000115375626a6563743a20780d0a
            0d0a790d0a
            """;

    private static final String STATE_OF_2 = """
            020000019b76dabb8800000000000000000000000f616e6e406578616d706c652e636f6d0000000000000001000000000000
            00000400000009343531206c6174657200000005342e372e31000000026d780000019b76df3be001
            """;

    private static final String SNAPSHOT_OF_2 = """
            020000019b76daa8000000001073686f70406578616d706c652e6f7267000000093139322e302e322e310000000163000000
            0545534d5450000000056b65795f310000000006554e53414944000000000000000178000000000000001100000000000000
            0000020000000f616e6e406578616d706c652e636f6d0000000544454c4159000000087266633832323b6100000007574149
            54494e4700000000000000030000019b76db9260000000000036ee800000019b76daa80000000006343530206e6f00000005
            342e322e30000000026d7801000000000f626f62406578616d706c652e636f6d000000000000000000000000000000000000
            00000000019b76daa80000000000000000000000019b76daa8000000000000000000000000000000000000115375626a6563
            743a20780d0a0d0a790d0a
            """;

    private static byte[] octets(String hex) {
        return HexFormat.of().parseHex(hex.replaceAll("\\s", ""));
    }

    @Test
    void what_the_version_before_has_kept_is_read() {
        var accepted = new EntryId(1, 2);
        var copied = new EntryId(3, 4);
        try (Journal log = TestSpool.log(directory)) {
            log.append(LogRecord.MESSAGE, accepted, octets(MESSAGE_OF_2));
            log.append(LogRecord.STATE, accepted, octets(STATE_OF_2));
            log.append(LogRecord.SNAPSHOT, copied, octets(SNAPSHOT_OF_2));
            Spool spool = open(log);

            List<Standing> first = spool.open(new MessageId(1, 2)).orElseThrow().standings();
            assertThat(first).hasSize(2);
            Due deferred = first.getFirst().due();
            assertThat(deferred.attempts()).isEqualTo(1);
            assertThat(deferred.next()).isEqualTo(now.plusSeconds(300));
            assertThat(deferred.share()).isEqualTo(Share.NOT_ASKED);
            assertThat(deferred.priority()).isEqualTo(Priority.NORMAL);
            assertThat(first.getFirst().delayOwed()).isTrue();
            assertThat(spool.said(first.getFirst())).isEqualTo(new Said("451 later", "4.7.1", "mx"));
            assertThat(first.getLast().due().recipient()).isEqualTo("bob@example.com");
            Standing second =
                    spool.open(new MessageId(3, 4)).orElseThrow().standings().getFirst();
            assertThat(second.due().attempts()).isEqualTo(3);
            assertThat(second.due().held()).isEqualTo(Duration.ofHours(1));
            assertThat(second.delayTold()).isTrue();
            assertThat(spool.said(second).reply()).isEqualTo("450 no");
            for (MessageId id : List.of(new MessageId(1, 2), new MessageId(3, 4))) {
                assertThat(spool.read(id).message()).isEqualTo(TestSpool.mail("Subject: x\r\n\r\ny\r\n"));
            }
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
