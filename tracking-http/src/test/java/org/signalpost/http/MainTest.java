package org.signalpost.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.signalpost.journal.EntryId;
import org.signalpost.journal.Journal;

/** The start of the HTTP side alone, as a process of its own where it matters. */
class MainTest {
    private static final Pattern ADDRESS = Pattern.compile("HTTP +(http://127\\.0\\.0\\.1:[0-9]+) ");
    private static final int TERMINATED = 143;

    @TempDir
    Path directory;

    private Path configuration(String more) throws IOException {
        String text = "data.directory = " + directory.resolve("data") + "\nhttp.stop-delay = 0s\n"
                + "http.listen = 127.0.0.1:0\n" + more;
        return Files.writeString(directory.resolve("signalpost.properties"), text);
    }

    @Test
    void takes_tracks_and_counts_opens_and_keeps_them_over_a_restart() throws Exception {
        String id;
        try (var server = new Started(configuration(""))) {
            var made = server.api("POST", "/tracks", "{\"recipient\": \"ann@example.com\"}");
            assertThat(made.statusCode()).isEqualTo(201);
            id = text("id", made.body());
            String pixel = URI.create(text("pixelUrl", made.body())).getPath();
            assertThat(server.send(server.request(pixel)).statusCode()).isEqualTo(200);
            assertThat(server.end()).isEqualTo(TERMINATED);
        }
        try (var server = new Started(configuration(""))) {
            assertThat(RunningServer.eventually(
                            () -> server.api("GET", "/tracks/" + id, "").body().contains("\"openCount\":1")))
                    .isTrue();
        }
    }

    private static String text(String field, String json) {
        Matcher found = Pattern.compile("\"" + field + "\":\"([^\"]*)\"").matcher(json);
        assertThat(found.find()).as(json).isTrue();
        return found.group(1);
    }

    @Test
    void refuses_a_directory_with_the_log_of_a_relay_it_cannot_read() throws IOException {
        try (Journal log = Journal.open(directory.resolve("data").resolve("log").resolve("mail"))) {
            log.append(1, new EntryId(1, 1), new byte[] {1});
        }
        var said = said("--config", configuration("").toString());
        assertThat(said).startsWith("2 signalpost: data.directory = ").contains("serve --http-only");
    }

    @Test
    void a_mistake_is_answered_with_one_sentence() throws IOException {
        assertThat(said("--config", configuration("http.listn = 1\n").toString()))
                .contains("line 4: unknown key http.listn; the nearest key is http.listen");
        assertThat(said("--config", directory.resolve("none").toString())).contains("can't be read: there is no ");
        assertThat(said("--config")).isEqualTo("2 signalpost: there is one option: --config FILE\n");
        assertThat(said("serve", "x")).isEqualTo("2 signalpost: there is one option: --config FILE\n");
    }

    private static String said(String... arguments) {
        var err = new ByteArrayOutputStream();
        var stream = new PrintStream(err, true, StandardCharsets.UTF_8);
        int code = Main.run(List.of(arguments), Map.of(), stream, stream);
        return code + " " + err.toString(StandardCharsets.UTF_8);
    }

    private static String contents(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The program in a process of its own. */
    private final class Started implements AutoCloseable {
        private final Process process;
        private final HttpClient client = HttpClient.newHttpClient();
        private final Path output;
        private final String address;

        Started(Path configuration) throws IOException {
            output = directory.resolve("output");
            Files.deleteIfExists(output);
            process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx256m",
                            "-cp",
                            System.getProperty("java.class.path"),
                            "org.signalpost.http.Main",
                            "--config",
                            configuration.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            assertThat(RunningServer.eventually(
                            () -> ADDRESS.matcher(contents(output)).find()))
                    .as(contents(output))
                    .isTrue();
            Matcher found = ADDRESS.matcher(contents(output));
            assertThat(found.find()).isTrue();
            address = found.group(1);
        }

        HttpRequest.Builder request(String path) {
            return HttpRequest.newBuilder(URI.create(address + path));
        }

        HttpResponse<String> api(String method, String path, String body) {
            String key =
                    contents(directory.resolve("data").resolve("admin.key")).strip();
            return send(request("/api/v1" + path)
                    .header("Authorization", "Bearer " + key)
                    .header("Content-Type", "application/json")
                    .method(
                            method,
                            body.isEmpty()
                                    ? HttpRequest.BodyPublishers.noBody()
                                    : HttpRequest.BodyPublishers.ofString(body)));
        }

        HttpResponse<String> send(HttpRequest.Builder request) {
            try {
                return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        int end() throws InterruptedException {
            process.destroy();
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            return process.exitValue();
        }

        @Override
        public void close() {
            process.destroyForcibly();
            client.close();
        }
    }
}
