package org.signalpost.relay.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.signalpost.relay.Command;
import org.signalpost.relay.Commands;
import org.signalpost.relay.Commands.Ended;
import tools.jackson.databind.JsonNode;

/** The queue as an operator works on it from the command line, with mail that waits for a smarthost that is down. */
class QueueIT {
    @TempDir
    Path directory;

    private List<String> command(String... arguments) {
        var command = new ArrayList<String>(List.of(
                "queue", "--config", directory.resolve("signalpost.properties").toString()));
        command.addAll(List.of(arguments));
        return command;
    }

    private Ended queue(String... arguments) {
        return Commands.run(
                RunningSignalpost.CHECKOUT,
                Map.of("SIGNALPOST_DATA_DIRECTORY", directory.resolve("data").toString()),
                command(arguments));
    }

    /** The same by the start script. */
    private String script(String... arguments) throws IOException {
        List<String> command = command(arguments);
        command.addFirst(RunningSignalpost.CHECKOUT.resolve("signalpost").toString());
        return Command.run(command, directory);
    }

    private String done(String... arguments) {
        Ended ended = queue(arguments);
        assertThat(ended.code()).as(ended.out() + ended.err()).isZero();
        return ended.out();
    }

    private void send(RunningSignalpost signalpost, String subject, String... recipients) throws Exception {
        Mails.sendWithPython(signalpost.smtpPort(), List.of(recipients), Mails.newsletter(subject), directory);
    }

    private static JsonNode mails(RunningSignalpost signalpost) throws Exception {
        return signalpost.api("/queue?limit=100").path("data");
    }

    private static String id(RunningSignalpost signalpost, int at) throws Exception {
        return mails(signalpost).path(at).path("id").asString();
    }

    private static Map<String, String> smarthost(int port) {
        return Map.of("delivery.smarthost", "127.0.0.1:" + port, "retry.steps", "1h", "retry.jitter", "0");
    }

    private static void untilAllWereTried(RunningSignalpost signalpost, int recipients) {
        Waiting.until(
                Duration.ofSeconds(30),
                () -> signalpost
                                .api("/queue/summary")
                                .path("states")
                                .path("deferred")
                                .asInt()
                        == recipients,
                signalpost::output);
    }

    private static void sendPlain(RunningSignalpost signalpost, String field, int count) throws IOException {
        try (var client = new Talk(signalpost.smtpPort())) {
            client.say("EHLO shop.example.org", "250");
            for (int i = 0; i < count; i++) {
                client.begin();
                client.say(field + "\r\nSubject: x\r\n\r\nx\r\n.", "250");
            }
        }
    }

    @Test
    void what_somebody_waits_for_passes_a_newsletter_that_is_queued() throws Exception {
        try (var sink = Sink.listening(0);
                var signalpost = RunningSignalpost.start(
                        directory,
                        Map.of("delivery.smarthost", "127.0.0.1:" + sink.port(), "delivery.connections", "1"))) {
            done("pause", "127.0.0.1:" + sink.port());
            sendPlain(signalpost, "List-Id: <news.example.org>", 40);
            sendPlain(signalpost, "X-Usual: yes", 1);
            sendPlain(signalpost, "Priority: urgent", 1);
            assertThat(mails(signalpost)
                            .valueStream()
                            .map(mail -> mail.path("priority").asString()))
                    .hasSize(42)
                    .endsWith("non-urgent", "normal", "urgent");

            done("resume", "127.0.0.1:" + sink.port());
            Waiting.until(Duration.ofSeconds(30), () -> sink.received().size() == 42, signalpost::output);

            assertThat(sink.received().get(0).text()).contains("Priority: urgent");
            assertThat(sink.received().get(1).text()).contains("X-Usual: yes");
        }
    }

    @Test
    void an_operator_sees_what_waits_and_why() throws Exception {
        int port = RunningSignalpost.freePort();
        try (var signalpost = RunningSignalpost.start(directory, smarthost(port))) {
            assertThat(script("list")).isEqualTo("The queue is empty.\n");
            send(signalpost, "First", "ann@example.com");
            send(signalpost, "Second", "bob@example.com", "cec@example.com");
            untilAllWereTried(signalpost, 3);
            String first = id(signalpost, 0);
            String second = id(signalpost, 1);

            assertThat(done("list"))
                    .contains(
                            "3 deferred",
                            "By route: 3 for 127.0.0.1:" + port,
                            first,
                            second,
                            "ann@example.com",
                            "cec@example.com");
            assertThat(done("list", "--to", "bob@")).contains(second).doesNotContain(first);
            assertThat(done("list", "--state", "held")).doesNotContain("msg_");
            assertThat(done("list", "--older", "2h")).doesNotContain("msg_");
            String page = done("list", "--limit", "1");
            assertThat(page).contains(first, "More with --cursor ").doesNotContain(second);
            assertThat(done("list", "--limit", "1", "--cursor", page.replaceFirst("(?s).*--cursor (\\S+)\\s*", "$1")))
                    .contains(second)
                    .doesNotContain(first);
            assertThat(done("summary")).contains("127.0.0.1:" + port).containsPattern("127.0.0.1:" + port + " +3 +0 ");

            assertThat(done("show", second))
                    .contains("\"bob@example.com\"", "\"deferred\"", "Second", "\"tracked\" : true");
            assertThat(done("show", first, "--body")).isEqualTo(Mails.newsletter("First"));
            assertThat(done("show", first, "--headers"))
                    .isEqualTo(Mails.newsletter("First").replaceFirst("(?s)\r\n\r\n.*", "\r\n"));
            assertThat(done("show", first, "--explain")).contains("https://d.example/sale", "scheme");
            assertThat(signalpost.output()).contains("audit act=read", "message=" + first);

            assertThat(queue("show", "msg_nothing").code()).isEqualTo(1);
            assertThat(queue("show").code()).isEqualTo(2);
            assertThat(queue("dance").code()).isEqualTo(2);
            assertThat(queue("list", "--state", "strange").err()).contains("state");

            try (var sink = Sink.listening(port)) {
                assertThat(done("retry", "--force", "--yes")).contains("2 mails match.", "retry: 3 recipients");
                Waiting.until(Duration.ofSeconds(30), () -> sink.received().size() == 3, signalpost::output);
            }
        }
    }

    @Test
    void an_operator_holds_releases_drops_bounces_and_retries_over_a_restart() throws Exception {
        int port = RunningSignalpost.freePort();
        String held;
        try (var signalpost = RunningSignalpost.start(directory, smarthost(port))) {
            assertThat(queue("pause", "127.0.0.1:" + port, "--dry-run").err()).isEqualTo("Nothing was done.\n");
            assertThat(done("summary")).doesNotContain("paused");
            done("pause", "127.0.0.1:" + port);
            for (String subject : List.of("Hold", "Drop", "Bounce", "Retry")) {
                send(signalpost, subject, "ann@example.com", "bob@example.com");
            }
            held = id(signalpost, 0);
            String dropped = id(signalpost, 1);
            assertThat(done("hold", held, "--to", "ann@example.com")).contains(held + ": hold 1 recipients");
            assertThat(done("hold", held)).contains("hold 2 recipients");

            Ended careful = queue("drop", dropped);
            assertThat(careful.code()).isEqualTo(2);
            assertThat(careful.err()).contains("--yes");
            assertThat(script("drop", dropped, "--yes")).contains(dropped + ": drop 2 recipients");
            Waiting.until(
                    Duration.ofSeconds(20),
                    () -> queue("retry", dropped).err().contains("409"),
                    () -> "the books say that it was dropped");
            assertThat(queue("retry", dropped).err()).contains("dropped");
            done("bounce", id(signalpost, 1), "--text", "closed for good", "--to", "bob@example.com");

            Ended counted = queue("drop", "--to", "bob@", "--state", "new");
            assertThat(counted.out()).isEqualTo("1 mails match.\n");
            assertThat(counted.err()).contains("Nothing was done");
            assertThat(queue("drop", "--to", "bob@", "--state", "new", "--yes", "--dry-run")
                            .err())
                    .contains("Nothing was done");
            assertThat(queue("drop", held, "--dry-run").out()).isEqualTo(held + ": drop would be for 2 recipients\n");
            assertThat(queue("hold", "msg_nothing", "--dry-run").code()).isEqualTo(1);
            assertThat(mails(signalpost).size()).isGreaterThanOrEqualTo(3);
            assertThat(done("drop", "--to", "bob@", "--state", "new", "--yes"))
                    .contains("1 mails match.", "drop: 1 recipients");
            assertThat(signalpost.output()).contains("audit act=drop", "audit act=bounce", "audit act=hold");
        }
        try (var sink = Sink.listening(port);
                var signalpost = RunningSignalpost.start(directory, smarthost(port))) {
            assertThat(done("list", "--state", "held")).contains(held);
            assertThat(done("retry", "--state", "new", "--to", "ann@", "--yes")).contains("retry: 2 recipients");
            done("resume", "127.0.0.1:" + port);
            Waiting.until(Duration.ofSeconds(30), () -> sink.received().size() == 3, signalpost::output);
            assertThat(sink.received().stream().flatMap(copy -> copy.recipients().stream()))
                    .containsExactlyInAnyOrder("ann@example.com", "ann@example.com", "shop@example.org");
            assertThat(sink.received().stream().map(Sink.Received::text))
                    .anyMatch(text -> text.contains("closed for good"));
            done("release", held);
            Waiting.until(Duration.ofSeconds(30), () -> sink.received().size() == 5, signalpost::output);
            assertThat(done("list")).startsWith("The queue is empty.");
        }
    }

    @Test
    void a_route_is_paused_over_a_restart_and_goes_on() throws Exception {
        try (var sink = Sink.listening(0)) {
            String route = "127.0.0.1:" + sink.port();
            try (var signalpost = RunningSignalpost.start(directory, smarthost(sink.port()))) {
                assertThat(done("pause", route)).contains(route + " is paused.");
                send(signalpost, "Paused", "ann@example.com");
                assertThat(done("summary")).contains(route + " (paused)");
            }
            try (var signalpost = RunningSignalpost.start(directory, smarthost(sink.port()))) {
                assertThat(done("list")).contains("1 new");
                assertThat(sink.received()).isEmpty();
                done("resume", route);
                Waiting.until(Duration.ofSeconds(20), () -> sink.received().size() == 1, signalpost::output);
            }
        }
    }

    @Test
    void what_was_captured_goes_out_as_it_is_once_there_is_a_smarthost() throws Exception {
        try (var signalpost = RunningSignalpost.start(directory, Map.of("delivery.mode", "capture"))) {
            send(signalpost, "Captured", "ann@example.com", "bob@example.com", "cec@example.com");
            Waiting.until(
                    Duration.ofSeconds(20),
                    () -> signalpost.api("/outbox").path("data").size() == 3,
                    signalpost::output);
            assertThat(queue("release", "--state", "captured", "--yes").err()).contains("still captured");
        }
        try (var sink = Sink.listening(0);
                var signalpost = RunningSignalpost.start(directory, smarthost(sink.port()))) {
            JsonNode ann = signalpost
                    .api("/outbox")
                    .path("data")
                    .valueStream()
                    .filter(copy -> copy.path("recipient").asString().equals("ann@example.com"))
                    .findFirst()
                    .orElseThrow();
            String copy = new String(
                    Files.readAllBytes(signalpost
                            .data()
                            .resolve("outbox")
                            .resolve(ann.path("id").asString() + ".eml")),
                    StandardCharsets.ISO_8859_1);
            assertThat(done("release", ann.path("id").asString(), "--dry-run"))
                    .endsWith(": release would be for 1 recipients\n");
            assertThat(done("release", ann.path("id").asString())).contains("goes out as msg_");
            Waiting.until(Duration.ofSeconds(20), () -> sink.received().size() == 1, signalpost::output);
            assertThat(sink.received().getFirst().text())
                    .as("below our field, what was captured")
                    .endsWith(copy.substring(copy.indexOf("\r\n") + 2));
            assertThat(sink.received().getFirst().recipients()).containsExactly("ann@example.com");
            assertThat(queue("release", ann.path("id").asString()).code())
                    .as("once")
                    .isEqualTo(1);

            assertThat(done("release", "--state", "captured")).isEqualTo("2 mails match.\n");
            assertThat(done("release", "--state", "captured", "--yes")).contains("2 captured mails go out");
            Waiting.until(Duration.ofSeconds(20), () -> sink.received().size() == 3, signalpost::output);
            assertThat(sink.received().stream().map(mail -> Mails.track(mail.text())))
                    .as("each with the track it had")
                    .doesNotHaveDuplicates()
                    .contains(ann.path("trackId").asString());
            assertThat(signalpost.api("/outbox").path("data").isEmpty()).isTrue();
        }
    }
}
