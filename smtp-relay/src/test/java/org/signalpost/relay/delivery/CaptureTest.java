package org.signalpost.relay.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.signalpost.relay.spool.TestSpool;
import org.signalpost.rewrite.RawMessage;
import org.signalpost.track.CapturedMail;
import org.signalpost.track.MessageId;

class CaptureTest {
    @TempDir
    Path directory;

    private Instant now = Instant.EPOCH;

    private Capture capture() {
        var capture = new Capture(directory, new Capture.Keep(Duration.ofDays(7), 6), () -> now);
        capture.start();
        return capture;
    }

    @Test
    void keeps_the_newest_copies_of_the_last_days() throws IOException {
        Capture capture = capture();
        // The mail that was accepted first is captured last.
        for (int i = 9; i >= 1; i--) {
            now = now.plusSeconds(60);
            capture.deliver(copy(i, "ann@example.com"));
        }
        assertThat(capture.newest(100, ""))
                .extracting(mail -> mail.message().high() >> 20)
                .containsExactly(6L, 5L, 4L, 3L, 2L, 1L);
        for (CapturedMail mail : capture.newest(100, "")) {
            Instant captured =
                    Instant.EPOCH.plus(Duration.ofDays(9 - (mail.message().high() >> 20)));
            Files.setLastModifiedTime(directory.resolve(mail.id() + ".eml"), FileTime.from(captured));
        }
        now = Instant.EPOCH.plus(Duration.ofDays(14)).plusSeconds(1);

        Capture later = capture();
        assertThat(later.newest(100, ""))
                .extracting(mail -> mail.message().high() >> 20)
                .containsExactly(1L);
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void what_was_released_is_kept_as_long_as_the_rest() throws IOException {
        Capture capture = capture();
        capture.deliver(copy(1, "ann@example.com"));
        capture.deliver(copy(2, "ann@example.com"));
        for (CapturedMail mail : capture.newest(2, "")) {
            Files.setLastModifiedTime(
                    directory.resolve(mail.id() + ".eml"),
                    FileTime.from(
                            Instant.EPOCH.plus(Duration.ofDays(mail.message().high() >> 20))));
            capture.moveAside(mail.id());
        }
        assertThat(capture.newest(2, "")).isEmpty();
        assertThat(directory.resolve("released").toFile().list()).hasSize(2);
        now = Instant.EPOCH.plus(Duration.ofDays(8)).plusSeconds(1);
        capture();
        assertThat(directory.resolve("released").toFile().list())
                .singleElement()
                .matches(name -> name.endsWith(".eml"));
    }

    private static RawMessage mail() {
        return TestSpool.mail("Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\r\n\u00fc\r\n");
    }

    private static Consignment copy(long number, String recipient) {
        return Copies.of(new MessageId(number << 20, 2), "", recipient, mail());
    }

    @Test
    void keeps_copies_whole_over_restarts_newest_first_and_one_kept_twice_once() throws IOException {
        Capture capture = capture();
        for (int i = 1; i <= 5; i++) {
            assertThat(capture.deliver(copy(i, "ann@example.com"))).isInstanceOf(Outcome.Captured.class);
            assertThat(capture.deliver(copy(i, "ann@example.com"))).isInstanceOf(Outcome.Captured.class);
        }
        Capture again = capture();

        assertThat(again.newest(3, ""))
                .extracting(mail -> mail.message().high() >> 20)
                .containsExactly(5L, 4L, 3L);
        CapturedMail third = again.newest(3, "").getLast();
        assertThat(again.newest(10, third.id())).hasSize(2);
        assertThat(third.subject()).isEqualTo("Gr\u00fc\u00dfe");
        assertThat(third.reason()).isEqualTo("no-html");
        assertThat(again.octets(third.id()).orElseThrow()).isEqualTo(mail().octets());
        assertThat(again.find("../../etc/passwd")).isEmpty();
        Files.delete(directory.resolve(third.id() + ".eml"));
        assertThat(again.find(third.id())).isEmpty();
        assertThat(again.newest(10, "")).hasSize(4);
    }

    @Test
    void what_a_crash_has_left_half_written_goes() throws IOException {
        Path half = Files.writeString(directory.resolve(".cap_1-2.eml123.new"), "X-Signal");
        Path other = Files.writeString(directory.resolve("notes.txt"), "mine");
        capture();
        assertThat(half).doesNotExist();
        assertThat(other).exists();
    }

    @Test
    void an_outbox_that_can_not_be_written_defers() throws IOException {
        Capture capture = capture();
        Files.delete(directory);
        assertThat(capture.deliver(copy(1, "ann@example.com"))).isInstanceOf(Outcome.Deferred.class);
        Files.createDirectories(directory);
    }
}
