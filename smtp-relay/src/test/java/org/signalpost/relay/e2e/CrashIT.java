package org.signalpost.relay.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The process is killed in the middle of its work; what it had acknowledged is there afterwards. */
class CrashIT {
    private static final int MAILS = 500;
    private static final int HITS = 2_000;
    private static final int CLIENTS = 8;
    private static final Pattern SUBJECT = Pattern.compile("\r\nSubject: (Crash \\d+)\r\n");

    @TempDir
    Path directory;

    @Test
    void every_mail_answered_with_250_arrives_and_one_that_arrives_twice_is_the_same() throws Exception {
        try (var sink = Sink.listening(0)) {
            Map<String, String> configuration = Map.of(
                    "delivery.smarthost", "127.0.0.1:" + sink.port(),
                    "public.url", "https://t.example.org",
                    "retry.steps", "1s");
            Set<String> acknowledged = ConcurrentHashMap.newKeySet();
            var signalpost = RunningSignalpost.start(directory, configuration);
            var started = new AtomicInteger();
            try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int i = 0; i < CLIENTS; i++) {
                    clients.execute(() -> send(signalpost.smtpPort(), started, acknowledged));
                }
                Waiting.until(Duration.ofMinutes(1), () -> acknowledged.size() > MAILS / 3, () -> signalpost.output());
                signalpost.killHard();
            }
            assertThat(acknowledged).as("killed in the middle").hasSizeLessThan(MAILS);

            try (var again = RunningSignalpost.start(directory, configuration)) {
                send(again.smtpPort(), started, acknowledged);
                Waiting.until(
                        Duration.ofSeconds(90),
                        () -> subjects(sink).keySet().containsAll(acknowledged),
                        () -> "missing of " + acknowledged.size() + ": " + missing(acknowledged, sink)
                                + again.output());
            }
            assertThat(acknowledged.size()).isGreaterThan(MAILS * 9 / 10);
            subjects(sink)
                    .forEach((subject, copies) -> assertThat(copies)
                            .as("different copies of %s", subject)
                            .hasSize(1));
        }
    }

    private static Set<String> missing(Set<String> acknowledged, Sink sink) {
        Set<String> missing = new java.util.TreeSet<>(acknowledged);
        missing.removeAll(subjects(sink).keySet());
        return missing;
    }

    /** The different copies of each subject. */
    private static Map<String, Set<String>> subjects(Sink sink) {
        var found = new HashMap<String, Set<String>>();
        for (Sink.Received copy : sink.received()) {
            Matcher matcher = SUBJECT.matcher(copy.text());
            assertThat(matcher.find()).isTrue();
            found.computeIfAbsent(matcher.group(1), subject -> new java.util.HashSet<>())
                    .add(copy.text());
        }
        return found;
    }

    /** One client that sends mail after mail until all are sent or the server is gone. */
    private static void send(int port, AtomicInteger started, Set<String> acknowledged) {
        try (var socket = new Socket(java.net.InetAddress.getLoopbackAddress(), port);
                var in = new BufferedReader(
                        new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1))) {
            OutputStream out = socket.getOutputStream();
            expect(in, "220");
            say(out, "HELO client.example.org", in, "250");
            for (int i = started.getAndIncrement(); i < MAILS; i = started.getAndIncrement()) {
                String subject = "Crash " + i;
                say(out, "MAIL FROM:<shop@example.org>", in, "250");
                say(out, "RCPT TO:<ann" + i + "@example.com>", in, "250");
                say(out, "DATA", in, "354");
                String mail = Mails.newsletter(subject).replace("\r\n.", "\r\n..");
                out.write((mail + ".\r\n").getBytes(StandardCharsets.ISO_8859_1));
                expect(in, "250");
                acknowledged.add(subject);
            }
        } catch (IOException e) {
            // The kill; what was in flight was not acknowledged.
        }
    }

    private static void say(OutputStream out, String line, BufferedReader in, String code) throws IOException {
        out.write((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        expect(in, code);
    }

    private static void expect(BufferedReader in, String code) throws IOException {
        String reply = in.readLine();
        if (reply == null || !reply.startsWith(code)) {
            throw new IOException("not " + code + ": " + reply);
        }
    }

    @Test
    void a_kill_while_the_books_are_made_leaves_them_to_be_made_again() throws Exception {
        Path file = directory.resolve("data").resolve("db").resolve("signalpost.mv.db");
        for (int round = 0; round < 6; round++) {
            Files.deleteIfExists(file);
            var signalpost =
                    RunningSignalpost.launch(RunningSignalpost.CHECKOUT.resolve("signalpost"), directory, Map.of());
            Waiting.until(Duration.ofSeconds(30), () -> Files.exists(file), signalpost::output);
            java.util.concurrent.locks.LockSupport.parkNanos(round * 40_000_000L);
            signalpost.killHard();
        }
        try (var signalpost = RunningSignalpost.start(directory, Map.of())) {
            Waiting.until(
                    Duration.ofSeconds(10),
                    () -> signalpost
                            .api("POST", "/tracks", "{\"recipient\": \"ann@example.com\"}")
                            .path("id")
                            .asString("")
                            .startsWith("trk_"),
                    signalpost::output);
            assertThat(signalpost
                            .api("/analytics")
                            .path("summary")
                            .path("totalTracks")
                            .asInt())
                    .isPositive();
        }
    }

    @Test
    void mail_does_not_wait_for_books_that_cannot_be_opened() throws Exception {
        Path file = directory.resolve("data").resolve("db").resolve("signalpost.mv.db");
        Files.createDirectories(file.getParent());
        Files.writeString(file, "no database".repeat(1_000));
        int mails = 30;
        try (var sink = Sink.listening(0);
                var signalpost =
                        RunningSignalpost.start(directory, Map.of("delivery.smarthost", "127.0.0.1:" + sink.port()))) {
            Set<String> acknowledged = ConcurrentHashMap.newKeySet();
            send(signalpost.smtpPort(), new AtomicInteger(MAILS - mails), acknowledged);
            assertThat(acknowledged).hasSize(mails);
            // Two seconds for each would take a minute.
            Waiting.until(
                    Duration.ofSeconds(20),
                    () -> subjects(sink).keySet().containsAll(acknowledged),
                    () -> "missing: " + missing(acknowledged, sink) + signalpost.output());
        }
    }

    @Test
    void every_pixel_hit_answered_through_the_journal_is_counted_exactly_once() throws Exception {
        var signalpost = RunningSignalpost.start(directory, Map.of());
        String track = signalpost
                .api("POST", "/tracks", "{\"recipient\": \"ann@example.com\"}")
                .path("id")
                .asString();
        var answered = new AtomicInteger();
        var asked = new AtomicInteger();
        try (var client = HttpClient.newHttpClient();
                var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            var request =
                    HttpRequest.newBuilder(signalpost.uri("/api/t/" + track)).build();
            for (int i = 0; i < CLIENTS; i++) {
                clients.execute(() -> hit(client, request, asked, answered));
            }
            Waiting.until(Duration.ofMinutes(1), () -> answered.get() > HITS / 2, signalpost::output);
            signalpost.killHard();
        }
        assertThat(answered.get()).as("killed in the middle").isLessThan(HITS);

        try (var again = RunningSignalpost.start(directory, Map.of())) {
            Waiting.until(
                    Duration.ofSeconds(30),
                    () -> opens(again, track) >= answered.get(),
                    () -> again.output() + "\nanswered " + answered.get() + ", counted " + counted(again, track));
            // One that was on disk, but whose answer the kill cut off, may be there as well: at most one a client.
            assertThat(opens(again, track)).isBetween(answered.get(), answered.get() + CLIENTS);
            int counted = opens(again, track);
            again.visit(again.uri("/api/t/" + track));
            Waiting.until(Duration.ofSeconds(10), () -> opens(again, track) == counted + 1, again::output);
        }
    }

    private static String counted(RunningSignalpost signalpost, String track) {
        try {
            return Integer.toString(opens(signalpost, track));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static int opens(RunningSignalpost signalpost, String track) throws IOException {
        return signalpost.api("/tracks/" + track).path("openCount").asInt();
    }

    private static void hit(HttpClient client, HttpRequest request, AtomicInteger asked, AtomicInteger answered) {
        try {
            while (asked.getAndIncrement() < HITS) {
                HttpResponse<byte[]> answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
                if (answer.statusCode() == 200) {
                    answered.incrementAndGet();
                }
            }
        } catch (IOException | InterruptedException e) {
            // The kill; what was in flight was not answered.
        }
    }
}
