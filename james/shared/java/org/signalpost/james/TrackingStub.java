package org.signalpost.james;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** A server that answers {@code POST /api/v1/tracks/batch} as was agreed, or as badly as a test wants. */
public final class TrackingStub implements AutoCloseable {
    /** How it answers. */
    public enum Manner {
        /** As agreed. */
        GOOD,
        /** 401, as for a key that was revoked. */
        UNAUTHORIZED,
        /** 500. */
        BROKEN,
        /** 200, and a page of a proxy. */
        NONSENSE,
        /** 200, and half of the answer. */
        HALF,
        /** 200, and an answer that does not end. */
        ENDLESS,
        /** 200, and one octet of the answer now and then. */
        DRIPPING,
        /** No answer for thirty seconds. */
        SLOW,
        /** 200, and every track refused. */
        REFUSING,
        /** As agreed, but not at an address: a redirect. */
        ELSEWHERE
    }

    private static final Pattern TRACK = Pattern.compile("\"id\":\"(trk_[0-9A-Za-z]{22})\",\"recipient\":\"([^\"]*)\"");

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Map<String, String> registered = new ConcurrentHashMap<>();
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final List<String> authorizations = new CopyOnWriteArrayList<>();
    private final Set<String> refused = ConcurrentHashMap.newKeySet();
    private volatile Manner manner = Manner.GOOD;

    private TrackingStub(HttpServer server) {
        this.server = server;
    }

    /** On a free port of this machine. */
    public static TrackingStub start() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        var stub = new TrackingStub(server);
        server.createContext("/api/v1/tracks/batch", stub::answer);
        server.setExecutor(stub.threads);
        server.start();
        return stub;
    }

    /** Answers in this manner from now on. */
    public void behave(Manner how) {
        manner = how;
    }

    /** Refuses tracks of this recipient from now on. */
    public void refuse(String recipient) {
        refused.add(recipient);
    }

    /** Its address. */
    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** The bodies of all calls. */
    public List<String> calls() {
        return List.copyOf(calls);
    }

    /** The Authorization fields of all calls. */
    public List<String> authorizations() {
        return List.copyOf(authorizations);
    }

    /** The recipients of all tracks, by track. */
    public Map<String, String> registered() {
        return new TreeMap<>(registered);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        calls.add(body);
        authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
        try (exchange) {
            switch (manner) {
                case GOOD -> say(exchange, 200, outcomes(body));
                case UNAUTHORIZED -> say(exchange, 401, "{\"code\":\"unauthorized\",\"success\":false}");
                case BROKEN -> say(exchange, 500, "{\"data\":[{\"index\":0,\"status\":201}]}");
                case NONSENSE -> say(exchange, 200, "<html><body>Welcome to nginx</body></html>");
                case HALF -> {
                    String all = outcomes(body);
                    say(exchange, 200, all.substring(0, all.length() - 1));
                }
                case REFUSING -> say(exchange, 200, "{\"data\":[]}");
                case ELSEWHERE -> {
                    exchange.getResponseHeaders().set("Location", url() + "/elsewhere");
                    say(exchange, 307, "");
                }
                case SLOW -> hold(30_000);
                case ENDLESS -> {
                    exchange.sendResponseHeaders(200, 0);
                    byte[] more = " ".repeat(1 << 16).getBytes(StandardCharsets.US_ASCII);
                    while (closing.getCount() > 0) {
                        exchange.getResponseBody().write(more);
                    }
                }
                case DRIPPING -> {
                    exchange.sendResponseHeaders(200, 0);
                    while (!hold(100)) {
                        exchange.getResponseBody().write(' ');
                        exchange.getResponseBody().flush();
                    }
                }
            }
        }
    }

    private static void say(HttpExchange exchange, int status, String text) throws IOException {
        byte[] octets = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, octets.length);
        exchange.getResponseBody().write(octets);
    }

    /** Whether the server closes meanwhile. */
    private boolean hold(long millis) {
        try {
            return closing.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return true;
        }
    }

    private String outcomes(String body) {
        var outcomes = new ArrayList<String>();
        for (MatchResult track : TRACK.matcher(body).results().toList()) {
            int index = outcomes.size();
            if (refused.contains(track.group(2))) {
                outcomes.add("{\"index\":" + index
                        + ",\"status\":400,\"errors\":[{\"field\":\"recipient\",\"message\":\"no\"}]}");
            } else {
                int status = registered.putIfAbsent(track.group(1), track.group(2)) == null ? 201 : 200;
                outcomes.add("{\"index\":" + index + ",\"status\":" + status + ",\"track\":{\"id\":\"" + track.group(1)
                        + "\",\"opens\":[],\"status\":\"created\"}}");
            }
        }
        return "{\"data\":[" + String.join(",", outcomes) + "]}";
    }

    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
        threads.shutdown();
    }
}
