package org.signalpost.relay.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A newcomer's first minutes: send a mail, see it in the outbox, see its open and its click. */
class FirstMailIT {
    /** How soon a hit is to be seen. */
    private static final Duration SOON = Duration.ofSeconds(2);

    @TempDir
    Path directory;

    private static String captured(RunningSignalpost signalpost, String recipient) throws IOException {
        var found = new String[] {""};
        Waiting.until(
                Duration.ofSeconds(20),
                () -> {
                    for (JsonNode mail : signalpost.api("/outbox").path("data")) {
                        if (mail.path("recipient").asString().equals(recipient)) {
                            found[0] = mail.path("id").asString();
                        }
                    }
                    return !found[0].isEmpty();
                },
                () -> "no copy for " + recipient + " in the outbox:\n" + signalpost.output());
        return raw(signalpost, found[0]);
    }

    private static String raw(RunningSignalpost signalpost, String id) throws IOException {
        var request = java.net.http.HttpRequest.newBuilder(signalpost.uri("/api/v1/outbox/" + id + "/raw"))
                .header("Authorization", "Bearer " + signalpost.adminKey())
                .build();
        try (var client = java.net.http.HttpClient.newHttpClient()) {
            HttpResponse<byte[]> answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
            assertThat(answer.statusCode()).isEqualTo(200);
            return new String(answer.body(), StandardCharsets.ISO_8859_1);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void opened_and_clicked(RunningSignalpost signalpost, String mail, String destination)
            throws IOException {
        String track = Mails.track(mail);
        HttpResponse<byte[]> pixel = signalpost.visit(Mails.pixel(mail));
        assertThat(pixel.statusCode()).isEqualTo(200);
        assertThat(pixel.headers().firstValue("Content-Type")).contains("image/gif");
        assertThat(pixel.body()).hasSize(43);
        HttpResponse<byte[]> click = signalpost.visit(Mails.link(mail));
        assertThat(click.statusCode()).isEqualTo(302);
        assertThat(click.headers().allValues("Location")).containsExactly(destination);

        Waiting.until(
                SOON,
                () -> signalpost
                        .find("/tracks/" + track)
                        .filter(seen -> seen.path("openCount").asInt() == 1)
                        .filter(seen -> seen.path("clickCount").asInt() == 1)
                        .isPresent(),
                () -> "the open and the click are not seen:\n" + signalpost.output());
        JsonNode seen = signalpost.api("/tracks/" + track);
        assertThat(seen.path("opens").size()).isEqualTo(1);
        assertThat(seen.path("clicks").path(0).path("url").asString()).isEqualTo(destination);
        assertThat(seen.path("status").asString()).isEqualTo("delivered");
    }

    @Test
    void a_mail_sent_with_python_is_captured_rewritten_and_its_open_and_click_are_counted() throws Exception {
        try (var signalpost = RunningSignalpost.start(directory, Map.of())) {
            Mails.sendWithPython(
                    signalpost.smtpPort(), List.of("ann@example.com"), Mails.newsletter("First"), directory);

            String mail = captured(signalpost, "ann@example.com");

            assertThat(mail).contains("Subject: First\r\n").contains("href='mailto:shop@example.org'");
            opened_and_clicked(signalpost, mail, "https://d.example/sale?id=7&c=a%20b#top");
            JsonNode track = signalpost.api("/tracks/" + Mails.track(mail));
            assertThat(track.path("recipient").asString()).isEqualTo("ann@example.com");
            assertThat(track.path("subject").asString()).isEqualTo("First");
        }
    }

    @Test
    void a_mail_sent_with_swaks_is_captured_rewritten_and_its_open_and_click_are_counted() throws Exception {
        try (var signalpost = RunningSignalpost.start(directory, Map.of())) {
            Mails.sendWithSwaks(
                    signalpost.smtpPort(),
                    "friend@example.org",
                    "<p>Hello, <a href=\"https://example.org/\">look</a></p>");

            opened_and_clicked(signalpost, captured(signalpost, "friend@example.org"), "https://example.org/");
        }
    }

    @Test
    void the_first_start_says_all_that_a_newcomer_needs() throws Exception {
        try (var signalpost = RunningSignalpost.start(directory, Map.of())) {
            Waiting.until(Duration.ofSeconds(10), () -> signalpost.output().contains("python3"), signalpost::output);
            assertThat(signalpost.output())
                    .contains("127.0.0.1:" + signalpost.smtpPort())
                    .contains("http://127.0.0.1:" + signalpost.httpPort())
                    .contains(signalpost.data().resolve("admin.key").toString())
                    .contains("outbox")
                    .contains("swaks --server");
            assertThat(java.nio.file.Files.getPosixFilePermissions(
                            signalpost.data().resolve("admin.key")))
                    .isEqualTo(java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
        }
    }
}
