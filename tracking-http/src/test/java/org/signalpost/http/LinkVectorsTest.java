package org.signalpost.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.signalpost.journal.Position;
import org.signalpost.track.LinkToken;
import org.signalpost.track.SigningKeys;
import org.signalpost.track.TrackId;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Where links lead, and where they never do: our own table, and the project's shared one where it is. */
class LinkVectorsTest {
    private static final Path SHARED = Path.of("../../shared/vectors/http.json");
    private static final TrackId TRACK = new TrackId(7, 9);
    private static final String HTTPS = "https://shop.example/a?b=1&c=%26#d";

    @TempDir
    static Path directory;

    private static RunningServer server;

    /** A destination, and whether a signed link leads there. */
    private record Destination(String id, String destination, Fate fate) {}

    private enum Fate {
        FOLLOWED,
        NOWHERE
    }

    @BeforeAll
    static void start() {
        server = new RunningServer(directory);
        ask("GET", "/api/t/" + TRACK);
        assertThat(RunningServer.eventually(() -> events() == 1))
                .as("events are seen")
                .isTrue();
    }

    private static int events() {
        return server.events.read(Position.START, 10_000).size();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static List<Destination> destinations() {
        return List.of(
                new Destination("script", "javascript:alert(1)", Fate.NOWHERE),
                new Destination("script behind a blank and a tab", " java\tscript:alert(1)", Fate.NOWHERE),
                new Destination("data", "data:text/html,x", Fate.NOWHERE),
                new Destination("visual basic", "vbscript:x", Fate.NOWHERE),
                new Destination("file", "file:///etc/passwd", Fate.NOWHERE),
                new Destination("no scheme", "//evil.example/", Fate.NOWHERE),
                new Destination("no slashes", "https:evil.example", Fate.NOWHERE),
                new Destination("a user name", "http://a@evil.example/", Fate.NOWHERE),
                new Destination("line ends", "https://x.example/\r\nSet-Cookie: a=b", Fate.NOWHERE),
                new Destination("a NUL", "https://x.example/\0", Fate.NOWHERE),
                new Destination("no host", "http:///x", Fate.NOWHERE),
                new Destination("only a port", "http://:80/x", Fate.NOWHERE),
                new Destination("a backslash", "https://x.example\\@evil.example/", Fate.NOWHERE),
                new Destination("encoded line ends", "https://x.example/%0d%0aX:1", Fate.FOLLOWED),
                new Destination("plain", HTTPS, Fate.FOLLOWED));
    }

    private static Stream<Destination> shared(JsonNode vectors) {
        var all = new ArrayList<Destination>();
        vectors.path("groups")
                .path("click_destination")
                .path("cases")
                .forEach(vector -> all.add(new Destination(
                        "shared " + vector.path("id").asString(),
                        vector.path("destination").asString(),
                        vector.path("rewriter").asString().equals("wrap") ? Fate.FOLLOWED : Fate.NOWHERE)));
        assertThat(all).isNotEmpty();
        return all.stream();
    }

    private static JsonNode vectors() throws IOException {
        return JsonMapper.builder().build().readTree(Files.readString(SHARED));
    }

    @TestFactory
    Stream<DynamicTest> destinations_are_followed_only_when_they_are_signed_and_fit() throws IOException {
        Stream<Destination> all = Files.exists(SHARED)
                ? Stream.concat(destinations().stream(), shared(vectors()))
                : destinations().stream();
        return all.map(to -> DynamicTest.dynamicTest(to.id(), () -> {
            String ours = "/c/" + token(to.destination()).sign(RunningServer.KEYS);
            String foreign = "/c/"
                    + token(to.destination())
                            .sign(SigningKeys.of(
                                    1,
                                    new byte[] {
                                        1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22,
                                        23, 24, 25, 26, 27, 28, 29, 30, 31, 32
                                    },
                                    new byte[32]));
            for (String method : List.of("GET", "HEAD")) {
                isNoLink(method, foreign);
                isNoLink(
                        method,
                        "/c/" + java.net.URLEncoder.encode(to.destination(), java.nio.charset.StandardCharsets.UTF_8));
                isNoLink(method, "/c/x?url=https://evil.example/&to=https://evil.example/");
                if (to.fate() == Fate.FOLLOWED) {
                    assertThat(ask(method, ours))
                            .startsWith("HTTP/1.1 302 ")
                            .containsOnlyOnce("Location:")
                            .contains("\r\nLocation: " + to.destination() + "\r\n");
                } else {
                    isNoLink(method, ours);
                }
            }
        }));
    }

    private static LinkToken token(String destination) {
        return new LinkToken(LinkToken.Kind.RELAY, TRACK, 3, destination);
    }

    private static String ask(String method, String path) {
        return Raw.ask(server, Raw.get(path, "").replaceFirst("GET", method));
    }

    private static void isNoLink(String method, String path) {
        assertThat(ask(method, path)).containsPattern("^HTTP/1.1 4(04|00) ").doesNotContain("Location");
    }

    /** What may be done to a token, by the name of the shared vector. */
    private static List<String> changed(String change, String token) {
        Function<Integer, String> flipped = bit -> {
            var octets = token.toCharArray();
            octets[bit / 7] = (char) (octets[bit / 7] ^ (1 << bit % 7));
            return new String(octets);
        };
        return switch (change) {
            case "flip-bit" ->
                Stream.iterate(0, bit -> bit + 1)
                        .limit(token.length() * 7L)
                        .map(flipped)
                        .filter(text -> text.chars().allMatch(c -> c > ' ' && c < 0x7f && "#?/%;\\".indexOf(c) < 0))
                        .toList();
            case "truncate-1" -> List.of(token.substring(0, token.length() - 1));
            case "append-quote" -> List.of(token + "'");
            case "append-encoded-quote" -> List.of(token + "%27");
            case "other-key" -> List.of(token(HTTPS).sign(SigningKeys.of(9, new byte[32], new byte[32])));
            case "swap-kind" -> List.of(TRACK.toString());
            case "empty" -> List.of("");
            case "lower-case" -> List.of(token.toLowerCase(java.util.Locale.ROOT));
            case "old-key" -> List.of();
            default -> throw new IllegalArgumentException("nobody knows how to " + change);
        };
    }

    private static Stream<String> changes() throws IOException {
        var names = new ArrayList<>(List.of(
                "flip-bit",
                "truncate-1",
                "append-quote",
                "append-encoded-quote",
                "other-key",
                "swap-kind",
                "empty",
                "lower-case"));
        if (Files.exists(SHARED)) {
            vectors().path("groups").path("link_token").path("cases").forEach(vector -> {
                if (!names.contains(vector.path("id").asString())) {
                    names.add(vector.path("id").asString());
                }
            });
        }
        return names.stream();
    }

    @TestFactory
    Stream<DynamicTest> a_token_that_was_changed_leads_nowhere_and_makes_no_event() throws IOException {
        String token = token(HTTPS).sign(RunningServer.KEYS);
        return changes()
                .map(change -> DynamicTest.dynamicTest(change, () -> {
                    int before = events();
                    for (String text : changed(change, token)) {
                        for (String method : List.of("GET", "HEAD")) {
                            isNoLink(method, "/c/" + text);
                        }
                    }
                    assertThat(events()).isEqualTo(before);
                }));
    }

    @Test
    void a_link_token_in_place_of_a_pixel_is_a_picture_and_no_event() {
        int before = events();
        assertThat(ask("GET", "/api/t/" + token(HTTPS).sign(RunningServer.KEYS)))
                .startsWith("HTTP/1.1 200 ");
        assertThat(events()).isEqualTo(before);
    }

    @Test
    void a_link_signed_with_a_key_from_before_a_rotation_leads_where_it_led() {
        SigningKeys rotated = RunningServer.KEYS.rotated(new java.security.SecureRandom());
        String old = token(HTTPS).sign(RunningServer.KEYS);
        assertThat(LinkToken.verify(old, rotated)).isPresent();
        assertThat(LinkToken.verify(token(HTTPS).sign(rotated), rotated)).isPresent();
        isNoLink("GET", "/c/" + token(HTTPS).sign(rotated));
    }
}
