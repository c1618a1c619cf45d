package org.signalpost.relay.training;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** Who opens a mail, follows its links, and looks at the API. For one thread. */
final class Reader implements AutoCloseable {
    private static final int MOST = 8;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final HttpClient client = HttpClient.newHttpClient();
    private final String base;
    private final Pattern links;

    /** Calls the server at {@code base}, an address without a path. */
    Reader(String base) {
        this.base = base;
        this.links = Pattern.compile("\"(" + Pattern.quote(base) + "/[^\"]+)\"");
    }

    /**
     * Asks for the first tracked links of the mail, and for its pixel; for none when they stand there in an encoding.
     *
     * @throws IOException when an answer is neither a picture nor a redirection
     */
    void read(String mail) throws IOException {
        if (!mail.contains("Content-Transfer-Encoding: 7bit")) {
            return;
        }
        List<String> all =
                links.matcher(mail).results().map(found -> found.group(1)).toList();
        for (String link : all.subList(0, Math.min(MOST, all.size()))) {
            get(link, "");
        }
        if (!all.isEmpty()) {
            get(all.getLast(), "");
        }
    }

    /** Asks the API for lists, with this key. */
    void look(String key) throws IOException {
        for (String path : List.of("/api/v1/tracks", "/api/v1/queue/summary", "/health/ready")) {
            get(base + path, key);
        }
    }

    private void get(String address, String key) throws IOException {
        var request = HttpRequest.newBuilder(URI.create(address)).timeout(PATIENCE);
        if (!key.isEmpty()) {
            request.header("Authorization", "Bearer " + key);
        }
        try {
            int status = client.send(request.build(), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
            if (status != 200 && status != 302) {
                throw new IOException("the answer is " + status);
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
