package org.signalpost.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The programs of the document that describes the MailSignal API, as they stand there: only the host, the key and,
 * where one is looked at, the name of the track are others. They run with the real tools.
 */
class SeedExamplesTest {
    @TempDir
    Path directory;

    @TempDir
    Path work;

    private RunningServer server;

    @BeforeEach
    void start() {
        server = new RunningServer(directory);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** An example of the document. */
    static String resource(String name) {
        try (InputStream in =
                Objects.requireNonNull(SeedExamplesTest.class.getResourceAsStream("/seed/" + name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How a program ended, and what it wrote. */
    private record Run(int exit, String output, String errors) {}

    private Run run(List<String> command) {
        Path output = work.resolve("output");
        Path errors = work.resolve("errors");
        var builder = new ProcessBuilder(command)
                .directory(work.toFile())
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile());
        // The server is on this machine, whatever the way to others is.
        builder.environment()
                .keySet()
                .removeIf(name -> name.toLowerCase(java.util.Locale.ROOT).endsWith("_proxy"));
        try {
            Process process = builder.start();
            try {
                assertThat(process.waitFor(60, TimeUnit.SECONDS))
                        .as(command.toString())
                        .isTrue();
            } finally {
                process.destroyForcibly();
            }
            return new Run(process.exitValue(), Files.readString(output), Files.readString(errors));
        } catch (IOException e) {
            return new Run(-1, "", e.toString());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The interpreter that can run the example; without it the test is skipped, and says why. */
    private String interpreter(String name) {
        Optional<List<String>> found =
                probes(name).stream().filter(probe -> run(probe).exit() == 0).findFirst();
        assumeTrue(found.isPresent(), () -> "not installed: " + probes(name));
        return found.orElseThrow().getFirst();
    }

    private static List<List<String>> probes(String name) {
        return switch (name) {
            case "sh" -> List.of(List.of("sh", "-c", "curl --version"));
            // Version 18 has fetch.
            case "node" -> List.of(List.of("node", "-e", "process.exit(typeof fetch === 'function' ? 0 : 1)"));
            case "python3" ->
                List.of(
                        List.of("python3", "-c", "import requests"),
                        List.of("/usr/bin/python3", "-c", "import requests"));
            case "php" -> List.of(List.of("php", "-r", "exit(function_exists('curl_init') ? 0 : 1);"));
            default -> throw new IllegalArgumentException(name);
        };
    }

    private Run example(String interpreter, String name, String track) {
        String tool = interpreter(interpreter);
        String base = server.uri("").toString();
        String program = resource(name)
                .replace("https://mailsignal.eu", base)
                .replace("ms_live_xxxx", key())
                .replace("trk_abc123xyz", track);
        try {
            Files.writeString(work.resolve(name), program);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Run run = run(List.of(tool, name));
        assertThat(run.exit()).as(run.errors()).isZero();
        return run;
    }

    private String key() {
        return server.json(server.api("POST", "/keys", "{\"name\": \"example\"}"))
                .path("key")
                .asString();
    }

    private static JsonNode json(String text) {
        return JsonMapper.builder().build().readTree(text);
    }

    private void isInTheBooks(String id) {
        JsonNode track = server.read("/tracks/" + id);
        assertThat(track.path("recipient").asString()).isEqualTo("john@example.com");
        assertThat(track.path("subject").asString()).isEqualTo("Meeting Tomorrow");
        assertThat(track.path("campaign").asString()).isEqualTo("sales-outreach");
        assertThat(server.read("/tracks").path("data")).hasSize(1);
    }

    @Test
    void curl_makes_a_track() {
        JsonNode made = json(example("sh", "make-track.sh", "").output());
        ApiDescription.valid("what curl wrote", "#/components/schemas/TrackDetail", made);
        isInTheBooks(made.path("id").asString());
        assertThat(server.read("/tracks/" + made.path("id").asString())).isEqualTo(made);
    }

    @ParameterizedTest
    @CsvSource({"node, make-track.mjs", "python3, make-track.py", "php, make-track.php"})
    void a_program_makes_a_track_and_prints_the_address_of_its_pixel(String interpreter, String name) {
        String printed = example(interpreter, name, "").output().strip();
        assertThat(printed).matches("https://t\\.example/api/t/trk_[0-9A-Za-z]{22}");
        isInTheBooks(printed.substring(printed.lastIndexOf('/') + 1));
    }

    @Test
    void curl_lists_the_opened_tracks_of_a_campaign() {
        String track = openedTrack();
        server.track("{\"recipient\": \"other@example.com\", \"campaign\": \"sales-outreach\"}");
        JsonNode list = json(example("sh", "list-tracks.sh", "").output());
        ApiDescription.valid("what curl wrote", "#/components/schemas/TrackPage", list);
        assertThat(list.path("data")).hasSize(1);
        assertThat(list.at("/data/0/id").asString()).isEqualTo(track);
    }

    @Test
    void curl_looks_at_a_track() {
        String track = openedTrack();
        JsonNode shown = json(example("sh", "look-at-track.sh", track).output());
        ApiDescription.valid("what curl wrote", "#/components/schemas/TrackDetail", shown);
        assertThat(shown.path("id").asString()).isEqualTo(track);
        assertThat(shown.path("opens")).hasSize(1);
    }

    @Test
    void curl_asks_for_a_report() {
        openedTrack();
        JsonNode report = json(example("sh", "analytics.sh", "").output());
        ApiDescription.valid("what curl wrote", "#/components/schemas/Analytics", report);
        assertThat(report.at("/summary/totalTracks").asInt()).isEqualTo(1);
        assertThat(report.at("/summary/openRate").asDouble()).isEqualTo(100.0);
        assertThat(report.path("timeline")).hasSize(30);
    }

    private String openedTrack() {
        String track = server.track("{\"recipient\": \"john@example.com\", \"campaign\": \"sales-outreach\"}");
        server.get("/api/t/" + track);
        assertThat(RunningServer.eventually(
                        () -> server.read("/tracks/" + track).path("openCount").asInt() == 1))
                .isTrue();
        return track;
    }
}
