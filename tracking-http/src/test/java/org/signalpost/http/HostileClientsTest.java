package org.signalpost.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that are slow, and clients that send too much. */
class HostileClientsTest {
    private static final String PIXEL = "/api/t/trk_0000000000000000000001";
    private static final String POST = "POST /api/v1/tracks HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer "
            + RunningServer.ADMIN + "\r\nContent-Type: application/json\r\n";

    @TempDir
    Path directory;

    private RunningServer server;

    @BeforeEach
    void start() {
        HttpSettings usual = RunningServer.http();
        var patience = new HttpSettings.Patience(
                Duration.ofSeconds(60), Duration.ofMillis(700), Duration.ofMillis(700), Duration.ofMillis(700));
        server = new RunningServer(
                directory,
                new HttpSettings(
                        usual.listen(),
                        /* proxyProtocol= */ false,
                        List.of(),
                        1_000,
                        1_000,
                        "origin",
                        Duration.ZERO,
                        patience));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void five_hundred_slow_clients_are_cut_off_at_their_deadlines_and_a_good_one_does_not_notice() {
        var slow = new ArrayList<Raw>();
        var reading = new ArrayList<Raw>();
        server.get(PIXEL);
        for (int i = 0; i < 170; i++) {
            slow.add(new Raw(server));
            slow.getLast().say("GET / HTTP/1.1\r\nX: ");
            // A second request on a connection that was fine before.
            slow.add(new Raw(server));
            slow.getLast().say("GET /robots.txt HTTP/1.1\r\nHost: t\r\n\r\nGET ");
            slow.add(new Raw(server));
            slow.getLast().say(POST + "Content-Length: 100000\r\n\r\n{");
        }
        for (int i = 0; i < 20; i++) {
            // Never reads: the answers fill what lies between us and it.
            reading.add(new Raw(server));
            Thread.ofVirtual().start(() -> flood(reading.getLast()));
        }
        long start = System.nanoTime();
        var open = new ArrayList<>(slow);
        long slowest = 0;
        while (!open.isEmpty()
                && System.nanoTime() - start < Duration.ofSeconds(15).toNanos()) {
            open.removeIf(raw -> !raw.say("x"));
            long asked = System.nanoTime();
            assertThat(server.get(PIXEL).statusCode()).isEqualTo(200);
            slowest = Math.max(slowest, System.nanoTime() - asked);
        }
        assertThat(open).as("cut off though they go on sending").isEmpty();
        assertThat(Duration.ofNanos(slowest)).isLessThan(Duration.ofSeconds(2));
        for (Raw raw : reading) {
            assertThat(RunningServer.eventually(() -> !raw.say("x")))
                    .as("never reads")
                    .isTrue();
        }
        slow.forEach(Raw::close);
        reading.forEach(Raw::close);
    }

    private static void flood(Raw raw) {
        String many = ("GET " + PIXEL.replace("trk_", "x") + " HTTP/1.1\r\nHost: t\r\n\r\n").repeat(500);
        for (int i = 0; i < 1_000 && raw.say(many); i++) {
            Thread.onSpinWait();
        }
    }

    @Test
    void a_client_that_only_keeps_its_connection_is_left_alone() {
        try (var idle = new Raw(server)) {
            idle.say("GET /robots.txt HTTP/1.1\r\nHost: t\r\n\r\n");
            idle.until("Disallow: /\n");
            long start = System.nanoTime();
            assertThat(RunningServer.eventually(() ->
                            System.nanoTime() - start > Duration.ofMillis(1_500).toNanos()))
                    .isTrue();
            idle.say(Raw.get("/robots.txt", ""));
            assertThat(idle.rest()).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void a_head_that_is_too_long_is_refused_in_our_words() {
        refused(Raw.get("/" + "a".repeat(30_000), ""), 414, "address_too_long");
        refused(Raw.get("/", "X: " + "a".repeat(30_000) + "\r\n"), 431, "head_too_large");
        assertThat(Raw.ask(server, Raw.get("/api/t/x", "X: " + "a".repeat(20_000) + "\r\n")))
                .startsWith("HTTP/1.1 200");
    }

    @Test
    void a_body_that_is_too_long_is_refused_before_it_is_there() {
        String close = "Connection: close\r\n";
        refused(POST + close + "Content-Length: 1048577\r\nExpect: 100-continue\r\n\r\n", 413, "too_large");
        try (var raw = new Raw(server)) {
            raw.say(POST + "Content-Length: 999999999999\r\n\r\n{");
            assertThat(raw.until("too_large")).startsWith("HTTP/1.1 413");
        }
        String chunk = "10000\r\n" + "a".repeat(65_536) + "\r\n";
        try (var raw = new Raw(server)) {
            raw.say(POST + "Transfer-Encoding: chunked\r\n\r\n" + chunk.repeat(17));
            assertThat(raw.until("too_large")).startsWith("HTTP/1.1 413");
        }
        refused(POST + close + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400, "bad_request");
        refused(POST + close + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n{}   ", 400, "bad_request");
        refused(POST + close + "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}", 415, "encoded_body");
        refused(POST + close + "Expect: tea\r\nContent-Length: 2\r\n\r\n{}", 417, "expectation_failed");
    }

    private void refused(String request, int status, String code) {
        String answer = Raw.ask(server, request);
        assertThat(answer)
                .startsWith("HTTP/1.1 " + status + " ")
                .contains("application/problem+json", "\"code\":\"" + code + "\"", "X-Request-Id: req_");
    }

    @Test
    void json_beyond_the_limits_is_refused() {
        for (String body : List.of(
                "[".repeat(100_000),
                "{\"a\":".repeat(65) + "1" + "}".repeat(65),
                "{\"a\": " + "9".repeat(101) + "}",
                "{\"a\": 1e" + "9".repeat(120) + "}",
                "{\"a\": \"" + "b".repeat((64 << 10) + 1) + "\"}",
                "{\"" + "n".repeat(257) + "\": 1}",
                "{\"a\": 1, \"a\": 2}",
                "{\"a\": [" + "0,".repeat(200_000) + "0]}",
                "{} {}")) {
            HttpResponse<byte[]> answer = server.api("POST", "/tracks", body);
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(RunningServer.text(answer))
                    .contains("\"invalid_json\"")
                    .doesNotContainIgnoringCase("stream")
                    .doesNotContainIgnoringCase("jackson")
                    .doesNotContain("max");
        }
        String whole = "{\"recipient\": \"ann@example.com\", \"metadata\": {\"n\": " + "9".repeat(100) + ", \"s\": \""
                + "b".repeat(60_000) + "\"}}";
        assertThat(server.api("POST", "/tracks", whole).statusCode()).isNotEqualTo(500);
    }

    @Test
    void what_a_destination_learns_of_where_a_click_came_from_is_a_setting() {
        String link = HitsTest.link("trk_0000000000000000000001", "https://d.example/");
        assertThat(server.get(link).headers().firstValue("referrer-policy")).contains("origin");
    }
}
