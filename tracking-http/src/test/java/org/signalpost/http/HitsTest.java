package org.signalpost.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.signalpost.track.LinkToken;
import org.signalpost.track.TrackId;
import tools.jackson.databind.JsonNode;

class HitsTest {
    private static final String ANN = "{\"recipient\": \"ann@example.com\"}";

    @TempDir
    Path directory;

    static String link(String track, String destination) {
        var id = TrackId.parse(track).orElseThrow();
        return "/c/" + new LinkToken(LinkToken.Kind.RELAY, id, 3, destination).sign(RunningServer.KEYS);
    }

    private static boolean counted(RunningServer server, String track, int opens, int clicks) {
        return RunningServer.eventually(() -> {
            JsonNode seen = server.read("/tracks/" + track);
            return seen.path("openCount").asInt() == opens
                    && seen.path("clickCount").asInt() == clicks;
        });
    }

    @Test
    void every_pixel_is_the_same_picture_and_a_known_one_is_counted() {
        try (var server = new RunningServer(directory)) {
            String track = server.track(ANN);
            for (String path : new String[] {
                "/api/t/" + track, "/api/t/" + track + ".gif", "/mail/track/open/" + track + "?p=b", "/api/t/nonsense"
            }) {
                HttpResponse<byte[]> pixel = server.get(path);
                assertThat(pixel.statusCode()).as(path).isEqualTo(200);
                assertThat(pixel.body()).hasSize(43).startsWith('G', 'I', 'F', '8', '9', 'a');
                assertThat(pixel.headers().firstValue("content-type")).contains("image/gif");
                assertThat(pixel.headers().firstValue("cache-control"))
                        .contains("no-store, no-cache, must-revalidate, private, max-age=0");
                assertThat(pixel.headers().firstValue("expires")).contains("0");
                assertThat(pixel.headers().firstValue("pragma")).contains("no-cache");
                assertThat(pixel.headers().firstValue("cross-origin-resource-policy"))
                        .contains("cross-origin");
                assertThat(pixel.headers().map()).doesNotContainKeys("set-cookie", "server", "location", "etag");
            }
            assertThat(counted(server, track, 3, 0)).isTrue();
            assertThat(server.send("HEAD", "/api/t/" + track, "").statusCode()).isEqualTo(200);
            server.get("/api/t/" + track);
            assertThat(counted(server, track, 4, 0)).as("a HEAD counts nothing").isTrue();
        }
    }

    @Test
    void a_link_leads_exactly_where_it_was_signed_to_and_nowhere_else() {
        try (var server = new RunningServer(directory)) {
            String track = server.track(ANN);
            String destination = "https://d.example/sale?id=7&c=a%20b&next=https://e.example/?x=1#top";
            String path = link(track, destination);

            HttpResponse<byte[]> click = server.get(path);
            assertThat(click.statusCode()).isEqualTo(302);
            assertThat(click.headers().allValues("location")).containsExactly(destination);
            assertThat(click.headers().firstValue("cache-control")).contains("no-store");
            assertThat(click.headers().firstValue("referrer-policy")).contains("no-referrer");
            assertThat(click.headers().firstValue("x-robots-tag")).contains("noindex");
            assertThat(server.send("HEAD", path, "").headers().firstValue("location"))
                    .contains(destination);
            assertThat(server.get(link(track, "https://d.example/straße\"x"))
                            .headers()
                            .firstValue("location"))
                    .contains("https://d.example/stra%C3%9Fe%22x");

            assertThat(counted(server, track, 0, 2)).isTrue();
            JsonNode first = server.read("/tracks/" + track).path("clicks").path(0);
            assertThat(first.path("url").asString()).isEqualTo(destination);
            assertThat(first.path("linkId").asInt()).isEqualTo(3);

            for (int i = 3; i < path.length(); i += 7) {
                char other = path.charAt(i) == 'A' ? 'B' : 'A';
                HttpResponse<byte[]> bad = server.get(path.substring(0, i) + other + path.substring(i + 1));
                assertThat(bad.statusCode()).isEqualTo(404);
                assertThat(bad.headers().map()).doesNotContainKey("location");
            }
            assertThat(server.get(path + "'").statusCode()).isEqualTo(404);
            assertThat(server.get("/c/x?url=https://evil.example/").statusCode())
                    .isEqualTo(404);
            assertThat(counted(server, track, 0, 2)).isTrue();
        }
    }

    @Test
    void hits_are_counted_exactly_once_over_restarts_and_before_their_track_is_known() {
        String track;
        try (var server = new RunningServer(directory)) {
            track = server.track(ANN);
            for (int i = 0; i < 25; i++) {
                server.get("/api/t/" + track);
            }
        }
        for (int round = 1; round <= 3; round++) {
            try (var server = new RunningServer(directory)) {
                assertThat(counted(server, track, 24 + round, 0)).isTrue();
                server.get("/api/t/" + track);
            }
        }
    }

    @Test
    void pixels_and_links_answer_while_the_database_is_locked_and_are_counted_when_it_is_back() throws IOException {
        String track;
        try (var server = new RunningServer(directory)) {
            track = server.track(ANN);
        }
        Path file = directory.resolve("db").resolve("signalpost.mv.db");
        try (var locked = new RandomAccessFile(file.toFile(), "rw");
                var channel = locked.getChannel()) {
            var lock = channel.lock();
            // A lock within this process is seen by H2 as one of another.
            try (var server = new RunningServer(directory)) {
                assertThat(server.get("/api/t/" + track).statusCode()).isEqualTo(200);
                assertThat(server.get(link(track, "https://d.example/")).statusCode())
                        .isEqualTo(302);
                HttpResponse<byte[]> refused = server.api("GET", "/tracks", "");
                assertThat(refused.statusCode()).isEqualTo(503);
                assertThat(server.json(refused).path("code").asString()).isEqualTo("not_available");
                assertThat(server.get("/health/live").statusCode()).isEqualTo(200);
                HttpResponse<byte[]> health = server.get("/health/ready");
                assertThat(health.statusCode()).as("hits are taken").isEqualTo(200);
                assertThat(RunningServer.text(health)).contains("\"degraded\":[\"database\"]");
                lock.release();
                assertThat(RunningServer.eventually(() ->
                                RunningServer.text(server.get("/health/ready")).contains("\"status\":\"ready\"")))
                        .isTrue();
                assertThat(counted(server, track, 1, 1)).isTrue();
            }
        }
    }

    @Test
    void pixels_and_links_answer_while_the_database_is_broken() throws IOException {
        Files.createDirectories(directory.resolve("db"));
        Files.writeString(directory.resolve("db").resolve("signalpost.mv.db"), "no database at all ".repeat(1_000));
        try (var server = new RunningServer(directory)) {
            String track = "trk_0000000000000000000001";
            assertThat(server.get("/api/t/" + track).statusCode()).isEqualTo(200);
            assertThat(server.get(link(track, "https://d.example/")).statusCode())
                    .isEqualTo(302);
            assertThat(server.api("GET", "/tracks", "").statusCode()).isEqualTo(503);
        }
    }

    @Test
    void pixels_and_links_answer_when_the_log_takes_nothing() {
        try (var server = new RunningServer(directory)) {
            server.events.close();
            assertThat(server.get("/api/t/trk_0000000000000000000001").body()).hasSize(43);
            assertThat(server.get(link("trk_0000000000000000000001", "https://d.example/"))
                            .statusCode())
                    .isEqualTo(302);
            assertThat(server.api("POST", "/tracks", ANN).statusCode()).isEqualTo(503);
        }
    }

    @Test
    void one_click_unsubscribes_and_looking_does_not() {
        try (var server = new RunningServer(directory)) {
            String track = server.track(ANN);
            var id = TrackId.parse(track).orElseThrow();
            String path = "/u/"
                    + new LinkToken(LinkToken.Kind.UNSUBSCRIBE, id, 0, "https://t.example").sign(RunningServer.KEYS);

            assertThat(RunningServer.text(server.get(path))).contains("<form method=\"post\">");
            assertThat(server.read("/tracks/" + track).path("unsubscribedAt").isNull())
                    .isTrue();
            assertThat(server.send("POST", path, "List-Unsubscribe=One-Click").statusCode())
                    .isEqualTo(200);
            assertThat(server.send("POST", path, "List-Unsubscribe=One-Click").statusCode())
                    .isEqualTo(200);
            assertThat(RunningServer.eventually(() -> !server.read("/tracks/" + track)
                            .path("unsubscribedAt")
                            .isNull()))
                    .isTrue();
            assertThat(server.send("POST", path + "x", "").statusCode()).isEqualTo(404);
            assertThat(server.send("POST", link(track, "https://d.example/").replace("/c/", "/u/"), "")
                            .statusCode())
                    .isEqualTo(404);
            assertThat(server.get(path.replace("/u/", "/c/")).statusCode()).isEqualTo(404);
        }
    }
}
