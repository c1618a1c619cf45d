package org.signalpost.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.signalpost.event.Event;
import org.signalpost.event.EventLog;
import org.signalpost.event.Purchase;
import org.signalpost.store.Verdict;
import org.signalpost.track.NewTrack;
import org.signalpost.track.Outbox;
import org.signalpost.track.TrackId;
import tools.jackson.databind.JsonNode;

/** Purchases: each order once, exact, and put down to the mail that led to it. */
class PurchasesTest {
    private static final Instant NOW = Instant.parse("2025-01-30T12:00:00Z");
    private static final String SEED = """
            {
              "email": "ann@example.com",
              "orderId": "order_1234",
              "revenue": 49.99,
              "currency": "USD",
              "items": [
                { "id": "prod_abc", "name": "Pro Plan", "price": 49.99, "quantity": 1 }
              ],
              "messageId": "msg_01ABCDEF"
            }""";

    @TempDir
    Path directory;

    private final AtomicReference<Instant> now = new AtomicReference<>(NOW);
    private RunningServer server;
    private EventLog log;
    private int made;

    @BeforeEach
    void start() {
        server = new RunningServer(
                directory,
                new ConcurrentHashMap<>(),
                Outbox.EMPTY,
                Optional.empty(),
                visitor -> {
                    boolean human = !visitor.agent().equals("bot");
                    return new Verdict(human, human ? "human" : "scanner", "", "Gmail", "", "Desktop", "", "");
                },
                now::get);
        log = new EventLog(server.events);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private TrackId track(String recipient, String campaign, String message) {
        var id = new TrackId(7, ++made);
        log.keep(new Event.Made(
                new NewTrack(id, recipient, "Sale", campaign, message, "", now.get()), 1, Optional.empty()));
        return id;
    }

    private void opened(TrackId track, String agent) {
        log.keep(new Event.Opened(track, now.get(), new Event.Visitor("192.0.2.7", agent), ""));
    }

    private void clicked(TrackId track, String agent) {
        log.keep(
                new Event.Clicked(track, now.get(), new Event.Visitor("192.0.2.7", agent), 0, "https://shop.example/"));
    }

    private JsonNode bought(String body) {
        HttpResponse<byte[]> answer = server.api("POST", "/track/purchase", body);
        assertThat(answer.statusCode()).as(RunningServer.text(answer)).isEqualTo(200);
        return server.json(answer);
    }

    private JsonNode bought(String order, String revenue, String currency) {
        return bought("{\"email\": \"ann@example.com\", \"orderId\": \"" + order + "\", \"revenue\": " + revenue
                + ", \"currency\": \"" + currency + "\"}");
    }

    private JsonNode revenue(String query) {
        return server.read("/analytics/revenue" + query);
    }

    private static String sum(JsonNode takings) {
        return takings.path("purchases") + " " + takings.path("refunds") + " " + takings.path("revenue");
    }

    @Test
    void the_seeds_purchase_is_taken_and_put_down_to_the_mail_it_names() {
        track("bob@example.com", "other", "msg_01ABCDEF");
        track("ann@example.com", "spring", "msg_01ABCDEF");
        JsonNode answer = bought(SEED);
        assertThat(answer.path("success").asBoolean()).isTrue();
        assertThat(answer.path("tracked").asBoolean()).isTrue();

        JsonNode report = revenue("?period=30d");
        assertThat(sum(report.path("summary"))).isEqualTo("1 0 {\"USD\":\"49.99\"}");
        assertThat(sum(report.path("creditedBy").path("message"))).isEqualTo("1 0 {\"USD\":\"49.99\"}");
        assertThat(sum(report.path("unattributed"))).isEqualTo("0 0 {}");
        assertThat(report.path("campaigns")).hasSize(1);
        assertThat(report.path("campaigns").path(0).path("campaign").asString()).isEqualTo("spring");
        assertThat(report.path("timeline")).hasSize(30);
        assertThat(sum(report.path("timeline").path(29))).isEqualTo("1 0 {\"USD\":\"49.99\"}");

        JsonNode summary = server.read("/analytics?campaign=spring").path("summary");
        assertThat(sum(summary)).isEqualTo("1 0 {\"USD\":\"49.99\"}");
        assertThat(sum(server.read("/analytics?campaign=other").path("summary")))
                .isEqualTo("0 0 {}");
    }

    @Test
    void an_order_counts_once_also_after_a_restart_and_from_many_at_once() throws Exception {
        assertThat(bought(SEED).path("duplicate").asBoolean()).isFalse();
        assertThat(bought(SEED).path("duplicate").asBoolean()).isTrue();
        stop();
        start();
        assertThat(bought(SEED.replace("49.99", "50")).path("duplicate").asBoolean())
                .isTrue();
        try (var callers = Executors.newFixedThreadPool(8)) {
            var calls = java.util.Collections.nCopies(
                    40, (java.util.concurrent.Callable<JsonNode>) () -> bought("at once", "1", "EUR"));
            for (var answer : callers.invokeAll(calls)) {
                assertThat(answer.get().path("success").asBoolean()).isTrue();
            }
        }
        assertThat(sum(revenue("").path("unattributed"))).isEqualTo("2 0 {\"EUR\":\"1.00\",\"USD\":\"49.99\"}");
    }

    @Test
    void the_last_click_leads_to_a_purchase_else_the_last_open_within_seven_days() {
        TrackId first = track("ann@example.com", "first", "");
        TrackId second = track("ann@example.com", "second", "");
        TrackId third = track("ann@example.com", "third", "");
        bought("nothing seen", "1", "USD");
        opened(first, "person");
        bought("opened", "2", "USD");
        clicked(second, "person");
        now.set(NOW.plus(Duration.ofHours(1)));
        opened(third, "person");
        clicked(third, "bot");
        bought("clicked", "4", "USD");
        now.set(NOW.plus(Duration.ofDays(7)).plus(Duration.ofMinutes(30)));
        bought("the click is too old", "8", "USD");
        now.set(NOW.plus(Duration.ofDays(8)));
        bought("all is too old", "16", "USD");

        JsonNode report = revenue("?period=30d");
        assertThat(sum(report.path("creditedBy").path("open"))).isEqualTo("2 0 {\"USD\":\"10.00\"}");
        assertThat(sum(report.path("creditedBy").path("click"))).isEqualTo("1 0 {\"USD\":\"4.00\"}");
        assertThat(sum(report.path("unattributed"))).isEqualTo("2 0 {\"USD\":\"17.00\"}");
        assertThat(sum(revenue("?campaign=first").path("summary"))).isEqualTo("1 0 {\"USD\":\"2.00\"}");
        assertThat(sum(revenue("?campaign=second").path("summary"))).isEqualTo("1 0 {\"USD\":\"4.00\"}");
        assertThat(sum(revenue("?campaign=third").path("summary"))).isEqualTo("1 0 {\"USD\":\"8.00\"}");
    }

    @Test
    void money_is_exact_and_paid_back_money_is_taken_off() {
        opened(track("ann@example.com", "c", ""), "person");
        for (int i = 0; i < 30; i++) {
            bought("dime " + i, "0.1", "USD");
        }
        bought("back", "-0.3", "usd");
        bought("yen", "1500", "JPY");
        bought("dinar", "\"1.2345\"", "KWD");
        bought("large", "99999999999.9999", "EUR");
        bought("small", "0.0001", "EUR");
        assertThat(sum(revenue("").path("summary")))
                .isEqualTo("34 1 {\"EUR\":\"100000000000.00\",\"JPY\":\"1500\",\"KWD\":\"1.2345\",\"USD\":\"2.70\"}");
    }

    @Test
    void sums_stay_exact_however_large_they_are() {
        opened(track("ann@example.com", "c", ""), "person");
        var all = new java.util.ArrayList<Event>();
        for (int i = 0; i < 12_000; i++) {
            all.add(new Event.Purchased(
                    new Purchase(
                            1,
                            "o" + i,
                            "ann@example.com",
                            new BigDecimal("99999999999.9999"),
                            "USD",
                            "",
                            "",
                            now.get()),
                    Optional.empty()));
        }
        log.keep(all);
        assertThat(RunningServer.eventually(
                        () -> sum(revenue("").path("summary")).equals("12000 0 {\"USD\":\"1199999999999998.80\"}")))
                .as(revenue("").toString())
                .isTrue();
    }

    @Test
    void an_address_that_grows_in_lower_case_is_measured_as_it_is_kept() {
        String label = "a".repeat(60) + ".";
        String fits = "x@" + label.repeat(4) + "example";
        assertThat(fits.length()).isLessThan(254);
        String grows = "x@\u0130" + label.repeat(4) + "abcde";
        String body = SEED.replace("ann@example.com", grows);
        assertThat(grows.length()).isLessThanOrEqualTo(254);
        HttpResponse<byte[]> answer = server.api("POST", "/track/purchase", body);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(sum(revenue("").path("unattributed"))).isEqualTo("1 0 {\"USD\":\"49.99\"}");
        String tooLong = "x@\u0130" + label.repeat(4) + "abcdefg";
        assertThat(tooLong.length()).isEqualTo(254);
        assertThat(server.api("POST", "/track/purchase", SEED.replace("ann@example.com", tooLong))
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void a_visitor_uses_up_nothing_of_the_accounts_servers() {
        String account = server.json(server.api("POST", "/accounts", "{\"name\": \"A\", \"plan\": \"free\"}"))
                .path("id")
                .asString();
        String made = "{\"account\": \"" + account + "\", \"type\": \"public\"}";
        String visitor =
                server.json(server.api("POST", "/keys", made)).path("key").asString();
        for (int i = 0; i < 100; i++) {
            fromPage(visitor, "https://shop.example", "POST", "/api/v1/track/purchase", "{}");
        }
        HttpResponse<byte[]> over = fromPage(visitor, "https://shop.example", "POST", "/api/v1/track/purchase", SEED);
        assertThat(over.statusCode()).isEqualTo(429);
        assertThat(over.headers().firstValue("Access-Control-Allow-Origin")).contains("*");
        assertThat(status(account, "send")).isEqualTo(200);
    }

    @Test
    void purchases_go_with_their_track_to_another_campaign_and_stay_when_it_is_deleted() {
        TrackId track = track("ann@example.com", "old", "m1");
        bought(SEED.replace("msg_01ABCDEF", "m1"));
        server.api("PATCH", "/tracks/" + track, "{\"campaign\": \"new\"}");
        assertThat(sum(revenue("?campaign=old").path("summary"))).isEqualTo("0 0 {}");
        assertThat(sum(revenue("?campaign=new").path("summary"))).isEqualTo("1 0 {\"USD\":\"49.99\"}");

        server.api("DELETE", "/tracks/" + track, "");
        JsonNode report = revenue("");
        assertThat(sum(report.path("summary"))).isEqualTo("0 0 {}");
        assertThat(report.path("campaigns")).isEmpty();
        assertThat(sum(report.path("unattributed"))).isEqualTo("1 0 {\"USD\":\"49.99\"}");
        assertThat(bought(SEED).path("duplicate").asBoolean()).isTrue();
    }

    @Test
    void every_zone_adds_up_to_the_same() {
        for (int i = 0; i < 40; i++) {
            now.set(NOW.minus(Duration.ofHours(17L * i)));
            track("ann@example.com", "c", "m" + i);
            bought(SEED.replace("order_1234", "o" + i)
                    .replace("msg_01ABCDEF", "m" + i)
                    .replace("49.99", "1.01"));
        }
        now.set(NOW);
        for (String zone : java.util.List.of("UTC", "Asia/Kolkata", "America/New_York")) {
            for (String step : java.util.List.of("day", "week", "month")) {
                JsonNode report = revenue("?period=30d&tz=" + zone + "&groupBy=" + step);
                assertThat(sum(report.path("summary"))).isEqualTo("40 0 {\"USD\":\"40.40\"}");
                assertThat(report.path("timeline")
                                .valueStream()
                                .mapToInt(day -> day.path("purchases").asInt())
                                .sum())
                        .isEqualTo(40);
            }
        }
        assertThat(revenue("?groupBy=year").path("status").asInt()).isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"ann@example.com\" | \"nobody\" | email",
                "\"order_1234\" | \"\" | orderId",
                "\"order_1234\" | null | orderId",
                "\"revenue\": 49.99 | \"revenue\": \"much\" | revenue",
                "\"revenue\": 49.99 | \"revenue\": 1e400 | revenue",
                "\"revenue\": 49.99 | \"revenue\": 100000000000 | revenue",
                "\"revenue\": 49.99 | \"revenue\": 1e-5 | revenue",
                "\"revenue\": 49.99 | \"revenue\": null | revenue",
                "\"USD\" | \"dollars\" | currency",
                "\"USD\" | \"ABC\" | currency",
                "\"price\": 49.99 | \"price\": true | items[0].price",
                "\"Pro Plan\" | 5 | items[0].name",
                "\"quantity\": 1 | \"quantity\": {} | items[0].quantity"
            })
    void a_mistake_names_its_field(String right, String wrong, String field) {
        assertThat(SEED).contains(right);
        HttpResponse<byte[]> answer = server.api("POST", "/track/purchase", SEED.replace(right, wrong));
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(server.json(answer).path("errors")).hasSize(1);
        assertThat(server.json(answer).path("errors").path(0).path("field").asString())
                .isEqualTo(field);
    }

    @Test
    void a_key_that_sends_or_writes_may_tell_of_purchases_of_its_own_account() {
        String account = server.json(server.api("POST", "/accounts", "{\"name\": \"A\"}"))
                .path("id")
                .asString();
        assertThat(status(account, "read")).isEqualTo(403);
        assertThat(status(account, "send")).isEqualTo(200);
        assertThat(status(account, "write")).isEqualTo(200);
        assertThat(sum(revenue("").path("unattributed"))).isEqualTo("0 0 {}");
        assertThat(bought(SEED).path("duplicate").asBoolean()).isFalse();
        assertThat(sum(revenue("").path("unattributed"))).isEqualTo("1 0 {\"USD\":\"49.99\"}");
    }

    private String publicKey(String origins) {
        String made = "{\"type\": \"public\", \"origins\": [" + origins + "]}";
        return server.json(server.api("POST", "/keys", made)).path("key").asString();
    }

    private HttpResponse<byte[]> fromPage(String key, String page, String method, String path, String body) {
        return server.send(
                method,
                path,
                body,
                "Authorization",
                "Bearer " + key,
                "Content-Type",
                "application/json",
                "Origin",
                page);
    }

    @Test
    void a_public_key_tells_of_purchases_from_its_pages_and_does_nothing_else() {
        String key = publicKey("\"https://shop.example\"");
        String path = "/api/v1/track/purchase";
        HttpResponse<byte[]> good = fromPage(key, "https://shop.example", "POST", path, SEED);
        assertThat(good.statusCode()).isEqualTo(200);
        assertThat(good.headers().firstValue("Access-Control-Allow-Origin")).contains("*");
        HttpResponse<byte[]> mistaken = fromPage(key, "https://shop.example", "POST", path, "{}");
        assertThat(mistaken.statusCode()).isEqualTo(400);
        assertThat(mistaken.headers().firstValue("Access-Control-Allow-Origin")).contains("*");

        HttpResponse<byte[]> elsewhere = fromPage(key, "https://evil.example", "POST", path, SEED);
        assertThat(elsewhere.statusCode()).isEqualTo(403);
        assertThat(server.json(elsewhere).path("code").asString()).isEqualTo("origin_not_allowed");
        assertThat(elsewhere.headers().firstValue("Access-Control-Allow-Origin"))
                .isEmpty();
        String everywhere = publicKey("");
        assertThat(fromPage(everywhere, "https://evil.example", "POST", path, SEED)
                        .statusCode())
                .isEqualTo(200);

        for (String read : java.util.List.of("/api/v1/tracks", "/api/v1/analytics/revenue", "/api/v1/keys")) {
            HttpResponse<byte[]> refused = fromPage(key, "https://shop.example", "GET", read, "");
            assertThat(refused.statusCode()).isEqualTo(403);
            assertThat(server.json(refused).path("code").asString()).isEqualTo("insufficient_scope");
            assertThat(refused.headers().firstValue("Access-Control-Allow-Origin"))
                    .isEmpty();
        }
        HttpResponse<byte[]> secret = fromPage(RunningServer.ADMIN, "https://shop.example", "POST", path, SEED);
        assertThat(server.json(secret).path("code").asString()).isEqualTo("secret_key_in_browser");
    }

    @Test
    void of_all_routes_a_public_key_opens_those_that_tell_what_somebody_did() {
        String key = publicKey("");
        var opened = new java.util.TreeSet<String>();
        for (Route route : server.routes()) {
            if (!route.path().startsWith("/api/v1/") || route.method().equals("OPTIONS")) {
                continue;
            }
            String path = route.path().replaceAll("[{][a-z]+[}]", "trk_0000000000000000000000");
            HttpResponse<byte[]> answer = fromPage(key, "https://shop.example", route.method(), path, "");
            if (answer.statusCode() != 403) {
                opened.add(route.method() + " " + path);
            }
            assertThat(answer.headers()
                            .firstValue("Access-Control-Allow-Origin")
                            .isPresent())
                    .as(path)
                    .isEqualTo(answer.statusCode() != 403);
            assertThat(answer.headers().firstValue("Access-Control-Allow-Credentials"))
                    .isEmpty();
        }
        assertThat(opened).containsExactly("POST /api/v1/track/purchase");
    }

    @Test
    void a_browser_is_told_what_a_page_may_call() {
        HttpResponse<byte[]> may =
                server.send("OPTIONS", "/mail/v1/track/purchase", "", "Origin", "https://shop.example");
        assertThat(may.statusCode()).isEqualTo(204);
        assertThat(may.headers().firstValue("Access-Control-Allow-Headers"))
                .contains("Authorization, Content-Type, Idempotency-Key");
        HttpResponse<byte[]> mayNot = server.send("OPTIONS", "/api/v1/tracks", "", "Origin", "https://shop.example");
        assertThat(mayNot.statusCode()).isEqualTo(405);
        assertThat(mayNot.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
    }

    private int status(String account, String scope) {
        String made = "{\"account\": \"" + account + "\", \"scopes\": [\"" + scope + "\"]}";
        String key = server.json(server.api("POST", "/keys", made)).path("key").asString();
        return server.send(
                        "POST",
                        "/mail/v1/track/purchase",
                        SEED,
                        "Authorization",
                        "Bearer " + key,
                        "Content-Type",
                        "application/json")
                .statusCode();
    }

    @Test
    void the_same_call_is_answered_the_same() {
        for (int i = 0; i < 2; i++) {
            HttpResponse<byte[]> answer = server.send(
                    "POST",
                    i == 0 ? "/mail/v1/track/purchase" : "/v1/track/purchase",
                    SEED,
                    "Authorization",
                    "Bearer " + RunningServer.ADMIN,
                    "Content-Type",
                    "application/json",
                    "Idempotency-Key",
                    "k");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(server.json(answer).path("duplicate").asBoolean()).isFalse();
        }
    }
}
