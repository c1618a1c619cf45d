package org.signalpost.relay;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.signalpost.settings.ConfigurationException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Talks to the running server's API with the admin key that its first start wrote. One command, one thread. */
final class ApiClient {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final JsonMapper json = JsonMapper.builder().build();
    private final URI base;
    private final String key;

    private ApiClient(URI base, String key) {
        this.base = base;
        this.key = key;
    }

    /**
     * For the server that listens here and keeps its data there.
     *
     * @throws ConfigurationException when there is no admin key to be read
     */
    static ApiClient of(String host, int port, Path dataDirectory) {
        Path file = dataDirectory.resolve("admin.key");
        try {
            String key = Files.readString(file, StandardCharsets.US_ASCII).strip();
            return new ApiClient(URI.create("http://" + host + ":" + port + "/api/v1/"), key);
        } catch (IOException e) {
            throw new ConfigurationException(
                    "the admin key can't be read from " + file + "; the server writes it when it starts first", e);
        }
    }

    /** Sends a request and gives back the answer's JSON; anything but 2xx is a {@link CommandFailed}. */
    JsonNode send(String method, String path, String body) {
        byte[] answer = exchange(method, path, body);
        return answer.length == 0 ? json.createObjectNode() : json.readTree(answer);
    }

    /** The octets of an answer; anything but 2xx is a {@link CommandFailed}. */
    byte[] octets(String path) {
        return exchange("GET", path, "");
    }

    private byte[] exchange(String method, String path, String body) {
        var request = HttpRequest.newBuilder(base.resolve(path))
                .timeout(PATIENCE)
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json")
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build();
        try (var client =
                HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build()) {
            HttpResponse<byte[]> response = client.send(request, BodyHandlers.ofByteArray());
            if (response.statusCode() / 100 != 2) {
                throw new CommandFailed("the server answered " + response.statusCode() + ": "
                        + json.readTree(response.body()).path("detail").asString("no reason given"));
            }
            return response.body();
        } catch (IOException | JacksonException e) {
            throw new CommandFailed("no server answers at " + base + " (" + e.getMessage() + "); is it running?", e);
        } catch (InterruptedException e) {
            throw new CommandFailed("interrupted", e);
        }
    }

    /** A JSON object of text and lists of text, as a request body. */
    String object(java.util.Map<String, ?> fields) {
        return json.writeValueAsString(fields);
    }
}
