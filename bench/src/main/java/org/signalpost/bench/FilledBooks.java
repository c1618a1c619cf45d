package org.signalpost.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.signalpost.event.Event;
import org.signalpost.event.EventLog;
import org.signalpost.event.MailFeed;
import org.signalpost.http.HttpSettings;
import org.signalpost.http.Metrics;
import org.signalpost.http.TrackingServer;
import org.signalpost.http.TrackingSettings;
import org.signalpost.journal.Journal;
import org.signalpost.store.Classifier;
import org.signalpost.store.Database;
import org.signalpost.store.Projector;
import org.signalpost.track.NewTrack;
import org.signalpost.track.Outbox;
import org.signalpost.track.SigningKeys;
import org.signalpost.track.TrackId;
import org.signalpost.track.TrackingUrls;
import tools.jackson.databind.json.JsonMapper;

/**
 * A year of mail in the books, and how long they take to answer.
 *
 * <p>{@code fill DIRECTORY TRACKS HITS} writes that many tracks and hits into the event log, lets the projector book
 * them, and says how fast it was; {@code ask DIRECTORY ROUNDS} starts the server over them and says how long reports
 * and lists take. Campaigns of a thousand tracks are spread over the year; most hits come in the three days after.
 */
public final class FilledBooks {
    private static final int BATCH = 2_000;
    private static final int CAMPAIGN = 1_000;
    private static final String ADMIN = "ms_live_00000000000000000000000000000000";
    private static final List<String> AGENTS = List.of(
            "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Thunderbird/128.0",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15");

    private FilledBooks() {}

    /** {@code fill} or {@code ask}. */
    public static void main(String[] arguments) throws Exception {
        var directory = Path.of(arguments[1]);
        switch (arguments[0]) {
            case "fill" -> fill(directory, Integer.parseInt(arguments[2]), Integer.parseInt(arguments[3]));
            case "ask" -> ask(directory, Integer.parseInt(arguments[2]));
            default -> throw new IllegalArgumentException("fill or ask is wanted");
        }
    }

    private static TrackId id(int number) {
        // Spread like the hash that a real one is.
        long mixed = number * 0x9E3779B97F4A7C15L;
        return new TrackId(mixed ^ mixed >>> 32, number);
    }

    private static Instant first() {
        return Instant.now().truncatedTo(ChronoUnit.DAYS).minus(Duration.ofDays(364));
    }

    private static Instant made(int track, int tracks) {
        long year = Duration.ofDays(364).toMillis();
        long campaign = year / (tracks / CAMPAIGN + 1) * (track / CAMPAIGN);
        return first().plusMillis(campaign + track % CAMPAIGN * 2_000L);
    }

    private static void fill(Path directory, int tracks, int hits) {
        var random = new Random(5);
        try (Journal events = Journal.open(directory.resolve("events"));
                Journal mail = Journal.open(directory.resolve("mail"))) {
            var log = new EventLog(events);
            var batch = new ArrayList<Event>(BATCH);
            int hit = 0;
            for (int track = 0; track < tracks; track++) {
                Instant at = made(track, tracks);
                batch.add(new Event.Made(
                        new NewTrack(
                                id(track),
                                "reader" + track % 200_000 + "@example.com",
                                "News " + track / CAMPAIGN,
                                "campaign-" + track / CAMPAIGN,
                                "",
                                "",
                                at),
                        1,
                        Optional.empty()));
                // As many hits as are due by now, on the tracks of the campaigns before.
                long due = (long) hits * (track + 1) / tracks;
                for (; hit < due; hit++) {
                    int seen = Math.max(
                            0, track - (int) (random.nextDouble() * random.nextDouble() * 3 * CAMPAIGN * 2.74));
                    batch.add(hit(random, id(seen), at));
                }
                if (batch.size() >= BATCH) {
                    log.keep(batch);
                    batch.clear();
                    progress("written", track, tracks);
                }
            }
            log.keep(batch);
            System.out.println();
            project(directory, events, mail, tracks + hits);
        }
    }

    private static Event hit(Random random, TrackId track, Instant at) {
        var visitor = new Event.Visitor(
                "192.0." + random.nextInt(256) + "." + random.nextInt(256), AGENTS.get(random.nextInt(AGENTS.size())));
        int link = random.nextInt(6);
        return random.nextInt(5) == 0
                ? new Event.Clicked(track, at, visitor, link, "https://shop.example.com/item/" + link + "?from=mail")
                : new Event.Opened(track, at, visitor, "");
    }

    private static void project(Path directory, Journal events, Journal mail, int all) {
        var database = Database.at("", directory.resolve("db").resolve("signalpost"));
        var feed = new MailFeed(mail, entry -> Optional.empty(), position -> {});
        var projector = new Projector(
                database,
                events,
                feed,
                Classifier.byAgent(),
                InstantSource.system(),
                () -> System.out.println("books open"));
        long start = System.nanoTime();
        projector.start();
        BooleanSupplier done = () -> projector.awaitAll(Duration.ofSeconds(2));
        while (!done.getAsBoolean()) {
            System.out.printf(Locale.ROOT, "\rbooking, %.0f s ", (System.nanoTime() - start) / 1e9);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(
                Locale.ROOT, "%n%d tracks and hits booked in %.1f s: %.0f a second%n", all, seconds, all / seconds);
        projector.close();
        database.close();
    }

    private static void progress(String what, int done, int all) {
        int tenths = (int) (10L * done / all);
        System.out.printf("\r[%s%s] %s %d of %d ", "#".repeat(tenths), ".".repeat(10 - tenths), what, done, all);
    }

    private static void ask(Path directory, int rounds) throws IOException, InterruptedException {
        var settings = new TrackingSettings(
                new HttpSettings(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        /* proxyProtocol= */ false,
                        List.of(),
                        100,
                        100,
                        "no-referrer",
                        Duration.ZERO,
                        HttpSettings.Patience.USUAL),
                new TrackingUrls("https://t.example"),
                "",
                directory.resolve("db").resolve("signalpost"),
                ADMIN);
        try (Journal events = Journal.open(directory.resolve("events"));
                Journal mail = Journal.open(directory.resolve("mail"));
                var server = new TrackingServer(
                        settings,
                        SigningKeys.of(1, new byte[32], new byte[32]),
                        events,
                        new MailFeed(mail, entry -> Optional.empty(), position -> {}),
                        Outbox.EMPTY,
                        Optional.empty(),
                        Classifier.byAgent(),
                        new Metrics(),
                        InstantSource.system(),
                        new SecureRandom());
                HttpClient client = HttpClient.newHttpClient()) {
            server.start();
            String base = "http://127.0.0.1:" + server.address().getPort() + "/api/v1";
            for (String call : calls()) {
                time(client, base, call, rounds);
            }
            time(client, base, "", rounds);
        }
    }

    private static List<String> calls() {
        var calls = new ArrayList<String>();
        for (String zone : List.of("", "&tz=Europe/Berlin", "&tz=Asia/Kolkata")) {
            for (String period : List.of("7d", "30d", "90d", "1y")) {
                calls.add("/analytics?period=" + period + zone);
            }
        }
        calls.addAll(List.of(
                "/analytics?period=1y&groupBy=month",
                "/analytics?period=1y&campaign=campaign-500",
                "/analytics/campaigns?period=1y",
                "/analytics/campaigns?period=90d&tz=Europe/Berlin",
                "/analytics/links?period=1y",
                "/analytics/locations?period=1y",
                "/analytics/export.csv?period=1y",
                "/tracks",
                "/tracks?limit=100",
                "/tracks?opened=true",
                "/tracks?opened=false",
                "/tracks?clicked=true",
                "/tracks?campaign=campaign-500",
                "/tracks?campaign=campaign-500&opened=true",
                "/tracks?campaign=campaign-3&clicked=true",
                "/tracks?recipient=reader77@example.com",
                "/tracks?status=bounced",
                "/tracks?from=" + first().plus(Duration.ofDays(100)) + "&to=" + first().plus(Duration.ofDays(101))));
        return calls;
    }

    /** Times a call; an empty one is a walk through all tracks, page by page. */
    private static void time(HttpClient client, String base, String call, int rounds)
            throws IOException, InterruptedException {
        var json = JsonMapper.builder().build();
        var times = new double[rounds];
        String cursor = "";
        for (int i = -rounds / 4; i < rounds; i++) {
            String path = call.isEmpty() ? "/tracks?limit=100" + (cursor.isEmpty() ? "" : "&cursor=" + cursor) : call;
            var request = HttpRequest.newBuilder(URI.create(base + path))
                    .header("Authorization", "Bearer " + ADMIN)
                    .build();
            long start = System.nanoTime();
            HttpResponse<byte[]> answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
            if (i >= 0) {
                times[i] = (System.nanoTime() - start) / 1e6;
            }
            if (answer.statusCode() == 503 && i < 0) {
                // The books are not open yet.
                i--;
                continue;
            }
            if (answer.statusCode() != 200) {
                throw new IllegalStateException(path + " was answered " + answer.statusCode());
            }
            if (call.isEmpty()) {
                cursor = json.readTree(answer.body()).path("nextCursor").asString("");
            }
        }
        Arrays.sort(times);
        System.out.printf(
                Locale.ROOT,
                "%-62s median %6.2f  p99 %6.2f  worst %6.2f ms%n",
                call.isEmpty() ? "page after page of /tracks" : call,
                times[rounds / 2],
                times[(int) (rounds * 0.99)],
                times[rounds - 1]);
    }
}
