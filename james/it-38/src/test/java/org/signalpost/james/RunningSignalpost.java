package org.signalpost.james;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/** The real HTTP side, started as docs/james.md says, with the configuration that is shipped. */
final class RunningSignalpost implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final ConcurrentLinkedQueue<String> output = new ConcurrentLinkedQueue<>();
    private final HttpClient client = HttpClient.newHttpClient();
    private final Path directory;
    private final Path configuration;
    private final String url;
    private final Process process;

    private RunningSignalpost(Path directory, Path configuration, String url) throws IOException {
        this.directory = directory;
        this.configuration = configuration;
        this.url = url;
        this.process = command("serve", "--http-only", "--config", configuration.toString())
                .redirectErrorStream(true)
                .start();
    }

    /** Starts it below {@code directory} and waits until it is ready. */
    static RunningSignalpost start(Path directory) throws Exception {
        Files.createDirectories(directory);
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        String url = "http://127.0.0.1:" + port;
        String text = Files.readString(Shipped.CHECKOUT.resolve("config/james/signalpost.properties"))
                .replace("= 127.0.0.1:8025", "= 127.0.0.1:" + port)
                .replace("= https://t.example.org", "= " + url);
        Path configuration = Files.writeString(directory.resolve("signalpost.properties"), text);
        var signalpost = new RunningSignalpost(directory, configuration, url);
        Thread.ofVirtual().start(signalpost::read);
        Waiting.until(
                PATIENCE,
                () -> signalpost.output().contains("is ready") || !signalpost.process.isAlive(),
                signalpost::output);
        if (!signalpost.process.isAlive()) {
            throw new AssertionError("it ended:\n" + signalpost.output());
        }
        return signalpost;
    }

    private ProcessBuilder command(String... arguments) {
        var command = new java.util.ArrayList<String>(
                List.of(Shipped.CHECKOUT.resolve("signalpost").toString()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).directory(directory.toFile());
    }

    private void read() {
        try (var reader = process.inputReader(StandardCharsets.UTF_8)) {
            reader.lines().forEach(output::add);
        } catch (IOException | UncheckedIOException e) {
            output.add("(the output broke: " + e.getMessage() + ")");
        }
    }

    String output() {
        return String.join("\n", output);
    }

    /** What the mailet needs to know, with a key made as the documentation says. */
    Shipped.Signalpost forJames() throws Exception {
        Process making = command(
                        "key", "create", "--config", configuration.toString(), "--name", "james", "--scopes", "write")
                .start();
        String key = new String(making.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (!making.waitFor(60, TimeUnit.SECONDS) || making.exitValue() != 0) {
            throw new AssertionError(new String(making.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
        }
        String keys = Files.readString(directory.resolve("data").resolve("signing.keys"));
        return new Shipped.Signalpost(url, url, key, keys, "25s");
    }

    /** A call of the API with the admin key. */
    HttpResponse<String> api(String method, String path, String body) throws IOException, InterruptedException {
        String key =
                Files.readString(directory.resolve("data").resolve("admin.key")).strip();
        var request = HttpRequest.newBuilder(URI.create(url + "/api/v1" + path))
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    /** A GET as the mail client of a person makes it; follows nothing. */
    HttpResponse<byte[]> visit(String address) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(address))
                .header("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.5.0")
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofByteArray());
    }

    @Override
    public void close() {
        client.close();
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
