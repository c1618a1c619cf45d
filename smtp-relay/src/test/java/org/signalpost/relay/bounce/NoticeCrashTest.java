package org.signalpost.relay.bounce;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.signalpost.journal.Entry;
import org.signalpost.journal.EntryId;
import org.signalpost.journal.Journal;
import org.signalpost.journal.Position;
import org.signalpost.relay.spool.Due;
import org.signalpost.relay.spool.Envelope.Notify;
import org.signalpost.relay.spool.RecipientState;
import org.signalpost.relay.spool.Said;
import org.signalpost.relay.spool.Spool;
import org.signalpost.relay.spool.StoredMail;
import org.signalpost.relay.spool.TestSpool;
import org.signalpost.track.TrackingDecision;

/** A mail to three, of whom one is taken, one put off and one refused, with a crash between any two records. */
class NoticeCrashTest {
    private static final long SEGMENT = 64 << 10;
    private static final TrackingDecision UNTRACKED = new TrackingDecision.Untracked("no-html", "{}");

    @TempDir
    Path directory;

    private Instant now = Instant.parse("2026-03-01T10:00:00Z");

    /** What went out, in order. */
    private final List<String> sent = new ArrayList<>();

    private final List<String> notices = new ArrayList<>();

    private void run(Spool spool) {
        var maker = new NoticeMaker(spool, "relay.example.org", Duration.ofDays(5), () -> now);
        var loop = new NoticeLoop(spool, maker, kind -> {}, () -> now);
        for (int minute = 0; minute < 20; minute++) {
            for (Optional<Due> due = take(spool); due.isPresent(); due = take(spool)) {
                spool.update(due.get(), attempt(spool, due.get()));
            }
            loop.tellAll();
            now = now.plusSeconds(61);
        }
        assertThat(spool.open()).isZero();
    }

    private static Optional<Due> take(Spool spool) {
        return spool.take(Duration.ZERO, any -> true);
    }

    private RecipientState attempt(Spool spool, Due due) {
        StoredMail mail = spool.read(due.id());
        boolean tell = mail.head().tellsSender(due.index(), Notify.FAILURE);
        if (due.recipient().startsWith("r3")) {
            return new RecipientState.Failed(UNTRACKED, Said.ours("5.1.1", "550"), tell);
        }
        if (due.recipient().startsWith("r2") && due.attempts() == 0) {
            return new RecipientState.Deferred(
                    Said.ours("4.5.0", "450"), now.plus(Duration.ofMinutes(5)), /* tellSender= */ false);
        }
        sent.add(due.recipient());
        if (mail.notice()) {
            notices.add(new String(mail.message().octets(), java.nio.charset.StandardCharsets.US_ASCII));
        }
        return new RecipientState.Delivered(UNTRACKED, Said.ours("2.0.0", "250"), /* tellSender= */ false);
    }

    private static List<EntryId> mails(Journal log) {
        return log.read(Position.START, 1_000).stream()
                .map(Entry::id)
                .distinct()
                .toList();
    }

    @Test
    void the_notice_is_never_lost_and_never_made_twice() throws IOException {
        List<Long> ends;
        try (Journal log = TestSpool.log(directory, SEGMENT)) {
            Spool spool = TestSpool.open(log, directory, () -> now);
            var envelope = TestSpool.envelope("shop@example.org", "r1@x.example", "r2@x.example", "r3@x.example");
            TestSpool.accept(spool, envelope, TestSpool.mail(Notices.MAIL));
            run(spool);
            assertThat(sent).containsExactly("r1@x.example", "shop@example.org", "r2@x.example");
            ends = log.read(Position.START, 1_000).stream()
                    .map(entry -> entry.next().offset())
                    .collect(Collectors.toList());
            assertThat(ends).as("mail, 250, 450, 550, notice, its 250, 250").hasSize(7);
        }
        byte[] whole = Files.readAllBytes(directory.resolve("log").resolve("00000001.log"));
        for (int record = 0; record < ends.size(); record++) {
            for (int torn : new int[] {0, 1, 30}) {
                crash(whole, (int) (ends.get(record) + torn), directory.resolve("cut" + record + "-" + torn));
                assertThat(sent.stream().filter(recipient -> recipient.equals("shop@example.org")))
                        .as("after record %d it still has to go out, or is settled", record)
                        .hasSize(record < 5 ? 1 : 0);
                assertThat(sent).doesNotHaveDuplicates().doesNotContain("r3@x.example");
                assertThat(sent.contains("r2@x.example")).isEqualTo(record < 6);
                assertThat(notices)
                        .allSatisfy(notice -> assertThat(notice)
                                .contains("Final-Recipient: rfc822; r3@x.example")
                                .doesNotContain("Final-Recipient: rfc822; r2@x.example"));
            }
        }
    }

    private void crash(byte[] whole, int at, Path fresh) throws IOException {
        byte[] left = whole.clone();
        Arrays.fill(left, at, left.length, (byte) 0);
        Files.createDirectories(fresh.resolve("log"));
        Files.write(fresh.resolve("log").resolve("00000001.log"), left);
        now = Instant.parse("2026-03-01T10:00:30Z");
        sent.clear();
        notices.clear();
        try (Journal log = TestSpool.log(fresh, SEGMENT)) {
            run(TestSpool.open(log, fresh, () -> now));
            assertThat(mails(log)).as("the mail and one notice").hasSize(2);
        }
    }
}
