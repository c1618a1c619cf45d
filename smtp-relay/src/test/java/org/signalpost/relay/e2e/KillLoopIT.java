package org.signalpost.relay.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The program is killed again and again while mail comes in and goes out, always with the same data.
 * {@code kill.rounds} says how often; {@code mvn -Pslow verify} makes it 200.
 */
class KillLoopIT {
    private static final int ROUNDS = Integer.getInteger("kill.rounds", 20);
    private static final int CLIENTS = 6;

    /** Transactions that one kill can leave without an answer. */
    private static final int CONNECTIONS = 10;

    private static final Pattern SUBJECT = Pattern.compile("\r\nSubject: (Kill \\d+)\r\n");

    @TempDir
    Path directory;

    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    private final AtomicInteger started = new AtomicInteger();

    @Test
    void no_kill_loses_an_acknowledged_mail_and_only_what_was_in_flight_arrives_twice() throws Exception {
        var random = new Random(20_261_125);
        try (var sink = Sink.listening(0)) {
            Map<String, String> configuration = Map.of(
                    "delivery.smarthost",
                    "127.0.0.1:" + sink.port(),
                    "delivery.connections",
                    String.valueOf(CONNECTIONS),
                    "public.url",
                    "https://t.example.org",
                    "retry.steps",
                    "1s");
            for (int round = 0; round < ROUNDS; round++) {
                killInTheMiddle(configuration, random);
            }
            try (var last = RunningSignalpost.start(directory, configuration)) {
                Waiting.until(
                        Duration.ofMinutes(3),
                        () -> counted(sink).keySet().containsAll(acknowledged),
                        () -> "of " + acknowledged.size() + " are missing " + missing(sink) + last.output());
            }
            assertThat(acknowledged.size())
                    .as("mail was accepted in most rounds")
                    .isGreaterThan(ROUNDS * 5);
            long twice =
                    counted(sink).values().stream().filter(count -> count > 1).count();
            assertThat(twice).as("copies that came twice").isLessThanOrEqualTo((long) ROUNDS * CONNECTIONS);
            different(sink)
                    .forEach((subject, copies) -> assertThat(copies)
                            .as("different copies of %s", subject)
                            .hasSize(1));
        }
    }

    private void killInTheMiddle(Map<String, String> configuration, Random random) throws IOException {
        var signalpost = RunningSignalpost.start(directory, configuration);
        try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < CLIENTS; i++) {
                clients.execute(() -> send(signalpost.smtpPort()));
            }
            int enough = acknowledged.size() + 5 + random.nextInt(60);
            Waiting.until(Duration.ofMinutes(1), () -> acknowledged.size() >= enough, signalpost::output);
            signalpost.killHard();
        }
    }

    private Set<String> missing(Sink sink) {
        Set<String> missing = new HashSet<>(acknowledged);
        missing.removeAll(counted(sink).keySet());
        return missing;
    }

    private static Map<String, Integer> counted(Sink sink) {
        var counted = new HashMap<String, Integer>();
        sink.received().forEach(copy -> counted.merge(subject(copy), 1, Integer::sum));
        return counted;
    }

    private static Map<String, Set<String>> different(Sink sink) {
        var found = new HashMap<String, Set<String>>();
        sink.received()
                .forEach(copy -> found.computeIfAbsent(subject(copy), any -> new HashSet<>())
                        .add(copy.text()));
        return found;
    }

    private static String subject(Sink.Received copy) {
        Matcher matcher = SUBJECT.matcher(copy.text());
        assertThat(matcher.find()).isTrue();
        return matcher.group(1);
    }

    /** Mail after mail until the server is gone; every fifth is so large that it has a file of its own. */
    private void send(int port) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port);
                var in = new BufferedReader(
                        new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1))) {
            OutputStream out = socket.getOutputStream();
            expect(in, "220");
            say(out, "HELO client.example.org", in, "250");
            while (true) {
                int number = started.getAndIncrement();
                String subject = "Kill " + number;
                say(out, "MAIL FROM:<shop@example.org>", in, "250");
                say(out, "RCPT TO:<ann" + number + "@example.com>", in, "250");
                say(out, "DATA", in, "354");
                String more = number % 5 == 0 ? "a line of a long mail\r\n".repeat(13_000) : "";
                String mail = Mails.newsletter(subject).replace("\r\n.", "\r\n..") + more;
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
}
