package org.signalpost.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.signalpost.event.MailFeed;
import org.signalpost.journal.EntryId;
import org.signalpost.journal.Journal;
import org.signalpost.journal.Position;
import org.signalpost.store.Classifier;
import org.signalpost.track.CapturedMail;
import org.signalpost.track.Credentials;
import org.signalpost.track.MailEvent;
import org.signalpost.track.MailQueue;
import org.signalpost.track.MessageId;
import org.signalpost.track.Outbox;
import org.signalpost.track.SigningKeys;
import org.signalpost.track.TrackingUrls;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A server with real sockets, logs and database below one directory. */
final class RunningServer implements AutoCloseable {
    static final String ADMIN = "ms_live_00000000000000000000000000000000";
    static final SigningKeys KEYS = SigningKeys.of(1, new byte[32], new byte[32]);

    final Journal events;
    final Journal mail;
    final AtomicReference<Position> projected = new AtomicReference<>(Position.START);

    /** What an entry of the mail log stands for, by its id. */
    final Map<EntryId, MailEvent> mailEvents;

    private final TrackingServer server;
    private final HttpClient client = HttpClient.newHttpClient();
    private final JsonMapper json = JsonMapper.builder().build();

    RunningServer(Path directory) {
        this(directory, new ConcurrentHashMap<>(), Outbox.EMPTY);
    }

    RunningServer(Path directory, Map<EntryId, MailEvent> mailEvents, Outbox outbox) {
        this(directory, mailEvents, outbox, Optional.empty());
    }

    RunningServer(Path directory, HttpSettings http) {
        this(
                directory,
                new ConcurrentHashMap<>(),
                Outbox.EMPTY,
                Optional.empty(),
                Classifier.byAgent(),
                InstantSource.system(),
                http);
    }

    RunningServer(Path directory, Map<EntryId, MailEvent> mailEvents, Outbox outbox, Optional<MailQueue> queue) {
        this(directory, mailEvents, outbox, queue, Classifier.byAgent(), InstantSource.system());
    }

    RunningServer(
            Path directory,
            Map<EntryId, MailEvent> mailEvents,
            Outbox outbox,
            Optional<MailQueue> queue,
            Classifier classifier,
            InstantSource clock) {
        this(directory, mailEvents, outbox, queue, classifier, clock, http());
    }

    private RunningServer(
            Path directory,
            Map<EntryId, MailEvent> mailEvents,
            Outbox outbox,
            Optional<MailQueue> queue,
            Classifier classifier,
            InstantSource clock,
            HttpSettings http) {
        this.mailEvents = mailEvents;
        events = Journal.open(directory.resolve("events"));
        mail = Journal.open(directory.resolve("mail"));
        var settings = new TrackingSettings(
                http,
                new TrackingUrls("https://t.example"),
                "",
                directory.resolve("db").resolve("signalpost"),
                ADMIN);
        var feed = new MailFeed(mail, entry -> Optional.ofNullable(mailEvents.get(entry.id())), projected::set);
        server = new TrackingServer(
                settings, KEYS, events, feed, outbox, queue, classifier, new Metrics(), clock, new SecureRandom());
        server.start();
    }

    /** The usual settings, on a port that is free, and without a pause at the end. */
    static HttpSettings http() {
        return new HttpSettings(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                /* proxyProtocol= */ false,
                List.of(),
                5_000,
                5_000,
                "no-referrer",
                Duration.ZERO,
                HttpSettings.Patience.USUAL);
    }

    /** What the relay would have written into its log. */
    void happened(MailEvent event) {
        var id = new EntryId(event.message().high(), mailEvents.size());
        mailEvents.put(id, event);
        mail.append(1, id, new byte[] {1});
    }

    Credentials credentials() {
        return server.credentials();
    }

    /** What the program does first when it is told to end. */
    void leave() {
        server.leave();
    }

    String signInPath() {
        return server.signInPath();
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.address().getPort() + path);
    }

    List<Route> routes() {
        return server.routes();
    }

    /** Every answer is held against the description of the API. */
    HttpResponse<byte[]> send(String method, String path, String body, String... headers) {
        var request = HttpRequest.newBuilder(uri(path))
                .timeout(Duration.ofSeconds(20))
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            HttpResponse<byte[]> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            ApiDescription.check(method, path, body, answer);
            return answer;
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    HttpResponse<byte[]> get(String path) {
        return send("GET", path, "");
    }

    /** A call of the API with the admin key. */
    HttpResponse<byte[]> api(String method, String path, String body) {
        return send(method, "/api/v1" + path, body, "Authorization", "Bearer " + ADMIN);
    }

    JsonNode json(HttpResponse<byte[]> answer) {
        return json.readTree(answer.body());
    }

    JsonNode read(String path) {
        return json(api("GET", path, ""));
    }

    String track(String body) {
        return json(api("POST", "/tracks", body)).path("id").asString();
    }

    static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    /** Waits, ten seconds at most, and says whether it came true. */
    static boolean eventually(BooleanSupplier condition) {
        long until = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > until) {
                return false;
            }
            java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
        }
        return true;
    }

    @Override
    public void close() {
        client.close();
        server.close();
        events.close();
        mail.close();
    }

    /** One mail. */
    record OneMail(String mail) implements Outbox {
        private static final CapturedMail CAPTURED = new CapturedMail(
                "cap_1",
                new MessageId(1, 2),
                java.time.Instant.EPOCH,
                "shop@example.org",
                "ann@example.com",
                "<Sale> & more",
                10,
                "trk_0000000000000000000000",
                "");

        @Override
        public List<CapturedMail> newest(int limit, String before) {
            return before.isEmpty() ? List.of(CAPTURED) : List.of();
        }

        @Override
        public Optional<CapturedMail> find(String id) {
            return Optional.of(CAPTURED).filter(captured -> captured.id().equals(id));
        }

        @Override
        public Optional<byte[]> octets(String id) {
            return find(id).map(captured -> mail.getBytes(StandardCharsets.UTF_8));
        }
    }
}
