package org.signalpost.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.signalpost.store.Classifier;
import org.signalpost.track.Outbox;
import tools.jackson.databind.JsonNode;

/** Whose tracks are whose, what keys may do, and how often. */
class AccountsTest {
    @TempDir
    Path directory;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-25T12:00:10Z"));
    private RunningServer server;

    @BeforeEach
    void start() {
        server = open();
    }

    private RunningServer open() {
        return new RunningServer(
                directory, new ConcurrentHashMap<>(), Outbox.EMPTY, Optional.empty(), Classifier.byAgent(), now::get);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private String account(String plan) {
        HttpResponse<byte[]> made = server.api("POST", "/accounts", "{\"name\": \"A\", \"plan\": \"" + plan + "\"}");
        assertThat(made.statusCode()).isEqualTo(201);
        return server.json(made).path("id").asString();
    }

    private String key(String account, String more) {
        HttpResponse<byte[]> made = server.api("POST", "/keys", "{\"account\": \"" + account + "\"" + more + "}");
        assertThat(made.statusCode()).as(RunningServer.text(made)).isEqualTo(201);
        return server.json(made).path("key").asString();
    }

    private HttpResponse<byte[]> as(String key, String method, String path, String body, String... more) {
        var headers = new java.util.ArrayList<>(List.of("Authorization", "Bearer " + key));
        headers.addAll(List.of(more));
        return server.send(method, "/api/v1" + path, body, headers.toArray(String[]::new));
    }

    private String code(HttpResponse<byte[]> answer) {
        return server.json(answer).path("code").asString();
    }

    @Test
    void another_accounts_tracks_are_not_there() {
        String one = key(account("pro"), "");
        String other = key(account("pro"), "");
        String track = server.json(as(one, "POST", "/tracks", "{\"recipient\": \"ann@example.com\"}"))
                .path("id")
                .asString();

        assertThat(as(one, "GET", "/tracks/" + track, "").statusCode()).isEqualTo(200);
        for (String path : List.of("", "/opens", "/clicks", "/events", "/links")) {
            assertThat(as(other, "GET", "/tracks/" + track + path, "").statusCode())
                    .isEqualTo(404);
        }
        assertThat(as(other, "PATCH", "/tracks/" + track, "{}").statusCode()).isEqualTo(404);
        assertThat(as(other, "DELETE", "/tracks/" + track, "").statusCode()).isEqualTo(404);
        assertThat(as(other, "POST", "/tracks/" + track + "/links", "{\"url\":\"https://a.example/\"}")
                        .statusCode())
                .isEqualTo(404);
        assertThat(server.json(as(other, "GET", "/tracks", "")).path("data")).isEmpty();
        assertThat(server.json(as(other, "GET", "/analytics", ""))
                        .path("summary")
                        .path("totalTracks")
                        .asInt())
                .isZero();
        assertThat(server.json(as(one, "GET", "/analytics", ""))
                        .path("summary")
                        .path("totalTracks")
                        .asInt())
                .isEqualTo(1);
        assertThat(code(as(one, "GET", "/outbox", ""))).isEqualTo("insufficient_scope");
    }

    @Test
    void a_plan_grants_so_many_calls_a_minute_exactly() throws Exception {
        String key = key(account("free"), "");
        var granted = new AtomicInteger();
        var refused = new AtomicInteger();
        try (var callers = Executors.newFixedThreadPool(16)) {
            Callable<Integer> call = () ->
                    (as(key, "GET", "/tracks?limit=1", "").statusCode() == 200 ? granted : refused).incrementAndGet();
            assertThat(callers.invokeAll(java.util.Collections.nCopies(130, call)))
                    .hasSize(130);
        }
        assertThat(granted).hasValue(100);
        assertThat(refused).hasValue(30);

        HttpResponse<byte[]> answer = as(key, "GET", "/tracks", "");
        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(code(answer)).isEqualTo("rate_limit_exceeded");
        assertThat(answer.headers().firstValue("X-RateLimit-Limit")).contains("100");
        assertThat(answer.headers().firstValue("X-RateLimit-Remaining")).contains("0");
        assertThat(answer.headers().firstValue("X-RateLimit-Reset"))
                .contains(Long.toString(Instant.parse("2026-11-25T12:01:00Z").getEpochSecond()));
        assertThat(answer.headers().firstValue("Retry-After")).contains("50");

        now.set(Instant.parse("2026-11-25T12:01:00Z"));
        HttpResponse<byte[]> next = as(key, "GET", "/nothing-here", "");
        assertThat(next.statusCode()).isEqualTo(404);
        HttpResponse<byte[]> bad = as(key, "POST", "/tracks", "{}");
        assertThat(bad.statusCode()).isEqualTo(400);
        assertThat(bad.headers().firstValue("X-RateLimit-Remaining")).contains("98");
    }

    @Test
    void calls_that_no_address_is_there_for_are_counted_too() {
        String key = key(account("free"), "");
        assertThat(remaining(as(key, "GET", "/nothing-here", ""), 404)).contains("99");
        assertThat(remaining(as(key, "DELETE", "/tracks", ""), 405)).contains("98");
        for (int i = 0; i < 98; i++) {
            as(key, "GET", "/nothing-here", "");
        }
        assertThat(remaining(as(key, "GET", "/nothing-here", ""), 429)).contains("0");
        assertThat(remaining(as("ms_live_nobody", "GET", "/nothing-here", ""), 401))
                .isEmpty();
        assertThat(remaining(server.get("/nothing-here"), 404)).isEmpty();
    }

    private static Optional<String> remaining(HttpResponse<byte[]> answer, int status) {
        assertThat(answer.statusCode()).isEqualTo(status);
        return answer.headers().firstValue("X-RateLimit-Remaining");
    }

    @Test
    void pixels_and_links_are_never_limited() {
        for (int i = 0; i < 300; i++) {
            assertThat(server.get("/api/t/trk_0000000000000000000000").statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void a_quota_is_told_from_a_scope_and_from_a_limit() {
        String account = account("pro");
        server.api("PATCH", "/accounts/" + account, "{\"monthlyTracks\": 2}");
        String key = key(account, "");
        assertThat(as(key, "POST", "/tracks", "{\"recipient\": \"a@example.com\"}")
                        .statusCode())
                .isEqualTo(201);
        assertThat(as(key, "POST", "/tracks", "{\"recipient\": \"b@example.com\"}")
                        .statusCode())
                .isEqualTo(201);
        HttpResponse<byte[]> over = as(key, "POST", "/tracks", "{\"recipient\": \"c@example.com\"}");
        assertThat(over.statusCode()).isEqualTo(403);
        assertThat(code(over)).isEqualTo("quota_exceeded");
        assertThat(over.headers().firstValue("X-RateLimit-Limit")).contains("1000");
        JsonNode batch =
                server.json(as(key, "POST", "/tracks/batch", "{\"tracks\": [{\"recipient\": \"d@example.com\"}]}"));
        assertThat(batch.path("data").path(0).path("code").asString()).isEqualTo("quota_exceeded");
        assertThat(code(as(key, "GET", "/keys", ""))).isEqualTo("insufficient_scope");
        assertThat(server.json(server.api("GET", "/accounts/" + account, ""))
                        .path("tracksThisMonth")
                        .asInt())
                .isEqualTo(2);

        now.set(Instant.parse("2026-12-01T00:00:00Z"));
        assertThat(as(key, "POST", "/tracks", "{\"recipient\": \"c@example.com\"}")
                        .statusCode())
                .isEqualTo(201);
    }

    @Test
    void a_public_key_reads_and_makes_nothing_here_and_a_secret_key_is_not_for_pages() {
        String open = key("acc_1", ", \"type\": \"public\", \"origins\": [\"https://shop.example\"]");
        assertThat(open).matches("msk_[0-9A-Za-z]{32}");
        for (String path : List.of("/tracks", "/analytics", "/messages", "/keys", "/accounts")) {
            assertThat(as(open, "GET", path, "").statusCode()).isEqualTo(403);
        }
        assertThat(as(open, "POST", "/tracks", "{\"recipient\": \"a@example.com\"}")
                        .statusCode())
                .isEqualTo(403);
        assertThat(server.credentials().of(open)).isEmpty();

        String secret = key("acc_1", "");
        HttpResponse<byte[]> foreign = as(secret, "GET", "/tracks", "", "Origin", "https://shop.example");
        assertThat(foreign.statusCode()).isEqualTo(403);
        assertThat(code(foreign)).isEqualTo("secret_key_in_browser");
        assertThat(foreign.headers().map().keySet()).noneMatch(name -> name.startsWith("access-control"));
        assertThat(as(secret, "GET", "/tracks", "", "Origin", "https://t.example")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void a_test_key_works_in_a_world_of_its_own() {
        String test = key("acc_1", ", \"type\": \"test\"");
        assertThat(test).matches("ms_test_[0-9A-Za-z]{32}");
        assertThat(as(test, "POST", "/tracks", "{\"recipient\": \"a@example.com\"}")
                        .statusCode())
                .isEqualTo(201);
        assertThat(server.json(as(test, "GET", "/tracks", "")).path("data")).hasSize(1);
        assertThat(server.read("/tracks").path("data")).isEmpty();
        assertThat(server.read("/keys")
                        .path("data")
                        .valueStream()
                        .map(key -> key.path("type").asString()))
                .contains("test");
    }

    @Test
    void a_key_is_worth_nothing_when_it_is_over_or_revoked_and_says_when_it_was_used() {
        String key = key("acc_1", ", \"expiresAt\": \"2026-11-25T13:00:00Z\"");
        assertThat(as(key, "GET", "/tracks", "").statusCode()).isEqualTo(200);
        now.set(Instant.parse("2026-11-25T13:00:00Z"));
        assertThat(as(key, "GET", "/tracks", "").statusCode()).isEqualTo(401);

        String other = key("acc_1", "");
        assertThat(as(other, "GET", "/tracks", "").statusCode()).isEqualTo(200);
        // Making a key reads all of them again, and writes down which were used.
        key("acc_1", "");
        JsonNode shown = server.read("/keys")
                .path("data")
                .valueStream()
                .filter(one -> other.endsWith(one.path("lastFour").asString()))
                .findFirst()
                .orElseThrow();
        assertThat(shown.path("lastUsedAt").asString()).isEqualTo("2026-11-25T13:00:00Z");
        assertThat(shown.path("prefix").asString()).isEqualTo(other.substring(0, 12));
        assertThat(shown.has("key")).isFalse();
        assertThat(server.api("DELETE", "/keys/" + shown.path("id").asString(), "")
                        .statusCode())
                .isEqualTo(204);
        assertThat(as(other, "GET", "/tracks", "").statusCode()).isEqualTo(401);
    }

    @Test
    void whoever_guesses_keys_is_told_to_wait_in_words_that_tell_nothing() {
        var texts = new java.util.HashSet<String>();
        int waits = 0;
        for (int i = 0; i < 1_000; i++) {
            String guess = i % 3 == 0 ? "ms_live_" + "x".repeat(24) + String.format("%08d", i) : "nonsense " + i;
            HttpResponse<byte[]> answer = as(guess, "GET", "/tracks", "");
            if (answer.statusCode() == 429) {
                waits++;
                assertThat(answer.headers().firstValue("Retry-After")).isPresent();
            } else {
                assertThat(answer.statusCode()).isEqualTo(401);
                assertThat(answer.headers().firstValue("WWW-Authenticate")).contains("Bearer");
                texts.add(server.json(answer).path("detail").asString());
            }
        }
        assertThat(texts).hasSize(1);
        assertThat(waits).isEqualTo(970);
        assertThat(server.api("GET", "/tracks", "").statusCode()).isEqualTo(200);
        now.set(now.get().plus(Duration.ofMinutes(1)));
        assertThat(as("nonsense", "GET", "/tracks", "").statusCode()).isEqualTo(401);
    }
}
