package org.signalpost.relay.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.signalpost.journal.Journal;
import org.signalpost.journal.JournalException;
import org.signalpost.rewrite.RawMessage;
import org.signalpost.track.MessageId;
import org.signalpost.track.TrackingDecision;

class SpoolFilesTest {
    private static final Envelope ONE = TestSpool.envelope("shop@example.org", "ann@example.com");
    private static final RecipientState DELIVERED = new RecipientState.Delivered(
            new TrackingDecision.Untracked("no-html", "{}"), Said.ours("2.0.0", "250"), /* tellSender= */ false);
    private static final int LARGE = Draft.LARGE + 1;

    @TempDir
    Path directory;

    private final Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final InstantSource clock = () -> now;

    private Spool open(Journal log) {
        return TestSpool.open(log, directory, clock);
    }

    private Spool open(Journal log, long memory) {
        return TestSpool.open(log, directory, clock, new Spool.Limits(memory, 5), recipient -> TestSpool.ROUTE);
    }

    private List<String> files() {
        return names(directory.resolve("spool"));
    }

    private static List<String> names(Path folder) {
        String[] names = folder.toFile().list();
        return names == null ? List.of() : List.of(names);
    }

    private static void write(Draft draft, RawMessage mail) {
        draft.write(mail.octets(), 0, mail.size());
    }

    private static Due due(Spool spool) {
        return spool.take(Duration.ofSeconds(5), any -> true).orElseThrow();
    }

    private static List<Envelope.Recipient> recipients(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> Envelope.Recipient.of("r".repeat(60) + "@" + "d".repeat(60) + i + ".example.com"))
                .toList();
    }

    @Test
    void a_header_is_whole_unless_it_was_cut_off() {
        String filler = "X: " + "y".repeat(1_000) + "\r\n";
        try (Journal log = TestSpool.log(directory)) {
            Spool spool = open(log, 1);
            for (String text : List.of("From: a@b.example\r\n", "From: a@b.example\r\n\r\nx\r\n", filler.repeat(200))) {
                try (Draft draft = spool.draft()) {
                    write(draft, TestSpool.mail(text));
                    assertThat(draft.hasWholeHead()).isTrue();
                }
            }
            try (Draft draft = spool.draft()) {
                write(draft, TestSpool.mail(filler.repeat(300)));
                assertThat(draft.hasWholeHead()).isFalse();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, Draft.LARGE - 1, Draft.LARGE, Draft.LARGE + 1, 3_000_000})
    void only_a_large_mail_has_a_file_which_goes_when_it_is_settled(int size) {
        try (Journal log = TestSpool.log(directory)) {
            Spool spool = open(log);
            MessageId id = TestSpool.accept(spool, ONE, TestSpool.mail(size));

            assertThat(files()).isEqualTo(size > Draft.LARGE ? List.of(id.toString()) : List.of());
            assertThat(spool.read(id).message()).isEqualTo(TestSpool.mail(size));
            assertThat(spool.open(id).orElseThrow().size()).isEqualTo(size);
            spool.update(due(spool), DELIVERED);
            assertThat(files()).isEmpty();
            assertThatThrownBy(() -> spool.read(id)).isInstanceOf(JournalException.class);
        }
    }

    @Test
    void a_small_mail_whose_recipients_fill_the_record_is_put_into_a_file() {
        for (int count : new int[] {1, 4_000, 4_500}) {
            var envelope = TestSpool.envelope("shop@example.org", recipients(count));
            try (Journal log = TestSpool.log(directory.resolve("of" + count))) {
                Spool spool = open(log);
                MessageId id = TestSpool.accept(spool, envelope, TestSpool.mail(Draft.LARGE));
                assertThat(files()).hasSize(count == 1 ? 0 : 1);
                assertThat(open(log).read(id).envelope()).isEqualTo(envelope);
                assertThat(spool.read(id).message()).isEqualTo(TestSpool.mail(Draft.LARGE));
            }
        }
    }

    @Test
    void what_no_record_holds_is_refused_and_leaves_nothing() {
        var envelope = TestSpool.envelope("shop@example.org", recipients(8_000));
        try (Journal log = TestSpool.log(directory)) {
            Spool spool = open(log);
            for (int size : new int[] {10, LARGE}) {
                assertThatThrownBy(() -> TestSpool.accept(spool, envelope, TestSpool.mail(size)))
                        .isInstanceOfSatisfying(
                                JournalException.class,
                                failure -> assertThat(failure.why()).isEqualTo(JournalException.Cause.TOO_LONG));
            }
            assertThat(files()).isEmpty();
            assertThat(spool.open()).isZero();
            assertThat(spool.trouble()).as("the log is well").isEmpty();
        }
    }

    @Test
    void without_memory_mail_goes_into_files_at_once_and_memory_is_given_back() {
        try (Journal log = TestSpool.log(directory)) {
            Spool spool = open(log, 1_000);
            try (Draft first = spool.draft();
                    Draft second = spool.draft();
                    Draft third = spool.draft()) {
                write(first, TestSpool.mail(900));
                write(second, TestSpool.mail(200));
                assertThat(files()).as("no room for the second").hasSize(1);
                write(first, TestSpool.mail(200));
                assertThat(files()).as("none for more of the first").hasSize(2);
                write(third, TestSpool.mail(1_000));
                assertThat(files()).as("the first has given its room back").hasSize(2);
                MessageId id = spool.accept(ONE, second);
                assertThat(spool.read(id).message()).isEqualTo(TestSpool.mail(200));
            }
            assertThat(files()).hasSize(1);
            for (int i = 0; i < 5; i++) {
                MessageId id = TestSpool.accept(spool, ONE, TestSpool.mail(1_000));
                assertThat(spool.read(id).message()).isEqualTo(TestSpool.mail(1_000));
            }
            assertThat(files()).hasSize(1);
        }
    }

    @Test
    void a_draft_that_is_closed_leaves_nothing() {
        try (Journal log = TestSpool.log(directory)) {
            Spool spool = open(log);
            for (int size : new int[] {10, LARGE, 2_000_000}) {
                try (Draft draft = spool.draft()) {
                    write(draft, TestSpool.mail(size));
                    assertThat(draft.size()).isEqualTo(size);
                }
            }
            assertThat(files()).isEmpty();
        }
    }

    @Test
    void mail_that_the_log_does_not_take_leaves_nothing() {
        Journal log = TestSpool.log(directory);
        Spool spool = open(log);
        log.close();
        for (int size : new int[] {10, LARGE}) {
            assertThatThrownBy(() -> TestSpool.accept(spool, ONE, TestSpool.mail(size)))
                    .isInstanceOf(JournalException.class);
        }
        assertThat(files()).isEmpty();
        assertThat(spool.open()).isZero();
        assertThat(spool.trouble()).contains(JournalException.Cause.CLOSED);
    }

    @Test
    void mail_that_can_not_be_put_into_a_file_is_refused_and_the_next_is_taken() throws IOException {
        try (Journal log = TestSpool.log(directory)) {
            Spool spool = open(log);
            Path folder = directory.resolve("spool");
            Files.move(folder, directory.resolve("away"));
            assertThatThrownBy(() -> TestSpool.accept(spool, ONE, TestSpool.mail(LARGE)))
                    .isInstanceOf(JournalException.class);
            TestSpool.accept(spool, ONE, TestSpool.mail(10));
            Files.move(directory.resolve("away"), folder);
            MessageId id = TestSpool.accept(spool, ONE, TestSpool.mail(LARGE));
            assertThat(files()).containsExactly(id.toString());
            assertThat(spool.open()).isEqualTo(2);
        }
    }

    @Test
    void files_that_no_open_mail_has_go_at_the_start() throws IOException {
        MessageId open;
        MessageId small;
        try (Journal log = TestSpool.log(directory)) {
            Spool spool = open(log);
            MessageId settled = TestSpool.accept(spool, ONE, TestSpool.mail(LARGE));
            byte[] octets = Files.readAllBytes(directory.resolve("spool").resolve(settled.toString()));
            spool.update(due(spool), DELIVERED);
            open = TestSpool.accept(spool, ONE, TestSpool.mail(LARGE));
            small = TestSpool.accept(spool, ONE, TestSpool.mail(5));
            for (String name : List.of(
                    settled.toString(), small.toString(), "msg_00000000000000000000000000", "x", "incoming-9")) {
                Files.write(directory.resolve("spool").resolve(name), octets);
            }
        }
        try (Journal log = TestSpool.log(directory)) {
            Spool spool = open(log);
            assertThat(files()).containsExactly(open.toString());
            assertThat(names(directory.resolve("quarantine"))).isEmpty();
            assertThat(spool.read(open).message()).isEqualTo(TestSpool.mail(LARGE));
            assertThat(spool.read(small).message()).isEqualTo(TestSpool.mail(5));
        }
    }

    @Test
    void a_mail_whose_file_is_gone_is_put_aside_once_and_keeps_what_was_decided() throws IOException {
        var envelope = TestSpool.envelope("shop@example.org", "a@x", "b@x", "c@x", "d@x");
        MessageId id;
        MessageId other;
        try (Journal log = TestSpool.log(directory)) {
            Spool spool = open(log);
            id = TestSpool.accept(spool, envelope, TestSpool.mail(LARGE));
            other = TestSpool.accept(spool, ONE, TestSpool.mail(LARGE));
            spool.update(due(spool), new RecipientState.Held(Said.NOTHING));
            Due failed = spool.take(Duration.ofSeconds(1), any -> true).orElseThrow();
            while (!failed.id().equals(id)) {
                failed = due(spool);
            }
            spool.update(
                    failed,
                    new RecipientState.Failed(
                            new TrackingDecision.Untracked("x", ""),
                            Said.ours("5.1.1", "550"),
                            /* tellSender= */ true));
        }
        Files.delete(directory.resolve("spool").resolve(id.toString()));
        for (int start = 0; start < 3; start++) {
            try (Journal log = TestSpool.log(directory)) {
                Spool spool = open(log);
                var phases = new ArrayList<Standing.Phase>();
                spool.open(id).orElseThrow().standings().forEach(standing -> phases.add(standing.phase()));
                assertThat(phases)
                        .containsExactlyInAnyOrder(
                                Standing.Phase.HELD,
                                Standing.Phase.FAILED,
                                Standing.Phase.QUARANTINED,
                                Standing.Phase.QUARANTINED);
                assertThat(due(spool).id()).as("the other is not touched").isEqualTo(other);
                assertThat(log.read(org.signalpost.journal.Position.START, 100)).hasSize(6);
            }
        }
    }

    @Test
    void a_file_with_a_flipped_bit_is_damaged_and_no_other_mail_is() throws IOException {
        try (Journal log = TestSpool.log(directory)) {
            Spool spool = open(log);
            MessageId id = TestSpool.accept(spool, ONE, TestSpool.mail(LARGE));
            MessageId other = TestSpool.accept(spool, ONE, TestSpool.mail(LARGE + 1));
            Path file = directory.resolve("spool").resolve(id.toString());
            byte[] whole = Files.readAllBytes(file);
            for (int at = 0; at < whole.length; at += 9_973) {
                byte[] flipped = whole.clone();
                flipped[at] ^= 1;
                Files.write(file, flipped);
                assertThatThrownBy(() -> spool.read(id))
                        .isInstanceOfSatisfying(
                                JournalException.class,
                                failure -> assertThat(failure.why()).isEqualTo(JournalException.Cause.DAMAGED));
                assertThat(spool.read(other).message().size()).isEqualTo(LARGE + 1);
            }
            Files.write(file, whole);
            assertThat(spool.read(id).message()).isEqualTo(TestSpool.mail(LARGE));
        }
    }

    @Test
    void the_header_of_a_large_mail_is_known_however_it_came_in() {
        String header = "Subject: Sale\r\nX-Long: " + "x".repeat(500) + "\r\n\r\n";
        RawMessage mail = TestSpool.mail(header + "a\r\n\r\nb".repeat(100_000));
        try (Journal log = TestSpool.log(directory)) {
            Spool spool = open(log, 0);
            for (int size : new int[] {1, 2, 3, header.length() - 1, header.length(), header.length() + 1, 16_384}) {
                try (Draft draft = spool.draft()) {
                    for (int at = 0; at < 40_000; at += size) {
                        draft.write(mail.octets(), at, at + size);
                    }
                    assertThat(draft.head()).as("in pieces of %d", size).isEqualTo(TestSpool.mail(header));
                }
            }
        }
    }
}
