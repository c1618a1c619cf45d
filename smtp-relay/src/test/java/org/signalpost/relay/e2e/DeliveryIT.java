package org.signalpost.relay.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mail on its way to a smarthost. */
class DeliveryIT {
    /** R26: three that the mail names, and many that it does not. */
    private static final List<String> RECIPIENTS = Stream.concat(
                    Stream.of("ann@example.com", "bob@example.com", "cec@example.net"),
                    IntStream.range(0, 47).mapToObj(i -> "secret" + i + "@example.net"))
            .toList();

    @TempDir
    Path directory;

    @Test
    void fifty_recipients_get_fifty_copies_that_differ_in_nothing_but_their_tracks() throws Exception {
        try (var sink = Sink.listening(0);
                var signalpost =
                        RunningSignalpost.start(directory, Map.of("delivery.smarthost", "127.0.0.1:" + sink.port()))) {
            String sent = Mails.newsletter("Three");
            String hiding = "Bcc: secret0@example.net,\r\n secret1@example.net\r\n" + sent;
            Mails.sendWithPython(signalpost.smtpPort(), RECIPIENTS, hiding, directory);

            Waiting.until(
                    Duration.ofSeconds(20),
                    () -> sink.received().size() == RECIPIENTS.size(),
                    () -> "copies: " + signalpost.output());

            assertThat(sink.received().stream().flatMap(copy -> copy.recipients().stream()))
                    .containsExactlyInAnyOrderElementsOf(RECIPIENTS);
            assertThat(sink.received().stream().map(copy -> Mails.track(copy.text())))
                    .doesNotHaveDuplicates();
            List<String> tracks = sink.received().stream()
                    .map(copy -> Mails.track(copy.text()))
                    .toList();
            for (Sink.Received copy : sink.received()) {
                assertThat(copy.text()).doesNotContain("secret").doesNotContainIgnoringCase("bcc:");
                assertThat(tracks).filteredOn(copy.text()::contains).containsExactly(Mails.track(copy.text()));
                assertThat(copy.sender()).isEqualTo("shop@example.org");
                // What was sent stands below our trace fields; only the html leaf differs.
                String text = copy.text();
                String below = text.substring(text.indexOf("From: Shop"));
                int leaf = sent.indexOf("<html>");
                int end = sent.indexOf("--=-b 1--");
                assertThat(below).startsWith(sent.substring(0, leaf));
                assertThat(below).endsWith(sent.substring(end));
            }
            assertThat(sink.received().stream()
                            .map(copy -> Mails.anonymous(copy.text()))
                            .collect(Collectors.toSet()))
                    .as("equal but for the tokens")
                    .hasSize(1);
        }
    }

    @Test
    void mail_waits_while_the_smarthost_is_down_and_is_delivered_once_it_is_up() throws Exception {
        int port = RunningSignalpost.freePort();
        try (var signalpost = RunningSignalpost.start(
                directory,
                Map.of("delivery.smarthost", "127.0.0.1:" + port, "retry.steps", "1s", "retry.jitter", "0"))) {
            for (int i = 0; i < 5; i++) {
                Mails.sendWithPython(
                        signalpost.smtpPort(), List.of("ann@example.com"), Mails.newsletter("Wait " + i), directory);
            }
            Waiting.until(Duration.ofSeconds(20), () -> signalpost.output().contains("deferred"), signalpost::output);
            try (var sink = Sink.listening(port)) {
                Waiting.until(
                        Duration.ofMinutes(1),
                        () -> sink.received().size() >= 5,
                        () -> "copies: " + signalpost.output());
                assertThat(sink.received()).hasSize(5);
            }
        }
    }

    @Test
    void what_can_not_be_tracked_goes_out_as_it_came_and_the_log_says_why() throws Exception {
        try (var sink = Sink.listening(0);
                var signalpost =
                        RunningSignalpost.start(directory, Map.of("delivery.smarthost", "127.0.0.1:" + sink.port()))) {
            for (Map.Entry<String, String> mail : Mails.UNTRACKABLE.entrySet()) {
                int before = sink.received().size();
                Mails.sendWithPython(signalpost.smtpPort(), List.of("ann@example.com"), mail.getValue(), directory);
                Waiting.until(
                        Duration.ofSeconds(20),
                        () -> sink.received().size() > before
                                && signalpost.output().contains(mail.getKey()),
                        () -> mail.getKey() + ": " + signalpost.output());
                assertThat(new String(sink.received().getLast().octets(), StandardCharsets.ISO_8859_1))
                        .as(mail.getKey())
                        .endsWith(mail.getValue());
            }
        }
    }
}
