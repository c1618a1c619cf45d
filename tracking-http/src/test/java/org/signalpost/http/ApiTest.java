package org.signalpost.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.signalpost.track.Credentials;
import org.signalpost.track.MailEvent;
import org.signalpost.track.MessageId;
import org.signalpost.track.NewTrack;
import org.signalpost.track.Submitter;
import org.signalpost.track.TrackId;
import org.signalpost.track.TrackingDecision;
import tools.jackson.databind.JsonNode;

class ApiTest {
    private static final Pattern TRACK = Pattern.compile("trk_[0-9A-Za-z]{22}");

    @TempDir
    Path directory;

    private RunningServer server;

    @BeforeEach
    void start() {
        server = new RunningServer(directory);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private JsonNode problem(HttpResponse<byte[]> answer, int status, String code) {
        assertThat(answer.statusCode()).as(RunningServer.text(answer)).isEqualTo(status);
        assertThat(answer.headers().firstValue("content-type")).contains("application/problem+json");
        JsonNode problem = server.json(answer);
        assertThat(problem.path("status").asInt()).isEqualTo(status);
        assertThat(problem.path("code").asString()).isEqualTo(code);
        assertThat(problem.path("success").asBoolean(true)).isFalse();
        assertThat(problem.path("requestId").asString())
                .isEqualTo(answer.headers().firstValue("x-request-id").orElseThrow());
        return problem;
    }

    @Test
    void a_track_is_made_and_is_there_at_once() {
        HttpResponse<byte[]> made = server.api("POST", "/tracks", """
                {"recipient": "Ann@Example.COM", "subject": "Sale", "campaign": "spring", "messageId": "m1",
                 "metadata": {"a": [1, "ü"]}, "unknown": true}""");

        assertThat(made.statusCode()).isEqualTo(201);
        JsonNode track = server.json(made);
        String id = track.path("id").asString();
        assertThat(id).matches(TRACK);
        assertThat(track.path("pixelUrl").asString()).isEqualTo("https://t.example/api/t/" + id);
        assertThat(track.path("recipient").asString()).isEqualTo("Ann@example.com");
        assertThat(track.path("metadata").toString()).isEqualTo("{\"a\":[1,\"ü\"]}");
        assertThat(track.path("firstOpenAt").isNull()).isTrue();
        assertThat(track.path("state").asString()).isEqualTo("not_opened");
        assertThat(made.headers().firstValue("location")).contains("/api/v1/tracks/" + id);
        assertThat(server.read("/tracks/" + id)).isEqualTo(track);
        assertThat(server.json(
                        server.send("GET", "/v1/tracks/" + id, "", "Authorization", "Bearer " + RunningServer.ADMIN)))
                .isEqualTo(track);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | recipient",
                "{\"recipient\": \"\"} | recipient",
                "{\"recipient\": 5} | recipient",
                "{\"recipient\": \"ann\"} | recipient",
                "{\"recipient\": \"a@b.example, c@d.example\"} | recipient",
                "{\"recipient\": \"Ann <a@b.example>\"} | recipient",
                "{\"recipient\": \"a@b.example\", \"subject\": [1]} | subject",
                "{\"recipient\": \"a@b.example\", \"subject\": \"a\\u000ab\"} | subject",
                "{\"recipient\": \"a@b.example\", \"metadata\": \"x\"} | metadata"
            })
    void a_field_that_is_wrong_is_named(String body, String field) {
        JsonNode problem = problem(server.api("POST", "/tracks", body), 400, "invalid_request");

        assertThat(problem.path("errors").path(0).path("field").asString()).isEqualTo(field);
        assertThat(problem.path("detail").asString()).startsWith(field);
    }

    @Test
    void what_is_no_json_of_ours_is_refused() {
        for (String body : List.of(
                "{",
                "[]",
                "5",
                "{\"recipient\":\"a@b.example\",\"recipient\":\"c@b.example\"}",
                "{} x",
                "{\"metadata\": " + "[".repeat(70) + "]".repeat(70) + "}")) {
            problem(server.api("POST", "/tracks", body), 400, "invalid_json");
        }
        problem(server.api("POST", "/tracks", "{\"x\": \"" + "a".repeat(1 << 20) + "\"}"), 413, "too_large");
        problem(
                server.send(
                        "POST",
                        "/api/v1/tracks",
                        "a=b",
                        "Authorization",
                        "Bearer " + RunningServer.ADMIN,
                        "Content-Type",
                        "application/x-www-form-urlencoded"),
                415,
                "unsupported_media_type");
    }

    @Test
    void nothing_is_told_to_who_has_no_key_and_a_key_does_what_its_scopes_say() {
        String made = server.track("{\"recipient\": \"a@b.example\"}");
        for (String header : List.of("", "Bearer", "Bearer x", "Basic x", "Bearer ms_live_" + "1".repeat(32))) {
            HttpResponse<byte[]> answer = header.isEmpty()
                    ? server.get("/api/v1/tracks/" + made)
                    : server.send("GET", "/api/v1/tracks/" + made, "", "Authorization", header);
            problem(answer, 401, "not_authenticated");
            assertThat(answer.headers().firstValue("www-authenticate")).contains("Bearer");
        }
        JsonNode key = server.json(server.api("POST", "/keys", "{\"name\": \"app\", \"scopes\": [\"read\"]}"));
        String bearer = "Bearer " + key.path("key").asString();
        assertThat(server.send("GET", "/api/v1/tracks/" + made, "", "Authorization", bearer)
                        .statusCode())
                .isEqualTo(200);
        problem(server.send("POST", "/api/v1/tracks", "{}", "Authorization", bearer), 403, "insufficient_scope");
        problem(server.send("GET", "/api/v1/keys", "", "Authorization", bearer), 403, "insufficient_scope");

        JsonNode listed = server.read("/keys").path("data").path(0);
        assertThat(listed.path("scopes").toString()).isEqualTo("[\"read\"]");
        assertThat(listed.path("prefix").asString())
                .isEqualTo(key.path("key").asString().substring(0, 12));
        assertThat(listed.toString()).doesNotContain(key.path("key").asString());
        assertThat(server.api("DELETE", "/keys/" + key.path("id").asString(), "")
                        .statusCode())
                .isEqualTo(204);
        problem(server.send("GET", "/api/v1/tracks", "", "Authorization", bearer), 401, "not_authenticated");
        problem(server.api("DELETE", "/keys/nope", ""), 404, "not_found");
        problem(server.api("POST", "/keys", "{\"scopes\": [\"all\"]}"), 400, "invalid_request");
    }

    @Test
    void a_key_may_name_its_senders_and_one_with_the_scope_send_submits_mail_until_it_is_revoked() {
        JsonNode key = server.json(server.api(
                "POST", "/keys", "{\"scopes\": [\"send\"], \"senders\": [\"Shop@B.example\", \"@C.example\"]}"));
        JsonNode other = server.json(server.api("POST", "/keys", "{\"scopes\": [\"read\"]}"));
        assertThat(key.path("senders").toString()).isEqualTo("[\"Shop@b.example\",\"@c.example\"]");
        assertThat(server.read("/keys").path("data").path(1).path("senders").toString())
                .isEqualTo(key.path("senders").toString());

        Credentials credentials = server.credentials();
        assertThat(credentials.any()).isTrue();
        assertThat(credentials.of(key.path("key").asString()))
                .contains(new Submitter(
                        key.path("id").asString(), /* anySender= */ false, List.of("Shop@b.example", "@c.example")));
        assertThat(credentials.of(other.path("key").asString())).isEmpty();
        assertThat(credentials.of("")).isEmpty();
        assertThat(credentials.of("ms_live_" + "1".repeat(32))).isEmpty();
        assertThat(credentials.of(RunningServer.ADMIN))
                .contains(new Submitter("admin", /* anySender= */ true, List.of()));

        assertThat(credentials.holds(key.path("id").asString())).isTrue();
        assertThat(credentials.holds("admin")).isTrue();
        server.api("DELETE", "/keys/" + key.path("id").asString(), "");
        assertThat(credentials.of(key.path("key").asString())).isEmpty();
        assertThat(credentials.holds(key.path("id").asString())).isFalse();
        for (String wrong : List.of("\"x\"", "[\"x\"]", "[\"@\"]", "[\"@b\"]", "[\"a@b.example\\n\"]", "[1]")) {
            problem(server.api("POST", "/keys", "{\"senders\": " + wrong + "}"), 400, "invalid_request");
        }
    }

    @Test
    void keys_that_submit_mail_are_known_after_a_restart_and_while_the_database_is_away(@TempDir Path elsewhere) {
        String secret;
        try (var first = new RunningServer(elsewhere)) {
            secret = first.json(first.api("POST", "/keys", "{\"scopes\": [\"send\"]}"))
                    .path("key")
                    .asString();
        }
        var second = new RunningServer(elsewhere);
        Credentials credentials = second.credentials();
        try (second) {
            assertThat(RunningServer.eventually(() -> credentials.of(secret).isPresent()))
                    .isTrue();
        }
        assertThat(credentials.of(secret)).as("the database is closed").isPresent();
    }

    @Test
    void an_address_that_is_not_there_and_a_method_that_is_not_for_it_are_said() {
        problem(server.api("GET", "/nothing", ""), 404, "not_found");
        problem(server.api("GET", "/tracks/trk_0000000000000000000000", ""), 404, "not_found");
        problem(server.api("GET", "/tracks/nonsense", ""), 404, "not_found");
        HttpResponse<byte[]> wrong = server.api("DELETE", "/tracks", "");
        problem(wrong, 405, "method_not_allowed");
        assertThat(wrong.headers().firstValue("allow")).contains("GET, HEAD, POST");
    }

    @Test
    void lists_page_through_everything_once_newest_first_while_more_comes_in() {
        var ids = new ArrayList<String>();
        for (int i = 0; i < 25; i++) {
            ids.addFirst(server.track("{\"recipient\": \"a" + i + "@b.example\", \"campaign\": \"c" + i % 2 + "\"}"));
        }
        var seen = new ArrayList<String>();
        String cursor = "";
        do {
            JsonNode page = server.read("/tracks?limit=7" + (cursor.isEmpty() ? "" : "&cursor=" + cursor));
            page.path("data").forEach(track -> seen.add(track.path("id").asString()));
            assertThat(page.path("data").path(0).has("opens")).isFalse();
            cursor = page.path("nextCursor").asString("");
            assertThat(page.path("hasMore").asBoolean()).isEqualTo(!cursor.isEmpty());
            server.track("{\"recipient\": \"later@b.example\"}");
        } while (!cursor.isEmpty());
        assertThat(seen).hasSize(25).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(ids);

        assertThat(server.read("/tracks?campaign=c1").path("data").size()).isEqualTo(12);
        assertThat(server.read("/tracks?recipient=a3@B.example").path("data").size())
                .isEqualTo(1);
        assertThat(server.read("/tracks?opened=true").path("data").size()).isZero();
        String today = Instant.now().toString().substring(0, 10);
        assertThat(server.read("/tracks?to=" + today + "&limit=100")
                        .path("data")
                        .size())
                .isGreaterThan(25);
        assertThat(server.read("/tracks?to=2020-01-01").path("data").size()).isZero();
        String other = server.read("/tracks?limit=1").path("nextCursor").asString();
        problem(server.api("GET", "/tracks?campaign=c1&cursor=" + other, ""), 400, "invalid_request");
        for (String bad : List.of(
                "limit=0",
                "limit=101",
                "limit=x",
                "opened=maybe",
                "from=yesterday",
                "cursor=x",
                "from=2026-01-02&to=2026-01-01T00:00:00Z")) {
            problem(server.api("GET", "/tracks?" + bad, ""), 400, "invalid_request");
        }
    }

    @Test
    void a_mail_is_told_of_from_the_relays_log() {
        var message = new MessageId(1L << 40, 7);
        Instant now = Instant.parse("2026-01-31T12:00:00Z");
        var made = new NewTrack(new TrackId(5, 6), "ann@b.example", "Sale", "spring", message.toString(), "", now);
        server.get("/api/t/" + made.id());
        server.happened(new MailEvent.Queued(
                message,
                now,
                "shop@b.example",
                List.of("ann@b.example", "bob@b.example", "cec@b.example"),
                "Sale",
                99,
                ""));
        server.happened(new MailEvent.Deferred(message, now, "bob@b.example", "451 later", now.plusSeconds(60)));
        server.happened(new MailEvent.Delivered(
                message, now, "ann@b.example", new TrackingDecision.Tracked(made, "{\"links\": []}"), "250 taken"));
        server.happened(new MailEvent.Bounced(
                message, now, "cec@b.example", new TrackingDecision.Untracked("signed", "{}"), "550 no"));

        assertThat(RunningServer.eventually(() -> server.read("/messages/" + message)
                        .path("recipients")
                        .path(2)
                        .path("status")
                        .asString("")
                        .equals("bounced")))
                .isTrue();
        JsonNode mail = server.read("/messages/" + message);
        assertThat(mail.path("sender").asString()).isEqualTo("shop@b.example");
        JsonNode ann = mail.path("recipients").path(0);
        assertThat(ann.path("trackId").asString()).isEqualTo(made.id().toString());
        assertThat(ann.path("explanation").path("links").isArray()).isTrue();
        assertThat(mail.path("recipients").path(1).path("nextTryAt").asString()).isEqualTo("2026-01-31T12:01:00Z");
        assertThat(mail.path("recipients").path(2).path("reason").asString()).isEqualTo("signed");
        assertThat(server.read("/messages").path("data").size()).isEqualTo(1);

        // The two logs are read one after the other.
        assertThat(RunningServer.eventually(() ->
                        server.read("/tracks/" + made.id()).path("openCount").asInt() == 1))
                .as("the hit came first")
                .isTrue();
        JsonNode track = server.read("/tracks/" + made.id());
        assertThat(track.path("status").asString()).isEqualTo("delivered");
        assertThat(track.path("opens").path(0).path("kind").asString()).isEqualTo("human");
    }

    @Test
    void what_is_not_http_is_refused_without_a_word_of_what_we_are_made_of() throws IOException {
        for (String request : List.of(
                "nonsense\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nX: " + "a".repeat(30_000) + "\r\n\r\n",
                "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /../../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n")) {
            try (var socket =
                    new Socket(InetAddress.getLoopbackAddress(), server.uri("/").getPort())) {
                socket.setSoTimeout(10_000);
                socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
                var answer = new byte[4_096];
                int length = socket.getInputStream().read(answer);
                assertThat(new String(answer, 0, length, StandardCharsets.US_ASCII))
                        .startsWith("HTTP/1.1 4")
                        .doesNotContainIgnoringCase("jetty")
                        .doesNotContain("Exception");
            }
        }
    }
}
