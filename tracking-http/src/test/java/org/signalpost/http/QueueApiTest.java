package org.signalpost.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.signalpost.journal.JournalException;
import org.signalpost.track.MailEvent;
import org.signalpost.track.MailQueue;
import org.signalpost.track.MessageId;
import tools.jackson.databind.JsonNode;

class QueueApiTest {
    private static final MessageId ONE = TestQueue.id(1);

    @TempDir
    Path directory;

    private final TestQueue queue = new TestQueue();
    private RunningServer server;

    @BeforeEach
    void start() {
        queue.add(1, "ann@b.example", "deferred");
        queue.add(2, "bob@b.example", "held");
        server = new RunningServer(
                directory, new ConcurrentHashMap<>(), new RunningServer.OneMail("x"), Optional.of(queue));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private JsonNode problem(HttpResponse<byte[]> answer, int status, String code) {
        assertThat(answer.statusCode()).as(RunningServer.text(answer)).isEqualTo(status);
        JsonNode problem = server.json(answer);
        assertThat(problem.path("code").asString()).isEqualTo(code);
        return problem;
    }

    private JsonNode done(HttpResponse<byte[]> answer) {
        assertThat(answer.statusCode()).as(RunningServer.text(answer)).isEqualTo(200);
        return server.json(answer);
    }

    @Test
    void the_server_says_that_no_mail_is_taken_and_is_ready_for_hits_all_the_same() {
        assertThat(RunningServer.eventually(
                        () -> RunningServer.text(server.get("/health/ready")).contains("\"degraded\":[]")))
                .isTrue();
        queue.takesMail = false;
        HttpResponse<byte[]> health = server.get("/health/ready");
        assertThat(health.statusCode()).isEqualTo(200);
        assertThat(RunningServer.text(health)).contains("\"degraded\":[\"mail\"]");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /queue",
        "GET, /queue/summary",
        "GET, /queue/msg_1",
        "GET, /queue/msg_1/raw",
        "DELETE, /queue/msg_1",
        "POST, /queue/msg_1/retry",
        "POST, /queue/msg_1/hold",
        "POST, /queue/msg_1/release",
        "POST, /queue/msg_1/bounce",
        "POST, /queue/retry",
        "POST, /queue/hold",
        "POST, /queue/release",
        "POST, /queue/bounce",
        "POST, /queue/drop",
        "POST, /routes/x/pause",
        "POST, /routes/x/resume",
        "POST, /outbox/release",
        "POST, /outbox/cap_1/release"
    })
    void everything_is_for_administrators_only(String method, String path) {
        JsonNode key = server.json(server.api(
                "POST", "/keys", "{\"scopes\": [\"read\", \"write\", \"send\", \"contacts\", \"webhooks\"]}"));
        String bearer = "Bearer " + key.path("key").asString();
        problem(server.send(method, "/api/v1" + path, "", "Authorization", bearer), 403, "insufficient_scope");
        problem(server.send(method, "/api/v1" + path, ""), 401, "not_authenticated");
        assertThat(queue.asked).isEmpty();
    }

    @Test
    void a_mail_is_told_with_where_each_recipient_stands() {
        JsonNode mail = server.read("/queue/" + ONE);
        assertThat(mail.path("id").asString()).isEqualTo(ONE.toString());
        assertThat(mail.path("acceptedAt").asString()).isEqualTo("2026-01-31T12:00:00.123Z");
        assertThat(mail.path("keyId").asString()).isEqualTo("key_1");
        assertThat(mail.path("sender").asString("none")).isEmpty();
        assertThat(mail.path("subject").asString()).isEqualTo("Süß");
        assertThat(mail.path("size").asLong()).isEqualTo(7);
        JsonNode recipient = mail.path("recipients").path(0);
        assertThat(recipient.path("recipient").asString()).isEqualTo("ann@b.example");
        assertThat(recipient.path("state").asString()).isEqualTo("deferred");
        assertThat(recipient.path("route").asString()).isEqualTo("mx:25");
        assertThat(recipient.path("attempts").asInt()).isEqualTo(2);
        assertThat(recipient.path("nextTryAt").asString()).isEqualTo("2026-01-31T12:01:00.123Z");
        assertThat(recipient.path("reply").asString()).isEqualTo("451 later");

        queue.add(3, "cid@b.example", "quarantined");
        assertThat(mail.path("tracking").toString()).isEqualTo("{\"tracked\":true,\"reason\":null}");
        assertThat(server.read("/queue/" + TestQueue.id(2)).path("tracking").toString())
                .isEqualTo("{\"tracked\":false,\"reason\":\"no-html\"}");
        assertThat(server.read("/queue/" + TestQueue.id(3)).path("tracking").isNull())
                .isTrue();

        HttpResponse<byte[]> raw = server.api("GET", "/queue/" + ONE + "/raw", "");
        assertThat(RunningServer.text(raw)).isEqualTo("Subject: x\r\n\r\ny");
        assertThat(raw.headers().firstValue("content-type")).contains("message/rfc822");
        assertThat(raw.headers().firstValue("cache-control")).contains("no-store");
        assertThat(queue.asked).containsExactly("original " + RunningServer.ADMIN.substring(0, 12));

        JsonNode summary = server.read("/queue/summary");
        assertThat(summary.path("states").toString()).isEqualTo("{\"new\":3}");
        assertThat(summary.path("routes").path(0).toString())
                .isEqualTo(
                        "{\"route\":\"mx:25\",\"waiting\":3,\"underWay\":1,\"perMinute\":40,\"oldest\":\"2026-01-31T12:00:00.123Z\","
                                + "\"suspendedUntil\":null,\"paused\":true,\"lastError\":\"421 no\"}");
    }

    @Test
    void the_list_pages_through_everything_that_matches_also_by_age() {
        for (int i = 3; i < 20; i++) {
            queue.add(i, "r@b.example", "new");
        }
        var seen = new ArrayList<String>();
        String cursor = "";
        do {
            String path = "/queue?state=new&older=2h&from=shop&to=ann&route=mx%3A25&limit=5";
            JsonNode page = server.read(path + (cursor.isEmpty() ? "" : "&cursor=" + cursor));
            page.path("data").forEach(mail -> seen.add(mail.path("id").asString()));
            cursor = page.path("nextCursor").asString("");
        } while (!cursor.isEmpty());
        assertThat(seen).hasSize(17).doesNotHaveDuplicates();
        assertThat(queue.asked).allMatch(asked -> asked.startsWith("list shop ann mx:25 Optional[2"));
        Instant before = Instant.parse(queue.asked.getFirst().replaceFirst(".*\\[(.*)\\]", "$1"));
        assertThat(before)
                .isBetween(Instant.now().minusSeconds(7_300), Instant.now().minusSeconds(7_100));

        String other = server.read("/queue?limit=1").path("nextCursor").asString();
        problem(server.api("GET", "/queue?state=held&cursor=" + other, ""), 400, "invalid_request");
    }

    @ParameterizedTest
    @CsvSource({
        "state=strange, state",
        "older=yesterday, older",
        "older=-1h, older",
        "limit=0, limit",
        "cursor=x, cursor"
    })
    void a_filter_that_is_wrong_is_named(String query, String field) {
        JsonNode problem = problem(server.api("GET", "/queue?" + query, ""), 400, "invalid_request");
        assertThat(problem.path("errors").path(0).path("field").asString()).isEqualTo(field);
        if (!field.equals("limit") && !field.equals("cursor")) {
            problem(server.api("POST", "/queue/hold?" + query, "{\"count\": 1}"), 400, "invalid_request");
        }
    }

    /** Until the books know it of the mail's second recipient. */
    private void awaitDropped(MessageId id) {
        assertThat(RunningServer.eventually(() -> server.read("/messages/" + id)
                        .path("recipients")
                        .path(1)
                        .path("status")
                        .asString("")
                        .equals("dropped")))
                .isTrue();
    }

    @Test
    void acts_reach_the_queue_as_they_were_asked() {
        String who = " " + RunningServer.ADMIN.substring(0, 12);
        JsonNode held = done(server.api("POST", "/queue/" + ONE + "/hold", ""));
        assertThat(held.toString()).isEqualTo("{\"id\":\"" + ONE + "\",\"done\":[\"ann@b.example\"],\"underWay\":[]}");
        done(server.api("POST", "/queue/" + ONE + "/release", "{}"));
        done(server.api("POST", "/queue/" + ONE + "/retry", "{\"force\": true}"));
        done(server.api("POST", "/queue/" + ONE + "/retry", "{\"recipients\": [\"ann@b.example\"]}"));
        done(server.api("POST", "/queue/" + ONE + "/bounce", "{\"text\": \"so sorry\"}"));
        done(server.api("DELETE", "/queue/" + ONE, ""));
        assertThat(queue.asked)
                .containsExactly(
                        "Hold[] []" + who,
                        "Release[] []" + who,
                        "Retry[force=true] []" + who,
                        "Retry[force=false] [ann@b.example]" + who,
                        "Bounce[text=so sorry] []" + who,
                        "Drop[] []" + who);
    }

    @Test
    void an_attempt_under_way_is_told() {
        queue.add(1, "ann@b.example", "under-way");
        JsonNode answer = done(server.api("DELETE", "/queue/" + ONE, ""));
        assertThat(answer.path("done").isEmpty()).isTrue();
        assertThat(answer.path("underWay").path(0).asString()).isEqualTo("ann@b.example");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "retry | {\"force\": \"yes\"} | force",
                "bounce | {\"text\": 5} | text",
                "bounce | {\"text\": \"a\\u000ab\"} | text",
                "hold | {\"recipients\": \"ann@b.example\"} | recipients",
                "hold | {\"recipients\": [1]} | recipients",
                "hold | {\"recipients\": [\"nobody@b.example\"]} | recipients"
            })
    void a_field_that_is_wrong_is_named(String act, String body, String field) {
        JsonNode problem = problem(server.api("POST", "/queue/" + ONE + "/" + act, body), 400, "invalid_request");
        assertThat(problem.path("errors").path(0).path("field").asString()).isEqualTo(field);
    }

    @Test
    void what_never_was_is_not_found_and_what_is_settled_says_so() {
        var left = new MessageId(1L << 40, 7);
        Instant now = Instant.parse("2026-01-31T12:00:00Z");
        server.happened(new MailEvent.Queued(
                left, now, "shop@b.example", List.of("a@b.example", "b@b.example"), "Sale", 99, ""));
        server.happened(new MailEvent.Dropped(left, now, "a@b.example", "dropped by an operator"));
        server.happened(new MailEvent.Deferred(left, now, "b@b.example", "451", now));
        server.happened(new MailEvent.Dropped(left, now, "b@b.example", "dropped by an operator"));
        awaitDropped(left);
        for (String unknown : List.of(new MessageId(9, 9).toString(), "nonsense", "msg_1")) {
            problem(server.api("GET", "/queue/" + unknown, ""), 404, "not_found");
            problem(server.api("GET", "/queue/" + unknown + "/raw", ""), 404, "not_found");
            problem(server.api("POST", "/queue/" + unknown + "/hold", ""), 404, "not_found");
            problem(server.api("DELETE", "/queue/" + unknown, ""), 404, "not_found");
        }
        for (HttpResponse<byte[]> answer : List.of(
                server.api("GET", "/queue/" + left, ""),
                server.api("GET", "/queue/" + left + "/raw", ""),
                server.api("POST", "/queue/" + left + "/retry", ""),
                server.api("DELETE", "/queue/" + left, ""))) {
            assertThat(problem(answer, 409, "settled").path("detail").asString())
                    .contains("dropped");
        }
        queue.add(1, "ann@b.example", "failed");
        assertThat(problem(server.api("POST", "/queue/" + ONE + "/retry", ""), 409, "settled")
                        .path("detail")
                        .asString())
                .contains("failed");
    }

    @Test
    void a_recipient_that_is_settled_beside_one_that_is_not_says_so() {
        Instant now = Instant.parse("2026-01-31T12:00:00Z");
        server.happened(new MailEvent.Queued(
                ONE, now, "shop@b.example", List.of("ann@b.example", "zoe@b.example"), "Sale", 99, ""));
        server.happened(new MailEvent.Dropped(ONE, now, "zoe@b.example", "dropped by an operator"));
        awaitDropped(ONE);
        HttpResponse<byte[]> answer =
                server.api("POST", "/queue/" + ONE + "/retry", "{\"recipients\": [\"Zoe@b.example\"]}");
        assertThat(problem(answer, 409, "settled").path("detail").asString()).contains("dropped");
        problem(
                server.api("POST", "/queue/" + ONE + "/retry", "{\"recipients\": [\"yan@b.example\"]}"),
                400,
                "invalid_request");
    }

    @Test
    void an_act_on_all_wants_the_number_that_was_seen() {
        JsonNode differs = problem(server.api("POST", "/queue/hold", "{\"count\": 5}"), 409, "count_differs");
        assertThat(differs.path("detail").asString()).contains("2 mails match, not 5");
        for (String count : List.of("-1", "99999999999", "2147483648")) {
            problem(server.api("POST", "/queue/drop", "{\"count\": " + count + "}"), 409, "count_differs");
        }
        for (String body : List.of("{}", "{\"count\": \"2\"}", "{\"count\": 2.5}", "{\"count\": null}")) {
            JsonNode problem = problem(server.api("POST", "/queue/drop", body), 400, "invalid_request");
            assertThat(problem.path("errors").path(0).path("field").asString()).isEqualTo("count");
        }
        assertThat(done(server.api("POST", "/queue/release?state=held", "{\"count\": 1}"))
                        .toString())
                .isEqualTo("{\"mails\":1,\"done\":1,\"underWay\":0}");
        done(server.api("POST", "/queue/bounce", "{\"count\": 2, \"text\": \"no\"}"));
        assertThat(queue.asked).contains("Release[] all held", "Bounce[text=no] all ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"BROKEN", "NO_SPACE", "OVERLOADED", "CLOSED"})
    void a_log_that_can_not_keep_an_act_is_said_and_it_may_be_tried_again(JournalException.Cause why) {
        queue.failure = Optional.of(why);
        HttpResponse<byte[]> answer = server.api("POST", "/queue/" + ONE + "/hold", "");
        problem(answer, 503, "not_kept");
        assertThat(answer.headers().firstValue("retry-after")).contains("2");
        problem(server.api("POST", "/queue/hold", "{\"count\": 2}"), 503, "not_kept");
        queue.failure = Optional.of(JournalException.Cause.DAMAGED);
        problem(server.api("GET", "/queue/" + ONE + "/raw", ""), 409, "damaged");
    }

    @Test
    void routes_are_stopped_and_go_on_by_their_name() {
        assertThat(done(server.api("POST", "/routes/mx.example:25/pause", "")).toString())
                .isEqualTo("{\"route\":\"mx.example:25\",\"paused\":true}");
        done(server.api("POST", "/routes/%5B2001%3Adb8%3A%3A1%5D%3A25/resume", ""));
        assertThat(queue.asked).containsExactly("pause mx.example:25", "resume [2001:db8::1]:25");
        problem(server.api("POST", "/routes/broken/pause", ""), 503, "not_kept");
        for (String bad : List.of("a%0Ab", "a%20b", "a%7Fb", "x".repeat(400))) {
            HttpResponse<byte[]> answer = server.api("POST", "/routes/" + bad + "/pause", "");
            assertThat(answer.statusCode()).as(bad).isEqualTo(400);
        }
        assertThat(queue.asked).hasSize(3);
    }

    @Test
    void what_was_captured_is_released_when_mail_goes_out() {
        problem(server.api("POST", "/outbox/cap_9/release", ""), 404, "not_found");
        queue.released = new MailQueue.Released.Nowhere();
        problem(server.api("POST", "/outbox/cap_1/release", ""), 409, "captured");
        problem(server.api("POST", "/outbox/release", "{\"count\": 1}"), 409, "captured");
        queue.released = new MailQueue.Released.As(ONE);
        assertThat(done(server.api("POST", "/outbox/cap_1/release", "")).toString())
                .isEqualTo("{\"id\":\"cap_1\",\"messageId\":\"" + ONE + "\"}");
        problem(server.api("POST", "/outbox/release", "{\"count\": 2}"), 409, "count_differs");
        problem(server.api("POST", "/outbox/release", "{}"), 400, "invalid_request");
        assertThat(done(server.api("POST", "/outbox/release", "{\"count\": 1}")).toString())
                .isEqualTo("{\"mails\":1,\"done\":1}");
        assertThat(queue.asked.getLast()).isEqualTo("release cap_1");
    }
}
