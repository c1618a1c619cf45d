package org.signalpost.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.signalpost.event.Event;
import org.signalpost.event.EventLog;
import org.signalpost.store.Verdict;
import org.signalpost.track.NewTrack;
import org.signalpost.track.Outbox;
import org.signalpost.track.TrackId;
import tools.jackson.databind.JsonNode;

class AnalyticsTest {
    private static final Instant NOW = Instant.parse("2025-01-30T12:00:00Z");

    @TempDir
    Path directory;

    private final AtomicReference<Instant> now = new AtomicReference<>(NOW);
    private RunningServer server;
    private EventLog log;
    private int made;

    @BeforeEach
    void start() {
        InstantSource clock = now::get;
        // A visitor says who it is: mail client, device, and whether it is a machine.
        server = new RunningServer(
                directory,
                new ConcurrentHashMap<>(),
                Outbox.EMPTY,
                Optional.empty(),
                visitor -> {
                    String[] said = visitor.agent().split("/", -1);
                    boolean human = !said[0].equals("bot");
                    return new Verdict(
                            human, human ? "human" : "scanner", "", said[0], "", said[1], "Germany", "Berlin");
                },
                clock);
        log = new EventLog(server.events);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private TrackId track(Instant at, String campaign) {
        var id = new TrackId(7, ++made);
        log.keep(
                new Event.Made(new NewTrack(id, "ann@example.com", "Sale", campaign, "", "", at), 1, Optional.empty()));
        return id;
    }

    private Event opened(TrackId track, String who) {
        return new Event.Opened(track, now.get(), new Event.Visitor("192.0.2.7", who), "");
    }

    private Event clicked(TrackId track, String who, String url) {
        return new Event.Clicked(track, now.get(), new Event.Visitor("192.0.2.7", who), 0, url);
    }

    /** Asks once everything that was written is in the books. */
    private JsonNode analytics(String query) {
        assertThat(server.track("{\"recipient\":\"settled@example.com\",\"campaign\":\"settled\"}"))
                .startsWith("trk_");
        return server.read("/analytics" + query);
    }

    @Test
    void the_seeds_arithmetic_holds() {
        var tracks = new ArrayList<TrackId>();
        for (int i = 0; i < 150; i++) {
            tracks.add(track(NOW.minus(Duration.ofDays(i % 29)), "sales-outreach"));
        }
        var clients = new ArrayList<String>();
        clients.addAll(java.util.Collections.nCopies(45, "Gmail"));
        clients.addAll(java.util.Collections.nCopies(28, "Outlook"));
        clients.addAll(java.util.Collections.nCopies(16, "Apple Mail"));
        var devices = new ArrayList<String>();
        devices.addAll(java.util.Collections.nCopies(52, "Desktop"));
        devices.addAll(java.util.Collections.nCopies(35, "iPhone"));
        devices.addAll(java.util.Collections.nCopies(2, "iPad"));
        java.util.Collections.shuffle(devices, new Random(1));
        var events = new ArrayList<Event>();
        for (int i = 0; i < 89; i++) {
            events.add(opened(tracks.get(i % 72), clients.get(i) + "/" + devices.get(i)));
        }
        for (int i = 0; i < 23; i++) {
            events.add(clicked(tracks.get(i % 20), "Gmail/iPhone", "https://shop.example/" + i % 3));
        }
        log.keep(events);

        JsonNode answer = analytics("?period=30d&groupBy=day&campaign=sales-outreach");

        JsonNode summary = answer.path("summary");
        assertThat(answer.path("period").asString()).isEqualTo("30d");
        assertThat(summary.path("totalTracks").asInt()).isEqualTo(150);
        assertThat(summary.path("totalOpens").asInt()).isEqualTo(89);
        assertThat(summary.path("uniqueOpens").asInt()).isEqualTo(72);
        assertThat(summary.path("openRate").toString()).isEqualTo("48.0");
        assertThat(summary.path("totalClicks").asInt()).isEqualTo(23);
        assertThat(summary.path("clickRate").toString()).isEqualTo("15.3");
        assertThat(summary.path("uniqueClicks").asInt()).isEqualTo(20);
        assertThat(answer.path("emailClients").toString()).isEqualTo("{\"Gmail\":45,\"Outlook\":28,\"Apple Mail\":16}");
        assertThat(answer.path("devices").toString()).isEqualTo("{\"Desktop\":52,\"Mobile\":35,\"Tablet\":2}");
        assertThat(answer.path("timeline")).hasSize(30);
        assertThat(answer.path("timeline").path(0).path("date").asString()).isEqualTo("2025-01-01");
        assertThat(answer.path("timeline").path(29).path("date").asString()).isEqualTo("2025-01-30");
        assertThat(sum(answer, "tracks")).isEqualTo(150);
        assertThat(sum(answer, "opens")).isEqualTo(89);
        assertThat(sum(answer, "clicks")).isEqualTo(23);
    }

    private static long sum(JsonNode answer, String measure) {
        return answer.path("timeline")
                .valueStream()
                .mapToLong(day -> day.path(measure).asLong())
                .sum();
    }

    @Test
    void machines_stand_apart_and_are_counted_on_request() {
        TrackId seen = track(NOW, "c");
        TrackId scanned = track(NOW, "c");
        track(NOW, "c");
        log.keep(List.of(
                opened(seen, "bot/"),
                opened(scanned, "bot/"),
                opened(scanned, "bot/"),
                opened(seen, "Gmail/"),
                clicked(scanned, "bot/", "https://a.example/"),
                clicked(seen, "Gmail/", "https://a.example/")));

        JsonNode people = analytics("?campaign=c").path("summary");
        assertThat(people.path("totalOpens").asInt()).isEqualTo(1);
        assertThat(people.path("uniqueOpens").asInt()).isEqualTo(1);
        assertThat(people.path("machineOpens").asInt()).isEqualTo(3);
        assertThat(people.path("botClicks").asInt()).isEqualTo(1);
        assertThat(people.path("unverifiableTracks").asInt()).isEqualTo(1);
        JsonNode all = server.read("/analytics?campaign=c&include=machine");
        assertThat(all.path("summary").path("totalOpens").asInt()).isEqualTo(4);
        assertThat(all.path("summary").path("uniqueOpens").asInt()).isEqualTo(2);
        assertThat(all.path("summary").path("totalClicks").asInt()).isEqualTo(2);
        assertThat(all.path("emailClients").toString()).isEqualTo("{\"bot\":3,\"Gmail\":1}");
        assertThat(all.path("devices").toString()).isEqualTo("{\"Unknown\":4}");
        assertThat(server.read("/tracks/" + scanned).path("state").asString()).isEqualTo("unverifiable");
        assertThat(server.read("/tracks/" + scanned).path("opens")).isEmpty();
        assertThat(server.read("/tracks/" + scanned + "?include=machine").path("opens"))
                .hasSize(2);
    }

    @Test
    void a_track_that_moves_or_goes_takes_everything_with_it() {
        TrackId moved = track(NOW, "old");
        TrackId gone = track(NOW, "old");
        log.keep(List.of(
                opened(moved, "Gmail/iPhone"),
                clicked(moved, "Gmail/iPhone", "https://a.example/"),
                clicked(moved, "Gmail/iPhone", "https://a.example/"),
                opened(gone, "Outlook/Desktop"),
                opened(gone, "bot/")));
        JsonNode before = analytics("?campaign=old");
        assertThat(before.path("summary").path("totalOpens").asInt()).isEqualTo(2);

        assertThat(server.api("PATCH", "/tracks/" + moved, "{\"campaign\": \"new\"}")
                        .statusCode())
                .isEqualTo(200);
        assertThat(server.api("DELETE", "/tracks/" + gone, "").statusCode()).isEqualTo(204);

        JsonNode old = server.read("/analytics?campaign=old");
        assertThat(old.path("summary").path("totalTracks").asInt()).isZero();
        assertThat(old.path("summary").path("totalOpens").asInt()).isZero();
        assertThat(old.path("summary").path("machineOpens").asInt()).isZero();
        assertThat(old.path("emailClients")).isEmpty();
        JsonNode fresh = server.read("/analytics?campaign=new");
        assertThat(fresh.path("summary").path("totalClicks").asInt()).isEqualTo(2);
        assertThat(fresh.path("emailClients").toString()).isEqualTo("{\"Gmail\":1}");
        JsonNode links = server.read("/analytics/links?campaign=new").path("data");
        assertThat(links.toString())
                .isEqualTo("[{\"url\":\"https://a.example/\",\"clicks\":2,\"uniqueClicks\":1,\"botClicks\":0}]");
        assertThat(server.read("/analytics/links?campaign=old").path("data")).isEmpty();
        assertThat(server.read("/tracks/" + gone).path("status").asInt()).isEqualTo(404);
        server.get("/api/t/" + gone);
        assertThat(analytics("").path("summary").path("totalOpens").asInt()).isEqualTo(1);
        assertThat(server.read("/analytics/locations?campaign=new").path("data").toString())
                .isEqualTo("[{\"country\":\"Germany\",\"city\":\"Berlin\",\"opens\":1,\"clicks\":2}]");
        assertThat(server.read("/analytics/campaigns")
                        .path("data")
                        .valueStream()
                        .map(campaign -> campaign.path("campaign").asString("")))
                .contains("new", "settled")
                .doesNotContain("old");
    }

    @Test
    void hits_that_came_before_their_track_are_counted_when_it_follows() {
        var id = new TrackId(7, 1);
        log.keep(List.of(opened(id, "Gmail/iPhone"), clicked(id, "Gmail/iPhone", "https://a.example/")));
        analytics("");
        log.keep(List.of(opened(id, "Gmail/iPhone")));
        track(NOW, "late");
        assertThat(made).isEqualTo(1);

        JsonNode answer = analytics("?campaign=late");
        assertThat(answer.path("summary").path("totalOpens").asInt()).isEqualTo(2);
        assertThat(answer.path("summary").path("uniqueClicks").asInt()).isEqualTo(1);
        assertThat(answer.path("devices").toString()).isEqualTo("{\"Mobile\":2}");
        assertThat(server.read("/tracks/" + id).path("openCount").asInt()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({
        "UTC, day, 2025-01-28, 2025-01-29",
        "Asia/Kolkata, day, 2025-01-29, 2025-01-29",
        "America/Los_Angeles, day, 2025-01-28, 2025-01-28",
        "UTC, week, 2025-01-27, 2025-01-27",
        "UTC, month, 2025-01-01, 2025-01-01"
    })
    void a_day_begins_where_the_caller_is(String zone, String step, String first, String second) {
        track(Instant.parse("2025-01-28T18:31:00Z"), "z");
        track(Instant.parse("2025-01-29T07:59:00Z"), "z");
        JsonNode answer = analytics("?campaign=z&tz=" + zone + "&groupBy=" + step);
        List<String> days = answer.path("timeline")
                .valueStream()
                .filter(day -> day.path("tracks").asInt() > 0)
                .map(day -> day.path("date").asString())
                .toList();
        assertThat(days).isEqualTo(first.equals(second) ? List.of(first) : List.of(first, second));
        assertThat(sum(answer, "tracks")).isEqualTo(2);
    }

    @Test
    void a_span_is_exact_to_the_quarter_of_an_hour() {
        track(Instant.parse("2025-01-10T10:14:59Z"), "s");
        track(Instant.parse("2025-01-10T10:15:00Z"), "s");
        track(Instant.parse("2025-01-14T23:59:59Z"), "s");
        track(Instant.parse("2025-01-15T00:00:00Z"), "s");
        JsonNode answer = analytics("?campaign=s&from=2025-01-10T10:15:00Z&to=2025-01-14");
        assertThat(answer.path("period").asString()).isEqualTo("custom");
        assertThat(answer.path("from").asString()).isEqualTo("2025-01-10T10:15:00Z");
        assertThat(answer.path("to").asString()).isEqualTo("2025-01-15T00:00:00Z");
        assertThat(answer.path("summary").path("totalTracks").asInt()).isEqualTo(2);
        assertThat(answer.path("timeline")).hasSize(5);
    }

    @ParameterizedTest
    @CsvSource({
        "period=31d, period",
        "groupBy=hour, groupBy",
        "tz=Mars/Olympus, tz",
        "from=yesterday, from",
        "from=2025-02-01&to=2025-01-01, from",
        "include=everything, include",
        "from=1900-01-01, from"
    })
    void what_is_not_understood_is_named(String query, String field) {
        JsonNode problem = server.read("/analytics?" + query);
        assertThat(problem.path("status").asInt()).isEqualTo(400);
        assertThat(problem.path("errors").path(0).path("field").asString()).isEqualTo(field);
    }

    @Test
    void nothing_gives_zeros() {
        JsonNode answer = server.read("/analytics?period=7d&campaign=none");
        assertThat(answer.path("summary").path("openRate").toString()).isEqualTo("0.0");
        assertThat(answer.path("summary").path("clickToOpenRate").toString()).isEqualTo("0.0");
        assertThat(answer.path("timeline")).hasSize(7);
        assertThat(answer.path("emailClients").toString()).isEqualTo("{}");
    }

    @Test
    void a_table_can_be_taken_away() {
        TrackId track = track(NOW, "t");
        log.keep(List.of(opened(track, "Gmail/")));
        analytics("");
        var answer = server.api("GET", "/analytics/export.csv?period=7d&campaign=t", "");
        assertThat(answer.headers().firstValue("content-type")).contains("text/csv; charset=utf-8");
        List<String> lines = RunningServer.text(answer).lines().toList();
        assertThat(lines).hasSize(8);
        assertThat(lines.getFirst()).startsWith("date,tracks,opens,uniqueOpens,openRate,clicks");
        assertThat(lines.getLast()).isEqualTo("2025-01-30,1,1,1,100.0,0,0,0.0,0,0,0,0");
    }
}
