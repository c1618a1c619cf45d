package org.signalpost.relay.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.signalpost.journal.Journal;
import org.signalpost.journal.Position;
import org.signalpost.track.MessageId;
import org.signalpost.track.NewTrack;
import org.signalpost.track.TrackId;
import org.signalpost.track.TrackingDecision;

class SpoolStatesTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant LATER = START.plusSeconds(1_000_000);
    private static final long SEGMENT = 64 << 10;
    private static final Said SAID = new Said("451 4.7.1 später", "4.7.1", "mx.example.com");
    private static final TrackingDecision UNTRACKED = new TrackingDecision.Untracked("no-html", "{}");
    private static final TrackingDecision TRACKED = new TrackingDecision.Tracked(
            new NewTrack(new TrackId(1, 2), "ann@example.com", "Süß", "c", "m", "{\"a\":1}", START), "{\"links\":[]}");

    @TempDir
    Path directory;

    private Instant now = START;
    private final InstantSource clock = () -> now;

    static Stream<RecipientState> states() {
        return Stream.of(
                new RecipientState.Delivered(TRACKED, SAID, /* tellSender= */ false),
                new RecipientState.Delivered(UNTRACKED, SAID, /* tellSender= */ true),
                new RecipientState.Captured(TRACKED, SAID),
                new RecipientState.Failed(TRACKED, SAID, /* tellSender= */ false),
                new RecipientState.Failed(UNTRACKED, SAID, /* tellSender= */ true),
                new RecipientState.Deferred(SAID, LATER, /* tellSender= */ false),
                new RecipientState.Deferred(SAID, LATER, /* tellSender= */ true),
                new RecipientState.Deferred(SAID, LATER, /* tellSender= */ false, Share.USED_UP),
                new RecipientState.Deferred(SAID, LATER, /* tellSender= */ false, Share.GRANTED),
                new RecipientState.Held(SAID),
                new RecipientState.Quarantined(SAID),
                new RecipientState.Dropped(SAID));
    }

    private Spool open(Journal log) {
        return TestSpool.open(log, directory, clock);
    }

    private static Envelope envelope(int recipients) {
        return new Envelope(
                "shop@example.org",
                IntStream.range(0, recipients)
                        .mapToObj(i -> new Envelope.Recipient(
                                "r" + i + "@example.com", Set.of(Envelope.Notify.DELAY), "rfc822;x" + i))
                        .toList(),
                new Envelope.Origin("2001:db8::1", "c(l", "ESMTPSA", "key_1"),
                new Envelope.Wishes(/* utf8= */ true, Envelope.Return.FULL, "QQ+2B"));
    }

    /** What is to be the same, wherever it stands. */
    private record Seen(List<Standing> standings, List<Said> said, StoredMail mail) {}

    private static Optional<Seen> seen(Spool spool, MessageId id) {
        return spool.open(id)
                .map(mail -> new Seen(
                        mail.standings().stream()
                                .map(standing -> standing.at(Position.START))
                                .toList(),
                        mail.standings().stream().map(spool::said).toList(),
                        spool.read(id)));
    }

    /** Other mail comes and goes until the log has wandered on from where the mail was. */
    private static void moveOn(Journal log, Spool spool, MessageId id) {
        long before = segment(spool, id);
        int octets = Math.min(log.longestPayload() / 2, 200_000);
        for (int i = 0; i < 200 && segment(spool, id) == before; i++) {
            MessageId filler =
                    TestSpool.accept(spool, TestSpool.envelope("", "filler@example.net"), TestSpool.mail(octets));
            Standing standing = spool.reserve(filler, 0).orElseThrow();
            spool.update(standing.due(), new RecipientState.Captured(UNTRACKED, Said.NOTHING));
            spool.projected(log.end());
        }
        assertThat(segment(spool, id)).as("it was copied forward").isGreaterThan(before);
        assertThat(log.read(Position.START, 1).getFirst().position().segment()).isGreaterThan(before);
    }

    private static long segment(Spool spool, MessageId id) {
        return spool.open(id).orElseThrow().record().segment();
    }

    @ParameterizedTest
    @MethodSource("states")
    void a_state_is_the_same_after_a_restart_and_after_it_was_copied_forward(RecipientState state) {
        MessageId id;
        Seen before;
        try (Journal log = TestSpool.log(directory, SEGMENT)) {
            Spool spool = open(log);
            id = TestSpool.accept(spool, envelope(3), TestSpool.mail(1_000));
            now = now.plusSeconds(90);
            Due due = spool.reserve(id, 1).orElseThrow().due();
            spool.update(due, 7, Duration.ofHours(3), state);
            before = seen(spool, id).orElseThrow();
        }
        try (Journal log = TestSpool.log(directory, SEGMENT)) {
            Spool spool = open(log);
            assertThat(seen(spool, id)).contains(before);
            moveOn(log, spool, id);
            assertThat(seen(spool, id)).contains(before);
            moveOn(log, spool, id);
        }
        try (Journal log = TestSpool.log(directory, SEGMENT)) {
            Spool spool = open(log);
            assertThat(seen(spool, id)).contains(before);
            assertThat(spool.owing()).hasSize(before.standings().stream().anyMatch(Standing::owesAny) ? 1 : 0);
        }
    }

    @Test
    void a_mail_with_a_file_and_every_state_at_once_keeps_all_of_them_and_its_file_while_it_wanders() {
        List<RecipientState> states = states().toList();
        MessageId id;
        Seen before;
        try (Journal log = TestSpool.log(directory, SEGMENT)) {
            Spool spool = open(log);
            id = TestSpool.accept(spool, envelope(states.size() + 1), TestSpool.mail(Draft.LARGE + 1));
            for (int i = 0; i < states.size(); i++) {
                spool.update(spool.reserve(id, i).orElseThrow().due(), states.get(i));
            }
            before = seen(spool, id).orElseThrow();
            assertThat(before.standings()).hasSize(9);
            moveOn(log, spool, id);
        }
        try (Journal log = TestSpool.log(directory, SEGMENT)) {
            Spool spool = open(log);
            assertThat(seen(spool, id)).contains(before);
            // What is told is settled, wherever the mail stands, and stays so.
            var notice = TestSpool.envelope("", "shop@example.org");
            spool.accept(notice, TestSpool.mail("n1"), new Told(id, Told.Kind.FAILED, List.of(4)));
            spool.accept(notice, TestSpool.mail("n2"), new Told(id, Told.Kind.DELAYED, List.of(6)));
            moveOn(log, spool, id);
        }
        try (Journal log = TestSpool.log(directory, SEGMENT)) {
            Spool spool = open(log);
            List<Standing> left = spool.open(id).orElseThrow().standings();
            assertThat(left)
                    .extracting(standing -> standing.due().index())
                    .containsExactly(1, 5, 6, 7, 8, 9, 10, states.size());
            assertThat(left.get(2).delayTold()).isTrue();
            assertThat(left.get(2).owes(Told.Kind.DELAYED)).isFalse();
            for (Standing standing : left) {
                Due due =
                        spool.reserve(id, standing.due().index()).orElseThrow().due();
                spool.update(due, new RecipientState.Captured(UNTRACKED, Said.NOTHING));
            }
            assertThat(spool.open(id)).isEmpty();
            assertThat(directory.resolve("spool").toFile().list()).isEmpty();
        }
    }

    @Test
    void a_crash_between_a_copy_and_the_end_of_what_it_replaces_loses_and_doubles_nothing() throws IOException {
        List<RecipientState> states = states().toList();
        Path files = directory.resolve("log");
        var images = new ArrayList<Path>();
        Seen before;
        MessageId id;
        try (Journal log = TestSpool.log(directory, SEGMENT)) {
            Spool spool = open(log);
            id = TestSpool.accept(spool, envelope(states.size() + 1), TestSpool.mail(1_000));
            for (int i = 0; i < states.size(); i++) {
                spool.update(spool.reserve(id, i).orElseThrow().due(), states.get(i));
            }
            before = seen(spool, id).orElseThrow();
            for (int i = 0; i < 25; i++) {
                MessageId filler = TestSpool.accept(spool, TestSpool.envelope("", "f@x"), TestSpool.mail(30_000));
                Standing standing = spool.reserve(filler, 0).orElseThrow();
                spool.update(standing.due(), new RecipientState.Captured(UNTRACKED, Said.NOTHING));
                Path image = directory.resolve("image" + i).resolve("log");
                // Old segments from before, everything else from after: nothing has been removed yet.
                copy(files, image);
                spool.projected(log.end());
                copy(files, image);
                images.add(image.getParent());
            }
            assertThat(segment(spool, id)).isGreaterThan(1);
        }
        for (Path image : images) {
            try (Journal log = TestSpool.log(image, SEGMENT)) {
                Spool spool = TestSpool.open(log, image, clock);
                assertThat(spool.openBehind(Optional.empty(), 10)).hasSize(1);
                assertThat(seen(spool, id)).contains(before);
            }
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> logs = Files.list(from)) {
            for (Path log :
                    logs.filter(file -> file.toString().endsWith(".log")).toList()) {
                Files.copy(log, to.resolve(log.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    @Test
    void a_sender_is_told_of_a_delay_once_however_often_it_is_late() {
        try (Journal log = TestSpool.log(directory, SEGMENT)) {
            Spool spool = open(log);
            MessageId id = TestSpool.accept(spool, envelope(1), TestSpool.mail(10));
            var late = new RecipientState.Deferred(SAID, LATER, /* tellSender= */ true);
            spool.update(spool.reserve(id, 0).orElseThrow().due(), late);
            assertThat(spool.owing()).hasSize(1);
            spool.accept(
                    TestSpool.envelope("", "shop@example.org"),
                    TestSpool.mail("n"),
                    new Told(id, Told.Kind.DELAYED, List.of(0)));
            spool.update(spool.reserve(id, 0).orElseThrow().due(), late);
            assertThat(spool.owing()).isEmpty();
            assertThat(open(log).owing()).as("after a restart").isEmpty();
        }
    }

    @Test
    void replies_that_fill_the_record_do_not_keep_a_mail_where_it_is() {
        var said = new Said("451 " + "x".repeat(500), "4.0.0", "mx.example.com");
        long large = 2 << 20;
        int count = 3_000;
        MessageId id;
        try (Journal log = TestSpool.log(directory, large)) {
            Spool spool = open(log);
            id = TestSpool.accept(spool, envelope(count), TestSpool.mail(200_000));
            List<Standing> all = spool.open(id).orElseThrow().standings();
            try (var threads = java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor()) {
                all.forEach(standing -> threads.execute(() -> {
                    spool.reserve(id, standing.due().index());
                    spool.update(standing.due(), new RecipientState.Deferred(said, LATER, /* tellSender= */ false));
                }));
            }
            moveOn(log, spool, id);
            assertThat(directory.resolve("spool").toFile().list())
                    .as("its octets are in a file now")
                    .containsExactly(id.toString());
        }
        try (Journal log = TestSpool.log(directory, large)) {
            Spool spool = open(log);
            assertThat(spool.open()).isEqualTo(count);
            assertThat(spool.read(id).message()).isEqualTo(TestSpool.mail(200_000));
            assertThat(spool.said(spool.open(id).orElseThrow().standings().getLast())
                            .status())
                    .isEqualTo("4.0.0");
        }
    }
}
