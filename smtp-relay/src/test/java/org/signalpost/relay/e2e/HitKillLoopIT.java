package org.signalpost.relay.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * The process is killed again and again while it answers pixels, links and creates; then every counter and every sum is
 * compared with what was answered.
 *
 * <p>{@code hit.rounds} says how often; {@code mvn -Pslow verify} makes it 100.
 */
class HitKillLoopIT {
    private static final int ROUNDS = Integer.getInteger("hit.rounds", 10);
    private static final int CALLS = 5_000;
    private static final int CLIENTS = 8;
    private static final Duration LATE = Duration.ofMillis(45);

    @TempDir
    Path directory;

    /** What was answered, over all rounds. */
    private final Map<String, String> made = new ConcurrentHashMap<>();

    private final Map<String, AtomicInteger> opens = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> clicks = new ConcurrentHashMap<>();
    private final List<String> tracks = new CopyOnWriteArrayList<>();
    private final Map<String, String> links = new HashMap<>();
    private final Set<String> bought = ConcurrentHashMap.newKeySet();

    /** What the process that was killed last had said. */
    private String killed = "";

    private final AtomicInteger number = new AtomicInteger();

    private final Queue<Long> slowOpens = new ConcurrentLinkedQueue<>();
    private final Queue<Long> slowClicks = new ConcurrentLinkedQueue<>();

    /**
     * Hits just before a kill whose answer took so long that it may have been given before they were on disk: after 50
     * ms a picture is worth more than a number. A kill right then loses them, and the documents say so.
     */
    private final AtomicInteger lateOpens = new AtomicInteger();

    private final AtomicInteger lateClicks = new AtomicInteger();

    @Test
    void whatever_was_answered_is_counted_once_in_every_counter_and_every_sum() throws Exception {
        var random = new Random(20_261_126);
        for (int round = 0; round < ROUNDS; round++) {
            try (var signalpost = RunningSignalpost.start(directory, Map.of())) {
                if (round > 0) {
                    compare(signalpost, round);
                }
                if (round == 0) {
                    for (int i = 0; i < 5; i++) {
                        first(signalpost, i);
                    }
                }
                storm(signalpost, 200 + random.nextInt(CALLS));
            }
        }
        try (var signalpost = RunningSignalpost.start(directory, Map.of())) {
            compare(signalpost, ROUNDS);
        }
    }

    private void first(RunningSignalpost signalpost, int i) throws IOException {
        String id = signalpost
                .api(
                        "POST",
                        "/tracks",
                        "{\"recipient\": \"first" + i + "@example.com\", \"campaign\": \"c" + i % 2 + "\"}")
                .path("id")
                .asString();
        tracks.add(id);
        made.put("first" + i + "@example.com", id);
        String link = signalpost
                .api("POST", "/tracks/" + id + "/links", "{\"url\": \"https://shop.example/" + i + "\"}")
                .path("trackedUrl")
                .asString();
        links.put(id, URI.create(link).getPath());
    }

    /** Eight clients ask for whatever comes until so many calls were answered; then the process is killed. */
    private void storm(RunningSignalpost signalpost, int until) throws Exception {
        var answered = new AtomicInteger();
        String key = signalpost.adminKey();
        try (var client = HttpClient.newHttpClient();
                var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < CLIENTS; i++) {
                var random = new Random(until * 31L + i);
                clients.execute(() -> {
                    try {
                        while (answered.get() < until + CALLS) {
                            call(signalpost, client, key, random);
                            answered.incrementAndGet();
                        }
                    } catch (IOException | InterruptedException e) {
                        // The kill; what was in flight was not answered.
                    }
                });
            }
            Waiting.until(Duration.ofMinutes(2), () -> answered.get() >= until, signalpost::output);
            signalpost.killHard();
            long kill = System.nanoTime();
            lateOpens.addAndGet(justBefore(kill, slowOpens));
            lateClicks.addAndGet(justBefore(kill, slowClicks));
            killed = signalpost.output();
        }
    }

    private void call(RunningSignalpost signalpost, HttpClient client, String key, Random random)
            throws IOException, InterruptedException {
        String track = tracks.get(random.nextInt(tracks.size()));
        switch (random.nextInt(11)) {
            case 0 -> {
                String recipient = "r" + number.incrementAndGet() + "@example.com";
                var request = HttpRequest.newBuilder(signalpost.uri("/api/v1/tracks"))
                        .header("Authorization", "Bearer " + key)
                        .POST(HttpRequest.BodyPublishers.ofString("{\"recipient\": \"" + recipient + "\"}"))
                        .build();
                if (client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode() == 201) {
                    made.put(recipient, "");
                }
            }
            case 1 -> buy(signalpost, client, key, random);
            case 2, 3, 4 -> {
                String path = links.getOrDefault(track, "");
                var request = HttpRequest.newBuilder(signalpost.uri(path)).build();
                long start = System.nanoTime();
                if (client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 302) {
                    noteIfSlow(start, slowClicks);
                    clicks.computeIfAbsent(track, fresh -> new AtomicInteger()).incrementAndGet();
                }
            }
            default -> {
                var request = HttpRequest.newBuilder(signalpost.uri("/api/t/" + track))
                        .build();
                long start = System.nanoTime();
                if (client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200) {
                    noteIfSlow(start, slowOpens);
                    opens.computeIfAbsent(track, fresh -> new AtomicInteger()).incrementAndGet();
                }
            }
        }
    }

    /** One dollar each time; every third time an order that was answered before. */
    private void buy(RunningSignalpost signalpost, HttpClient client, String key, Random random)
            throws IOException, InterruptedException {
        int fresh = number.incrementAndGet();
        String order =
                random.nextInt(3) == 0 && !bought.isEmpty() ? bought.iterator().next() : "order" + fresh;
        String body = "{\"email\": \"first" + fresh % 7 + "@example.com\", \"orderId\": \"" + order
                + "\", \"revenue\": 1.00, \"currency\": \"USD\"}";
        var request = HttpRequest.newBuilder(signalpost.uri("/api/v1/track/purchase"))
                .header("Authorization", "Bearer " + key)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        if (client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode() == 200) {
            bought.add(order);
        }
    }

    private static void noteIfSlow(long start, Queue<Long> slow) {
        long end = System.nanoTime();
        if (end - start >= LATE.toNanos()) {
            slow.add(end);
        }
    }

    /** How many slow answers came in the last second before the kill; what was answered before is on disk by then. */
    private static int justBefore(long kill, Queue<Long> slow) {
        int late = (int) slow.stream()
                .filter(end -> kill - end < Duration.ofSeconds(1).toNanos())
                .count();
        slow.clear();
        return late;
    }

    /** Each client may have had one call in flight in each round before: on disk, and not answered. */
    private void compare(RunningSignalpost signalpost, int rounds) throws IOException {
        int inFlight = rounds * CLIENTS;
        int answeredOpens = sum(opens) - lateOpens.get();
        int answeredClicks = sum(clicks) - lateClicks.get();
        // The books are up to date when a new track is in them.
        String probe = "probe" + rounds + "@example.com";
        String id = signalpost
                .api("POST", "/tracks", "{\"recipient\": \"" + probe + "\"}")
                .path("id")
                .asString();
        made.put(probe, id);
        Waiting.until(
                Duration.ofSeconds(30),
                () -> {
                    JsonNode now = signalpost.api("/analytics").path("summary");
                    JsonNode newest =
                            signalpost.api("/tracks?limit=1").path("data").path(0);
                    // Tracks that were in flight at a kill count as well: their number alone says nothing.
                    return newest.path("recipient").asString("").equals(probe)
                            && now.path("totalTracks").asInt() >= made.size()
                            && now.path("totalOpens").asInt() >= answeredOpens
                            && now.path("totalClicks").asInt() >= answeredClicks;
                },
                () -> "after " + rounds + " kills, answered " + answeredOpens + " opens (and " + lateOpens + " late), "
                        + answeredClicks + " clicks (and " + lateClicks + " late):\n" + report(signalpost)
                        + signalpost.output());

        JsonNode report = signalpost.api("/analytics");
        JsonNode summary = report.path("summary");
        assertThat(summary.path("totalOpens").asInt()).isBetween(answeredOpens, sum(opens) + inFlight);
        assertThat(summary.path("totalClicks").asInt()).isBetween(answeredClicks, sum(clicks) + inFlight);
        assertThat(summary.path("totalTracks").asInt()).isBetween(made.size(), made.size() + inFlight);
        int countedOpens = 0;
        int countedClicks = 0;
        for (String track : tracks) {
            JsonNode counted = signalpost.api("/tracks/" + track);
            int answered = opens.getOrDefault(track, new AtomicInteger()).get();
            assertThat(counted.path("openCount").asInt()).isBetween(answered - lateOpens.get(), answered + inFlight);
            countedOpens += counted.path("openCount").asInt();
            countedClicks += counted.path("clickCount").asInt();
            assertThat(clicksOf(signalpost, track))
                    .isEqualTo(counted.path("clickCount").asInt());
        }
        assertThat(summary.path("totalOpens").asInt()).isEqualTo(countedOpens);
        assertThat(summary.path("totalClicks").asInt()).isEqualTo(countedClicks);
        assertThat(total(report.path("timeline"), "opens")).isEqualTo(countedOpens);
        assertThat(report.path("devices")
                        .valueStream()
                        .mapToInt(JsonNode::asInt)
                        .sum())
                .isEqualTo(countedOpens);
        assertThat(total(signalpost.api("/analytics/links").path("data"), "clicks"))
                .isEqualTo(countedClicks);
        assertThat(total(signalpost.api("/analytics/locations").path("data"), "clicks"))
                .isEqualTo(countedClicks);
        assertThat(total(signalpost.api("/analytics/campaigns").path("data"), "totalOpens"))
                .isEqualTo(countedOpens);
        assertThat(recipients(signalpost)).containsAll(made.keySet()).doesNotHaveDuplicates();
        compareSales(signalpost.api("/analytics/revenue"), inFlight);
    }

    private void compareSales(JsonNode report, int inFlight) {
        int credited = report.path("summary").path("purchases").asInt();
        int alone = report.path("unattributed").path("purchases").asInt();
        assertThat(credited + alone).isBetween(bought.size(), bought.size() + inFlight);
        assertThat(dollars(report.path("summary"))).isEqualTo(credited);
        assertThat(dollars(report.path("unattributed"))).isEqualTo(alone);
        assertThat(total(report.path("timeline"), "purchases")).isEqualTo(credited);
        assertThat(total(report.path("campaigns"), "purchases")).isEqualTo(credited);
        assertThat(report.path("creditedBy")
                        .valueStream()
                        .mapToInt(reason -> reason.path("purchases").asInt())
                        .sum())
                .isEqualTo(credited);
    }

    private static int dollars(JsonNode takings) {
        String text = takings.path("revenue").path("USD").asString("0.00");
        assertThat(text).endsWith(".00");
        return Integer.parseInt(text.substring(0, text.length() - ".00".length()));
    }

    private String report(RunningSignalpost signalpost) {
        try {
            return signalpost.api("/analytics").path("summary") + "\n"
                    + new String(
                            signalpost.visit(signalpost.uri("/health/ready")).body(), StandardCharsets.UTF_8) + "\n"
                    + killed.lines()
                            .filter(line -> line.contains(" ERROR ") || line.contains(" WARN "))
                            .toList() + "\n"
                    + recipients(signalpost).size() + " tracks of " + made.size() + "\n";
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static int clicksOf(RunningSignalpost signalpost, String track) throws IOException {
        return total(signalpost.api("/tracks/" + track + "/links").path("data"), "clickCount");
    }

    private static int total(JsonNode list, String measure) {
        return list.valueStream()
                .mapToInt(element -> element.path(measure).asInt())
                .sum();
    }

    private static int sum(Map<String, AtomicInteger> counts) {
        return counts.values().stream().mapToInt(AtomicInteger::get).sum();
    }

    private static List<String> recipients(RunningSignalpost signalpost) throws IOException {
        var all = new java.util.ArrayList<String>();
        String cursor = "";
        do {
            JsonNode page = signalpost.api("/tracks?limit=100" + cursor);
            page.path("data").forEach(track -> all.add(track.path("recipient").asString()));
            cursor = page.path("hasMore").asBoolean()
                    ? "&cursor=" + page.path("nextCursor").asString()
                    : "";
        } while (!cursor.isEmpty());
        return all;
    }
}
