package org.signalpost.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.signalpost.store.Verdict;
import org.signalpost.track.CapturedMail;
import org.signalpost.track.LinkToken;
import org.signalpost.track.Outbox;
import org.signalpost.track.TrackId;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The document that describes the MailSignal API, sentence by sentence; its programs run in {@link SeedExamplesTest},
 * the arithmetic of its report in {@link AnalyticsTest}, its limits to the call in {@link AccountsTest}.
 *
 * <p>Not there yet, and so without a test:
 *
 * <ul>
 *   <li>"Receive real-time notifications when emails are opened or links are clicked": {@code POST /webhooks} with url
 *       (HTTPS required), events (email.opened, link.clicked) and an optional secret; what is posted when an event
 *       occurs; the {@code X-MailSignal-Signature} header and the program that verifies it.
 *   <li>"You can create and manage API keys in your dashboard settings": the API and the command line do that.
 *   <li>"Download our ready-to-use Postman collection with all API endpoints".
 *   <li>"Test API endpoints directly from your browser with your API key".
 * </ul>
 */
class SeedTest {
    private static final String BODY = """
            {"recipient": "john@example.com", "subject": "Meeting Tomorrow", "campaign": "sales-outreach"}""";

    @TempDir
    Path directory;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2025-01-28T07:00:00Z"));
    private RunningServer server;

    /** An outbox that breaks whatever asks for it. */
    private static final class Broken implements Outbox {
        @Override
        public List<CapturedMail> newest(int limit, String before) {
            throw new IllegalStateException("broken, as the test wants it");
        }

        @Override
        public Optional<CapturedMail> find(String id) {
            throw new IllegalStateException("broken, as the test wants it");
        }

        @Override
        public Optional<byte[]> octets(String id) {
            throw new IllegalStateException("broken, as the test wants it");
        }
    }

    @BeforeEach
    void start() {
        // A visitor says who it is: mail client and device.
        server = new RunningServer(
                directory,
                new ConcurrentHashMap<>(),
                new Broken(),
                Optional.of(new TestQueue()),
                visitor -> {
                    String[] said = visitor.agent().split("/", -1);
                    return new Verdict(
                            /* counted= */ true, "human", "", said[0], "", said[said.length - 1], "Germany", "Berlin");
                },
                now::get);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static JsonNode example(String name) {
        return JsonMapper.builder().build().readTree(SeedExamplesTest.resource(name));
    }

    /** Every field of the example is in the answer, and is of the same type. */
    private static void hasTheFieldsOf(JsonNode example, JsonNode answer) {
        example.properties().forEach(field -> {
            JsonNode there = answer.path(field.getKey());
            assertThat(there.getNodeType())
                    .as(field.getKey())
                    .isEqualTo(field.getValue().getNodeType());
            if (there.isObject()
                    && !field.getKey().equals("emailClients")
                    && !field.getKey().equals("devices")) {
                hasTheFieldsOf(field.getValue(), there);
            }
        });
    }

    private String key(String plan, String scopes) {
        String account = server.json(server.api("POST", "/accounts", "{\"name\": \"A\", \"plan\": \"" + plan + "\"}"))
                .path("id")
                .asString();
        return server.json(
                        server.api("POST", "/keys", "{\"account\": \"" + account + "\", \"scopes\": [" + scopes + "]}"))
                .path("key")
                .asString();
    }

    private HttpResponse<byte[]> as(String key, String method, String path, String body) {
        return server.send(method, "/api/v1" + path, body, "Authorization", "Bearer " + key);
    }

    private void open(String track, String agent, String at) {
        now.set(Instant.parse(at));
        int before = server.read("/tracks/" + track).path("openCount").asInt();
        server.send("GET", "/api/t/" + track, "", "User-Agent", agent);
        assertThat(RunningServer.eventually(
                        () -> server.read("/tracks/" + track).path("openCount").asInt() == before + 1))
                .isTrue();
    }

    private void click(String track) {
        var token = new LinkToken(LinkToken.Kind.RELAY, TrackId.parse(track).orElseThrow(), 0, "https://shop.example/");
        server.send("GET", "/c/" + token.sign(RunningServer.KEYS), "", "User-Agent", "Gmail/iPhone");
        assertThat(RunningServer.eventually(
                        () -> server.read("/tracks/" + track).path("clickCount").asInt() == 1))
                .isTrue();
    }

    private List<String> listed(String query) {
        return server.read("/tracks" + query)
                .path("data")
                .valueStream()
                .map(track -> track.path("id").asString())
                .toList();
    }

    @Test
    @DisplayName("All API requests require authentication using an API key.")
    void all_requests_require_a_key() {
        List<Route> calls = server.routes().stream()
                .filter(route -> route.path().startsWith("/api/v1/"))
                // What browsers ask before a call never has a key, and does nothing.
                .filter(route -> !route.method().equals("OPTIONS"))
                .toList();
        assertThat(calls).hasSizeGreaterThan(40);
        for (Route call : calls) {
            // Not so many in one minute that it is told to wait.
            now.set(now.get().plus(Duration.ofMinutes(1)));
            String path = call.path().replaceAll("\\{[^}]*}", "x");
            assertThat(server.send(call.method(), path, "").statusCode())
                    .as(path)
                    .isEqualTo(401);
        }
    }

    @Test
    @DisplayName("Include your API key in the Authorization header: Authorization: Bearer ms_live_xxxxxxxxxxxxxxxxxxxx")
    void the_key_stands_in_the_authorization_header() {
        String key = server.json(server.api("POST", "/keys", "{}")).path("key").asString();
        assertThat(key).matches("ms_live_[0-9A-Za-z]{20,}");
        assertThat(as(key, "GET", "/tracks", "").statusCode()).isEqualTo(200);
        assertThat(server.send("GET", "/api/v1/tracks?key=" + key, "").statusCode())
                .isEqualTo(401);
        assertThat(server.send("GET", "/api/v1/tracks", "", "Authorization", key)
                        .statusCode())
                .isEqualTo(401);
    }

    @Test
    @DisplayName("Never expose your API keys in client-side code.")
    void a_key_that_comes_from_a_page_is_refused() {
        HttpResponse<byte[]> answer = server.send(
                "GET",
                "/api/v1/tracks",
                "",
                "Authorization",
                "Bearer " + RunningServer.ADMIN,
                "Origin",
                "https://shop.example");
        assertThat(answer.statusCode()).isEqualTo(403);
    }

    @Test
    @DisplayName("https://mailsignal.eu/api/v1")
    void the_api_stands_below_api_v1() {
        assertThat(server.routes().stream().map(Route::path))
                .contains("/api/v1/tracks", "/api/v1/tracks/{id}", "/api/v1/analytics");
    }

    @ParameterizedTest(name = "{0}: {1} requests/minute")
    @CsvSource({"free, 100", "pro, 1000", "team, 10000"})
    @DisplayName(
            "API requests are rate limited based on your subscription plan; rate limit info is included in headers")
    void requests_are_limited_by_plan(String plan, int limit) {
        String key = key(plan, "\"read\"");
        HttpResponse<byte[]> first = as(key, "GET", "/tracks", "");
        assertThat(first.headers().firstValue("X-RateLimit-Limit")).contains(Integer.toString(limit));
        assertThat(first.headers().firstValue("X-RateLimit-Remaining")).contains(Integer.toString(limit - 1));
        assertThat(first.headers().firstValue("X-RateLimit-Reset"))
                .contains(Long.toString(Instant.parse("2025-01-28T07:01:00Z").getEpochSecond()));
        assertThat(as(key, "GET", "/tracks/none", "").headers().firstValue("X-RateLimit-Remaining"))
                .as("refusals carry it, too")
                .contains(Integer.toString(limit - 2));
    }

    @Test
    @DisplayName("Each track generates a unique pixel URL that you embed in your emails.")
    void each_track_has_a_pixel_of_its_own() {
        var pixels = new HashSet<String>();
        String many = "{\"tracks\": [" + (BODY + ",").repeat(999) + BODY + "]}";
        server.json(server.api("POST", "/tracks/batch", many))
                .path("data")
                .forEach(one -> pixels.add(one.path("track").path("pixelUrl").asString()));
        assertThat(pixels).hasSize(1_000);
    }

    @Test
    @DisplayName("recipient | string | Yes | Recipient email address")
    void the_recipient_is_required() {
        assertThat(server.api("POST", "/tracks", "{\"recipient\": \"john@example.com\"}")
                        .statusCode())
                .isEqualTo(201);
        for (String body : List.of(
                "{}",
                "{\"subject\": \"Meeting Tomorrow\"}",
                "{\"recipient\": null}",
                "{\"recipient\": 1}",
                "{\"recipient\": \"john\"}")) {
            assertThat(server.api("POST", "/tracks", body).statusCode())
                    .as(body)
                    .isEqualTo(400);
        }
    }

    @ParameterizedTest(name = "{0} | string | No")
    @ValueSource(strings = {"subject", "campaign"})
    @DisplayName("subject: Email subject line; campaign: Campaign identifier for grouping")
    void subject_and_campaign_are_optional(String field) {
        JsonNode with = server.json(
                server.api("POST", "/tracks", "{\"recipient\": \"john@example.com\", \"" + field + "\": \"Ä 1\"}"));
        assertThat(with.path(field).asString()).isEqualTo("Ä 1");
        JsonNode without = server.json(server.api("POST", "/tracks", "{\"recipient\": \"john@example.com\"}"));
        assertThat(without.path(field).isNull()).isTrue();
        assertThat(server.api("POST", "/tracks", "{\"recipient\": \"john@example.com\", \"" + field + "\": 1}")
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    @DisplayName("Create a new tracking pixel for an email.")
    void a_track_is_answered_as_in_the_example() {
        HttpResponse<byte[]> made = server.api("POST", "/tracks", BODY);
        assertThat(made.statusCode()).isEqualTo(201);
        JsonNode track = server.json(made);
        String id = track.path("id").asString();
        assertThat(id).startsWith("trk_");
        example("track-made.json").properties().forEach(field -> {
            String expected = field.getValue()
                    .toString()
                    .replace("https://mailsignal.eu", "https://t.example")
                    .replace("trk_abc123xyz", id);
            assertThat(track.path(field.getKey()).toString()).as(field.getKey()).isEqualTo(expected);
        });
    }

    @Test
    @DisplayName("Add the pixel URL as an invisible image in your HTML email.")
    void the_pixel_is_an_image_that_counts_an_open() {
        JsonNode track = server.json(server.api("POST", "/tracks", BODY));
        String id = track.path("id").asString();
        String image = SeedExamplesTest.resource("pixel.html")
                .replace("https://mailsignal.eu", "https://t.example")
                .replace("trk_abc123xyz", id);
        Matcher source = Pattern.compile("src=\"([^\"]+)\"").matcher(image);
        assertThat(source.find()).isTrue();
        assertThat(source.group(1)).isEqualTo(track.path("pixelUrl").asString());

        HttpResponse<byte[]> pixel = server.get(source.group(1).substring("https://t.example".length()));
        assertThat(pixel.statusCode()).isEqualTo(200);
        assertThat(pixel.headers().firstValue("Content-Type")).contains("image/gif");
        assertThat(RunningServer.eventually(
                        () -> server.read("/tracks/" + id).path("openCount").asInt() == 1))
                .isTrue();
    }

    @Test
    @DisplayName("limit: Number of tracks to return (default: 50, max: 100)")
    void a_list_has_fifty_tracks_and_at_most_a_hundred() {
        server.api("POST", "/tracks/batch", "{\"tracks\": [" + (BODY + ",").repeat(119) + BODY + "]}");
        assertThat(listed("")).hasSize(50);
        assertThat(listed("?limit=20")).hasSize(20);
        assertThat(listed("?limit=100")).hasSize(100);
        for (String limit : List.of("101", "0", "-1", "many")) {
            assertThat(server.api("GET", "/tracks?limit=" + limit, "").statusCode())
                    .isEqualTo(400);
        }
    }

    @Test
    @DisplayName("cursor: Pagination cursor from previous response")
    void a_cursor_leads_to_the_next_page() {
        server.api("POST", "/tracks/batch", "{\"tracks\": [" + (BODY + ",").repeat(59) + BODY + "]}");
        JsonNode first = server.read("/tracks");
        var seen = new HashSet<>(listed(""));
        List<String> rest = listed("?cursor=" + first.path("nextCursor").asString());
        assertThat(rest).hasSize(10);
        seen.addAll(rest);
        assertThat(seen).hasSize(60);
    }

    @Test
    @DisplayName("campaign: Filter by campaign name")
    void a_list_is_filtered_by_campaign() {
        String wanted = server.track(BODY);
        server.track("{\"recipient\": \"john@example.com\", \"campaign\": \"sales-outreach-2\"}");
        server.track("{\"recipient\": \"john@example.com\"}");
        assertThat(listed("?campaign=sales-outreach")).containsExactly(wanted);
        assertThat(listed("?limit=20&campaign=sales-outreach&opened=true")).isEmpty();
    }

    @Test
    @DisplayName("opened: Filter by open status (true/false)")
    void a_list_is_filtered_by_open_status() {
        String opened = server.track(BODY);
        String unopened = server.track(BODY);
        open(opened, "Gmail/iPhone", "2025-01-28T09:15:00Z");
        assertThat(listed("?opened=true")).containsExactly(opened);
        assertThat(listed("?opened=false")).containsExactly(unopened);
        assertThat(server.api("GET", "/tracks?opened=perhaps", "").statusCode()).isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource({
        "from=2025-01-28T07:00:00Z, 1",
        "from=2025-01-28T07:00:01Z, 0",
        "from=2025-01-28T08:00:00%2B01:00&to=2025-01-28T09:00:00%2B01:00, 1",
        "from=2025-01-28&to=2025-01-28, 1",
        "to=2025-01-27, 0",
        "from=2025-01-29, 0"
    })
    @DisplayName("from/to: Date range filter (ISO 8601)")
    void a_list_is_filtered_by_dates(String query, int found) {
        server.track(BODY);
        assertThat(listed("?" + query)).hasSize(found);
        assertThat(server.api("GET", "/tracks?from=28.1.2025", "").statusCode()).isEqualTo(400);
    }

    @Test
    @DisplayName("Get detailed information about a specific track including all opens.")
    void a_track_is_shown_with_its_opens_as_in_the_example() {
        String id = server.track(BODY);
        open(id, "Gmail/iPhone", "2025-01-28T09:15:00Z");
        open(id, "Outlook/Desktop", "2025-01-28T14:30:00Z");
        open(id, "Gmail/iPhone", "2025-01-28T18:00:00Z");
        click(id);

        JsonNode track = server.read("/tracks/" + id);
        JsonNode example = example("track.json");
        for (String field : List.of("recipient", "subject", "campaign", "createdAt", "openCount", "clickCount")) {
            assertThat(track.path(field)).as(field).isEqualTo(example.path(field));
        }
        assertThat(track.path("id").asString()).isEqualTo(id);
        assertThat(track.path("opens")).hasSize(3);
        for (int i = 0; i < example.path("opens").size(); i++) {
            JsonNode open = track.path("opens").path(i);
            example.path("opens")
                    .path(i)
                    .properties()
                    .forEach(field -> assertThat(open.path(field.getKey()))
                            .as(field.getKey())
                            .isEqualTo(field.getValue()));
        }
        hasTheFieldsOf(example, track);
    }

    @Test
    @DisplayName("Get aggregated analytics for your email tracking.")
    void a_report_has_the_fields_of_the_example() {
        String id = server.track(BODY);
        open(id, "Gmail/iPhone", "2025-01-28T09:15:00Z");
        click(id);
        JsonNode report = server.read("/analytics?period=30d&groupBy=day");
        JsonNode example = example("analytics.json");
        hasTheFieldsOf(example, report);
        hasTheFieldsOf(example.path("timeline").path(0), report.path("timeline").path(0));
        assertThat(report.path("summary").path("totalTracks").asInt()).isEqualTo(1);
        assertThat(report.path("emailClients").toString()).isEqualTo("{\"Gmail\":1}");
        assertThat(report.path("devices").toString()).isEqualTo("{\"Mobile\":1}");
    }

    @ParameterizedTest(name = "{0}: {1} days")
    @CsvSource({"7d, 7", "30d, 30", "90d, 90", "1y, 366"})
    @DisplayName("period: Time period: 7d, 30d, 90d, 1y (default: 30d)")
    void a_report_is_about_a_period(String period, int days) {
        JsonNode report = server.read("/analytics?period=" + period);
        assertThat(report.path("period").asString()).isEqualTo(period);
        assertThat(report.path("timeline")).as("2024 was a leap year").hasSize(days);
        assertThat(server.read("/analytics").path("period").asString()).isEqualTo("30d");
        assertThat(server.api("GET", "/analytics?period=31d", "").statusCode()).isEqualTo(400);
    }

    @Test
    @DisplayName("campaign: Filter by campaign")
    void a_report_is_about_a_campaign() {
        server.track(BODY);
        server.track("{\"recipient\": \"john@example.com\"}");
        assertThat(server.read("/analytics?campaign=sales-outreach")
                        .at("/summary/totalTracks")
                        .asInt())
                .isEqualTo(1);
        assertThat(server.read("/analytics").at("/summary/totalTracks").asInt()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"day, 2025-01-28", "week, 2025-01-27", "month, 2025-01-01"})
    @DisplayName("groupBy: Group results: day, week, month")
    void a_report_is_grouped(String step, String date) {
        server.track(BODY);
        JsonNode last = server.read("/analytics?groupBy=" + step)
                .path("timeline")
                .valueStream()
                .reduce((one, next) -> next)
                .orElseThrow();
        assertThat(last.path("date").asString()).isEqualTo(date);
        assertThat(last.path("tracks").asInt()).isEqualTo(1);
        assertThat(server.api("GET", "/analytics?groupBy=hour", "").statusCode())
                .isEqualTo(400);
    }

    private void answers(HttpResponse<byte[]> answer, int status, String phrase) {
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(server.json(answer).path("title").asString()).isEqualTo(phrase);
    }

    @Test
    @DisplayName("200 | OK | Request successful; 201 | Created | Resource created successfully")
    void success_is_200_and_creation_201() {
        assertThat(server.api("GET", "/tracks", "").statusCode()).isEqualTo(200);
        assertThat(server.api("POST", "/tracks", BODY).statusCode()).isEqualTo(201);
    }

    @Test
    @DisplayName("400 | Bad Request | Invalid request parameters")
    void invalid_parameters_are_400() {
        answers(server.api("GET", "/tracks?limit=0", ""), 400, "Bad Request");
        answers(server.api("POST", "/tracks", "{"), 400, "Bad Request");
    }

    @Test
    @DisplayName("401 | Unauthorized | Invalid or missing API key")
    void an_invalid_or_missing_key_is_401() {
        answers(server.get("/api/v1/tracks"), 401, "Unauthorized");
        answers(as("ms_live_xxxx", "GET", "/tracks", ""), 401, "Unauthorized");
    }

    @Test
    @DisplayName("403 | Forbidden | Quota exceeded or insufficient permissions")
    void quota_and_permissions_are_403() {
        answers(as(key("pro", "\"read\""), "POST", "/tracks", BODY), 403, "Forbidden");
        server.api("POST", "/accounts", "{\"name\": \"B\", \"plan\": \"pro\", \"monthlyTracks\": 0}");
        String account = server.read("/accounts")
                .path("data")
                .valueStream()
                .filter(one -> one.path("name").asString().equals("B"))
                .map(one -> one.path("id").asString())
                .findFirst()
                .orElseThrow();
        String key = server.json(server.api("POST", "/keys", "{\"account\": \"" + account + "\"}"))
                .path("key")
                .asString();
        HttpResponse<byte[]> over = as(key, "POST", "/tracks", BODY);
        answers(over, 403, "Forbidden");
        assertThat(server.json(over).path("code").asString()).isEqualTo("quota_exceeded");
    }

    @Test
    @DisplayName("404 | Not Found | Resource not found")
    void what_is_not_there_is_404() {
        answers(server.api("GET", "/tracks/trk_abc123xyz", ""), 404, "Not Found");
        answers(server.api("GET", "/nothing", ""), 404, "Not Found");
    }

    @Test
    @DisplayName("429 | Too Many Requests | Rate limit exceeded")
    void calls_beyond_the_plan_are_429() {
        String key = key("free", "\"read\"");
        for (int i = 0; i < 100; i++) {
            assertThat(as(key, "GET", "/tracks?limit=1", "").statusCode()).isEqualTo(200);
        }
        HttpResponse<byte[]> over = as(key, "GET", "/tracks?limit=1", "");
        answers(over, 429, "Too Many Requests");
        assertThat(over.headers().firstValue("X-RateLimit-Remaining")).contains("0");
    }

    @Test
    @DisplayName("500 | Server Error | Internal server error")
    void what_breaks_inside_is_500() {
        HttpResponse<byte[]> broken = server.api("GET", "/outbox", "");
        answers(broken, 500, "Internal Server Error");
        assertThat(broken.headers().firstValue("X-RateLimit-Limit")).isPresent();
        assertThat(RunningServer.text(broken)).doesNotContain("as the test wants it", "Exception");
    }
}
