package org.signalpost.relay.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.signalpost.journal.EntryId;
import org.signalpost.journal.Journal;
import org.signalpost.journal.JournalException;
import org.signalpost.track.MessageId;
import org.signalpost.track.TrackingDecision;

class SpoolDamageTest {
    private static final Envelope ONE = TestSpool.envelope("shop@example.org", "ann@example.com");
    private static final long SEGMENT = 16 << 10;
    private static final RecipientState DELIVERED = new RecipientState.Delivered(
            new TrackingDecision.Untracked("no-html", "{}"), Said.ours("2.0.0", "250"), /* tellSender= */ false);

    @TempDir
    Path directory;

    private final Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final InstantSource clock = () -> now;

    private Spool open(Journal log) {
        return TestSpool.open(log, directory, clock);
    }

    private Path segment() {
        return directory.resolve("log").resolve("00000001.log");
    }

    private static int find(byte[] in, byte[] what) {
        return new String(in, StandardCharsets.ISO_8859_1).indexOf(new String(what, StandardCharsets.ISO_8859_1));
    }

    private static Optional<Due> next(Spool spool) {
        return spool.take(Duration.ZERO, any -> true);
    }

    @Test
    void an_octet_flipped_anywhere_in_a_mail_costs_that_mail_only() throws IOException {
        byte[] body = "Subject: second\r\n\r\nThe body of the second mail.\r\n".getBytes(StandardCharsets.US_ASCII);
        MessageId first;
        MessageId second;
        MessageId third;
        try (Journal log = TestSpool.log(directory, SEGMENT)) {
            Spool spool = open(log);
            first = TestSpool.accept(spool, ONE, TestSpool.mail("first"));
            second = TestSpool.accept(spool, ONE, TestSpool.mail(new String(body, StandardCharsets.US_ASCII)));
            third = TestSpool.accept(spool, ONE, TestSpool.mail("third"));
        }
        byte[] whole = Files.readAllBytes(segment());
        int at = find(whole, body);
        for (int i = at; i < at + body.length; i++) {
            byte[] flipped = whole.clone();
            flipped[i] ^= 0x10;
            Files.write(segment(), flipped);
            try (Journal log = TestSpool.log(directory, SEGMENT)) {
                Spool spool = open(log);
                assertThat(spool.open()).isEqualTo(2);
                assertThat(spool.open(second)).isEmpty();
                assertThat(spool.read(first).message()).isEqualTo(TestSpool.mail("first"));
                assertThat(spool.read(third).message()).isEqualTo(TestSpool.mail("third"));
            }
            // The octets are kept for whoever can make sense of them.
            Path quarantine = directory.resolve("log").resolve("quarantine");
            try (Stream<Path> files = Files.list(quarantine)) {
                for (Path kept : files.toList()) {
                    assertThat(find(Files.readAllBytes(kept), "shop@example.org".getBytes(StandardCharsets.US_ASCII)))
                            .isPositive();
                    Files.delete(kept);
                }
            }
        }
    }

    @Test
    void mail_that_is_damaged_while_it_waits_is_found_when_it_is_read() throws IOException {
        try (Journal log = TestSpool.log(directory, SEGMENT)) {
            MessageId id = TestSpool.accept(open(log), ONE, TestSpool.mail("some text"));
            Spool spool = open(log);
            byte[] whole = Files.readAllBytes(segment());
            whole[find(whole, "some text".getBytes(StandardCharsets.US_ASCII))] ^= 1;
            Files.write(segment(), whole);

            assertThatThrownBy(() -> spool.read(id)).isInstanceOf(JournalException.class);
            assertThat(spool.head(id)).isEmpty();
            Due due = next(spool).orElseThrow();
            assertThat(spool.said(spool.open(id).orElseThrow().standings().getFirst()))
                    .as("an operator can act on it all the same")
                    .isEqualTo(Said.NOTHING);
            spool.update(due, new RecipientState.Quarantined(Said.ours("4.3.0", "damaged")));
            assertThat(spool.said(spool.open(id).orElseThrow().standings().getFirst())
                            .reply())
                    .isEqualTo("damaged");
        }
    }

    @Test
    void a_damaged_mail_does_not_keep_the_log_from_shrinking() throws IOException {
        try (Journal log = TestSpool.log(directory, SEGMENT)) {
            MessageId id = TestSpool.accept(open(log), ONE, TestSpool.mail("some text"));
            Spool spool = open(log);
            byte[] whole = Files.readAllBytes(segment());
            whole[find(whole, "some text".getBytes(StandardCharsets.US_ASCII))] ^= 1;
            Files.write(segment(), whole);
            spool.update(next(spool).orElseThrow(), new RecipientState.Quarantined(Said.ours("4.3.0", "damaged")));
            for (int i = 0; i < 20; i++) {
                TestSpool.accept(spool, ONE, TestSpool.mail(9_000));
                spool.update(next(spool).orElseThrow(), DELIVERED);
                spool.projected(log.end());
            }
            assertThat(segment()).doesNotExist();
            assertThat(directory.resolve("log").resolve("quarantine").resolve("00000001.log"))
                    .exists();
            assertThat(spool.open(id)).as("an operator still sees it").isPresent();
        }
    }

    @Test
    void a_body_whose_record_is_damaged_is_kept_for_somebody_to_look_at() throws IOException {
        MessageId large;
        MessageId other;
        try (Journal log = TestSpool.log(directory, SEGMENT)) {
            Spool spool = open(log);
            large = TestSpool.accept(spool, ONE, TestSpool.mail(Draft.LARGE + 1));
            other = TestSpool.accept(spool, ONE, TestSpool.mail(Draft.LARGE + 2));
        }
        byte[] whole = Files.readAllBytes(segment());
        whole[find(whole, "shop@example.org".getBytes(StandardCharsets.US_ASCII))] ^= 1;
        Files.write(segment(), whole);
        try (Journal log = TestSpool.log(directory, SEGMENT)) {
            Spool spool = open(log);
            assertThat(spool.open(large)).isEmpty();
            assertThat(directory.resolve("quarantine").resolve(large.toString()))
                    .hasBinaryContent(TestSpool.mail(Draft.LARGE + 1).octets());
            assertThat(spool.read(other).message()).isEqualTo(TestSpool.mail(Draft.LARGE + 2));
        }
    }

    @Test
    void a_record_of_another_version_is_put_aside_with_its_file_and_the_rest_goes_on() throws IOException {
        MessageId last;
        var strange = new MessageId(1L << 50, 5);
        try (Journal log = TestSpool.log(directory, SEGMENT)) {
            Spool spool = open(log);
            for (byte[] payload : List.of(new byte[] {9, 9}, new byte[0], new byte[] {2}, new byte[] {2, 0, 0})) {
                for (int kind = 0; kind < 6; kind++) {
                    log.append(kind, new EntryId(strange.high(), strange.low()), payload);
                }
            }
            Files.write(directory.resolve("spool").resolve(strange.toString()), new byte[] {1, 2, 3});
            last = TestSpool.accept(spool, ONE, TestSpool.mail("last"));
        }
        try (Journal log = TestSpool.log(directory, SEGMENT)) {
            Spool spool = open(log);
            assertThat(spool.read(last).message()).isEqualTo(TestSpool.mail("last"));
            assertThat(spool.open()).isEqualTo(1);
            assertThat(directory.resolve("quarantine").resolve(strange.toString()))
                    .hasBinaryContent(new byte[] {1, 2, 3});
            assertThat(directory.resolve("quarantine").toFile().list()).hasSize(25);
            assertThat(log.read(org.signalpost.journal.Position.START, 100))
                    .allSatisfy(entry -> assertThat(History.event(entry)).isNotNull());
        }
    }

    @Test
    void a_mail_that_said_nothing_was_kept_is_not_made_up() {
        try (Journal log = TestSpool.log(directory, SEGMENT)) {
            Spool spool = open(log);
            var unknown = new MessageId(7, 7);
            spool.giveBack(new Due(
                    unknown, 0, "a@x", TestSpool.ROUTE, 0, now, Duration.ZERO, now, Priority.NORMAL, Share.NOT_ASKED));
            spool.update(
                    new Due(
                            unknown,
                            0,
                            "a@x",
                            TestSpool.ROUTE,
                            0,
                            now,
                            Duration.ZERO,
                            now,
                            Priority.NORMAL,
                            Share.NOT_ASKED),
                    DELIVERED);
            assertThat(spool.reserve(unknown, 0)).isEmpty();
            assertThat(spool.open()).isZero();
            assertThat(next(spool)).isEmpty();
        }
    }
}
