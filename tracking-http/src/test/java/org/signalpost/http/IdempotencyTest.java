package org.signalpost.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.signalpost.store.Classifier;
import org.signalpost.track.Outbox;

/** The same call twice does one thing. */
class IdempotencyTest {
    private static final String ANN = "{\"recipient\": \"ann@example.com\"}";

    @TempDir
    Path directory;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-25T12:00:00Z"));
    private RunningServer server;

    @BeforeEach
    void start() {
        server = new RunningServer(
                directory, new ConcurrentHashMap<>(), Outbox.EMPTY, Optional.empty(), Classifier.byAgent(), now::get);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private HttpResponse<byte[]> post(String path, String body, String key) {
        return server.send(
                "POST", path, body, "Authorization", "Bearer " + RunningServer.ADMIN, "Idempotency-Key", key);
    }

    private int tracks() {
        return server.read("/tracks?limit=100").path("data").size();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/tracks | {\"recipient\": \"ann@example.com\"}",
                "/tracks/batch | {\"tracks\": [{\"recipient\": \"ann@example.com\"}]}",
                "/keys | {\"name\": \"shop\"}",
                "/accounts | {\"name\": \"shop\"}"
            })
    void the_answer_is_given_again_also_after_a_restart(String path, String body) {
        HttpResponse<byte[]> first = post("/api/v1" + path, body, "order-1");
        HttpResponse<byte[]> second = post("/api/v1" + path, body, "order-1");
        HttpResponse<byte[]> elsewhere = post("/v1" + path, body, "order-1");
        stop();
        start();
        HttpResponse<byte[]> third = post("/api/v1" + path, body, "order-1");

        assertThat(first.statusCode()).isBetween(200, 201);
        Optional<String> place = first.headers().firstValue("Location");
        assertThat(place.isPresent()).isEqualTo(path.equals("/tracks") || path.equals("/accounts"));
        place.ifPresent(there -> assertThat(
                        server.read(there.substring("/api/v1".length())).path("id"))
                .isEqualTo(server.json(first).path("id")));
        for (HttpResponse<byte[]> again : java.util.List.of(second, elsewhere, third)) {
            assertThat(again.statusCode()).isEqualTo(first.statusCode());
            assertThat(again.body()).isEqualTo(first.body());
            assertThat(again.headers().firstValue("Location")).isEqualTo(place);
            assertThat(again.headers().firstValue("Idempotency-Replayed")).contains("true");
        }
        HttpResponse<byte[]> other = post("/api/v1" + path, body.replace("}", ", \"more\": 1}"), "order-1");
        assertThat(other.statusCode()).isEqualTo(409);
        assertThat(server.json(other).path("code").asString()).isEqualTo("idempotency_key_reused");
        assertThat(post("/api/v1" + path, body, "order-2").body()).isNotEqualTo(first.body());
    }

    @Test
    void a_key_is_forgotten_after_a_day() {
        post("/api/v1/tracks", ANN, "k");
        now.set(now.get().plus(Duration.ofHours(23)));
        post("/api/v1/tracks", ANN, "k");
        assertThat(tracks()).isEqualTo(1);
        now.set(now.get().plus(Duration.ofHours(2)));
        assertThat(post("/api/v1/tracks", ANN, "k").headers().firstValue("Idempotency-Replayed"))
                .isEmpty();
        assertThat(tracks()).isEqualTo(2);
    }

    @Test
    void sixteen_at_once_make_one_track() throws Exception {
        Set<String> made = new HashSet<>();
        try (var callers = Executors.newFixedThreadPool(16)) {
            Callable<HttpResponse<byte[]>> call = () -> post("/api/v1/tracks", ANN, "k");
            for (Future<HttpResponse<byte[]>> answer : callers.invokeAll(java.util.Collections.nCopies(48, call))) {
                if (answer.get().statusCode() == 201) {
                    made.add(RunningServer.text(answer.get()));
                } else {
                    assertThat(answer.get().statusCode()).isEqualTo(409);
                    assertThat(server.json(answer.get()).path("code").asString())
                            .isEqualTo("idempotency_in_progress");
                }
            }
        }
        assertThat(made).hasSize(1);
        assertThat(tracks()).isEqualTo(1);
    }

    @Test
    void what_was_refused_may_be_asked_again() {
        assertThat(post("/api/v1/tracks", "{}", "k").statusCode()).isEqualTo(400);
        assertThat(post("/api/v1/tracks", ANN, "k").statusCode()).isEqualTo(201);
        assertThat(post("/api/v1/tracks", ANN, "a b").statusCode()).isEqualTo(400);
        assertThat(post("/api/v1/tracks", ANN, "x".repeat(256)).statusCode()).isEqualTo(400);
    }

    @Test
    void no_secret_is_written_down_anywhere() throws IOException {
        String secret = server.json(post("/api/v1/keys", "{\"name\": \"shop\"}", "once"))
                .path("key")
                .asString();
        stop();
        try (var files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                        .as(file.toString())
                        .doesNotContain(secret);
            }
        }
        start();
    }
}
