package org.signalpost.relay.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The real program, started by its start script in a process of its own, with a data directory of its own. */
final class RunningSignalpost implements AutoCloseable {
    static final Path CHECKOUT = Path.of(System.getProperty("signalpost.checkout", ".."))
            .toAbsolutePath()
            .normalize();

    private static final Pattern SMTP = Pattern.compile("SMTP +127\\.0\\.0\\.1:(\\d+)");
    private static final Pattern HTTP = Pattern.compile("HTTP +http://127\\.0\\.0\\.1:(\\d+)");
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final JsonMapper json = JsonMapper.builder().build();
    private final HttpClient client = HttpClient.newHttpClient();
    private final ConcurrentLinkedQueue<String> output = new ConcurrentLinkedQueue<>();
    private final Path directory;
    private final Process process;

    /** Whether it has answered from its database. */
    private volatile boolean hasOpened;

    private RunningSignalpost(Path directory, Process process) {
        this.directory = directory;
        this.process = process;
    }

    /** Starts the program below {@code directory} and waits until it listens. */
    static RunningSignalpost start(Path directory, Map<String, String> configuration) throws IOException {
        return start(CHECKOUT.resolve("signalpost"), directory, configuration);
    }

    static RunningSignalpost start(Path script, Path directory, Map<String, String> configuration) throws IOException {
        RunningSignalpost running = launch(script, directory, configuration);
        running.await(text -> SMTP.matcher(text).find() && HTTP.matcher(text).find());
        return running;
    }

    /** Starts the program without its relay and waits until it listens. */
    static RunningSignalpost startHttpOnly(Path directory) throws IOException {
        RunningSignalpost running = launch(CHECKOUT.resolve("signalpost"), directory, Map.of(), List.of("--http-only"));
        running.await(text -> HTTP.matcher(text).find());
        return running;
    }

    /** Starts the program and does not wait. */
    static RunningSignalpost launch(Path script, Path directory, Map<String, String> configuration) throws IOException {
        return launch(script, directory, configuration, List.of());
    }

    private static RunningSignalpost launch(
            Path script, Path directory, Map<String, String> configuration, List<String> options) throws IOException {
        Files.createDirectories(directory);
        String text = Map.of(
                        "smtp.listen", "127.0.0.1:0", "http.listen", "127.0.0.1:" + freePort(), "http.stop-delay", "0s")
                .entrySet()
                .stream()
                .filter(entry -> !configuration.containsKey(entry.getKey()))
                .map(entry -> entry.getKey() + " = " + entry.getValue() + "\n")
                .collect(Collectors.joining());
        text += configuration.entrySet().stream()
                .map(entry -> entry.getKey() + " = " + entry.getValue() + "\n")
                .collect(Collectors.joining());
        Path file = Files.writeString(directory.resolve("signalpost.properties"), text);
        var command = new java.util.ArrayList<String>(List.of(script.toString(), "serve", "--config", file.toString()));
        command.addAll(options);
        var builder = new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
        // It does not live long enough for the second compiler.
        builder.environment().put("SIGNALPOST_JAVA_OPTIONS", "-Xmx512m -XX:TieredStopAtLevel=1");
        var running = new RunningSignalpost(directory, builder.start());
        Thread.ofVirtual().start(running::read);
        return running;
    }

    /** A port that nobody holds now: the links in the mail carry it, so it has to be known before the start. */
    static int freePort() throws IOException {
        try (var socket = new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void read() {
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            reader.lines().forEach(output::add);
        } catch (IOException | UncheckedIOException e) {
            output.add("(the output broke: " + e.getMessage() + ")");
        }
    }

    /** Everything printed so far, standard output and standard error. */
    String output() {
        return String.join("\n", output);
    }

    private void await(Predicate<String> condition) {
        Waiting.until(PATIENCE, () -> condition.test(output()) || !process.isAlive(), () -> "no start:\n" + output());
        assertThat(process.isAlive()).as("the program ended:\n%s", output()).isTrue();
    }

    int smtpPort() {
        return port(SMTP);
    }

    int httpPort() {
        return port(HTTP);
    }

    private int port(Pattern pattern) {
        Matcher matcher = pattern.matcher(output());
        assertThat(matcher.find()).as("a port in %s", output()).isTrue();
        return Integer.parseInt(matcher.group(1));
    }

    Path data() {
        return directory.resolve("data");
    }

    String adminKey() throws IOException {
        return Files.readString(data().resolve("admin.key")).strip();
    }

    /** A GET or POST of the API with the admin key; the answer's JSON. */
    JsonNode api(String method, String path, String body) throws IOException {
        var request = HttpRequest.newBuilder(uri("/api/v1" + path))
                .header("Authorization", "Bearer " + adminKey())
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> answer = send(request, BodyHandlers.ofString());
        // A program that has just started on a busy machine may still be opening its database; later there is no
        // excuse.
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!hasOpened && answer.statusCode() == 503 && System.nanoTime() < end) {
            LockSupport.parkNanos(200_000_000);
            answer = send(request, BodyHandlers.ofString());
        }
        hasOpened = true;
        assertThat(answer.statusCode() / 100).as(answer.body()).isEqualTo(2);
        return json.readTree(answer.body());
    }

    JsonNode api(String path) throws IOException {
        return api("GET", path, "");
    }

    /** The answer's JSON, or nothing while there is no such thing (yet). */
    Optional<JsonNode> find(String path) throws IOException {
        var request = HttpRequest.newBuilder(uri("/api/v1" + path))
                .header("Authorization", "Bearer " + adminKey())
                .build();
        HttpResponse<String> answer = send(request, BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isIn(200, 404);
        return answer.statusCode() == 404 ? Optional.empty() : Optional.of(json.readTree(answer.body()));
    }

    List<JsonNode> tracks() throws IOException {
        return api("/tracks?limit=100").path("data").valueStream().toList();
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + httpPort() + path);
    }

    /** A plain GET that follows no redirect. */
    HttpResponse<byte[]> visit(URI address) throws IOException {
        return send(HttpRequest.newBuilder(address).GET().build(), BodyHandlers.ofByteArray());
    }

    private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler) throws IOException {
        try {
            return client.send(request, handler);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Ends the process as a power cut would, as far as a process can tell. */
    void killHard() {
        process.destroyForcibly();
        awaitEnd();
    }

    /** SIGTERM. */
    void tellToEnd() {
        process.destroy();
    }

    long pid() {
        return process.pid();
    }

    boolean isRunning() {
        return process.isAlive();
    }

    int awaitEnd() {
        try {
            assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .as("the program ends:\n%s", output())
                    .isTrue();
            return process.exitValue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** SIGTERM, and waits for the end. */
    @Override
    public void close() {
        client.close();
        process.destroy();
        awaitEnd();
    }
}
