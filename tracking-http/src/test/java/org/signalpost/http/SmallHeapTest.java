package org.signalpost.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server with 128 MB, and bodies that are made to fill it. */
class SmallHeapTest {
    private static final int CLIENTS = 40;
    private static final int ROUNDS = 3;

    @TempDir
    Path directory;

    private static List<String> bodies() throws IOException {
        var squeezed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(squeezed)) {
            gzip.write(new byte[50 << 20]);
        }
        int most = (1 << 20) - 100;
        return List.of(
                "[".repeat(100_000),
                "{\"a\":".repeat(100_000),
                "{\"a\": " + "9".repeat(most) + "}",
                "{\"a\": 0." + "9".repeat(most) + "}",
                "{\"a\": \"" + "b".repeat(most) + "\"}",
                "{\"a\": [" + "{},".repeat(most / 3) + "0]}",
                "{\"a\": [" + "{\"b\":0},".repeat(most / 8) + "0]}",
                "{\"a\": [" + "[],".repeat(30_000) + "0], \"b\": [" + "\"" + "c".repeat(60_000) + "\",\"d\"]}",
                "{\"" + "n".repeat(most) + "\": 1}",
                squeezed.toString(StandardCharsets.ISO_8859_1));
    }

    private static String post(String body, String more) {
        return "POST /api/v1/tracks HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\nConnection: close\r\n"
                + "Authorization: Bearer " + RunningServer.ADMIN + "\r\n" + more + "Content-Length: " + body.length()
                + "\r\n\r\n" + body;
    }

    private static String ask(int port, String request) {
        try (var raw = new Raw(port)) {
            raw.say(request);
            return raw.rest();
        }
    }

    @Test
    void survives_all_of_them_at_once() throws IOException, InterruptedException {
        Path log = directory.resolve("log");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SmallServer.class.getName(),
                        directory.resolve("data").toString())
                .redirectError(log.toFile())
                .start();
        try (BufferedReader out = process.inputReader()) {
            int port = Integer.parseInt(out.readLine());
            Map<String, Integer> answers = attack(port);
            assertThat(answers.keySet()).as(answers.toString()).isSubsetOf("400", "413", "415", "503", "");
            assertThat(answers).containsKeys("400", "415");

            assertThat(ask(port, Raw.get("/api/t/x", ""))).startsWith("HTTP/1.1 200");
            assertThat(ask(port, post("{\"recipient\": \"ann@example.com\"}", "")))
                    .startsWith("HTTP/1.1 201");
            assertThat(process.isAlive()).isTrue();
            process.getOutputStream().close();
            assertThat(process.waitFor()).isZero();
            assertThat(Files.readString(log)).doesNotContain("OutOfMemoryError", "StackOverflowError");
        } finally {
            process.destroyForcibly();
        }
    }

    /** How many answers had which status; no status where the connection was cut. */
    private static Map<String, Integer> attack(int port) throws IOException {
        var answers = new ConcurrentHashMap<String, Integer>();
        List<String> bodies = bodies();
        try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < CLIENTS * ROUNDS; i++) {
                String body = bodies.get(i % bodies.size());
                String more = i % bodies.size() == bodies.size() - 1 ? "Content-Encoding: gzip\r\n" : "";
                clients.execute(() -> {
                    String answer = ask(port, post(body, more));
                    answers.merge(answer.isEmpty() ? "" : answer.substring(9, 12), 1, Integer::sum);
                });
            }
        }
        return answers;
    }
}
