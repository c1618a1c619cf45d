package org.signalpost.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The end: balancers are told first, and what is being asked is answered. */
class StopTest {
    private static final String TRACK = "trk_0000000000000000000001";

    @TempDir
    Path directory;

    private static HttpSettings stopsAfter(Duration delay) {
        HttpSettings usual = RunningServer.http();
        return new HttpSettings(
                usual.listen(),
                usual.proxyProtocol(),
                List.of(),
                usual.connections(),
                usual.connectionsPerClient(),
                usual.referrerPolicy(),
                delay,
                usual.patience());
    }

    @Test
    void says_first_that_it_is_not_ready_and_goes_on_answering() throws InterruptedException {
        var server = new RunningServer(directory, stopsAfter(Duration.ofSeconds(2)));
        assertThat(RunningServer.eventually(() -> server.get("/health/ready").statusCode() == 200))
                .isTrue();
        Thread closing = Thread.ofVirtual().start(server::leave);
        assertThat(RunningServer.eventually(() -> server.get("/health/ready").statusCode() == 503))
                .isTrue();
        assertThat(RunningServer.text(server.get("/health/ready"))).contains("\"missing\":[\"stopping\"]");
        assertThat(server.get("/api/t/" + TRACK).statusCode()).isEqualTo(200);
        assertThat(closing.isAlive()).as("balancers still have time").isTrue();
        closing.join();
        server.close();
    }

    @Test
    void a_request_that_is_under_way_is_answered_before_the_end() throws InterruptedException {
        var server = new RunningServer(directory);
        String body = "{\"recipient\": \"ann@example.com\"}";
        int port = server.uri("/").getPort();
        try (var raw = new Raw(port)) {
            raw.say(
                    "POST /api/v1/tracks HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\nAuthorization: Bearer "
                            + RunningServer.ADMIN + "\r\nContent-Length: " + body.length()
                            + "\r\nExpect: 100-continue\r\n\r\n");
            assertThat(raw.until("\r\n\r\n")).startsWith("HTTP/1.1 100");
            Thread closing = Thread.ofVirtual().start(server::close);
            assertThat(RunningServer.eventually(() -> !isListening(port))).isTrue();
            // Longer than Jetty would wait by itself.
            LockSupport.parkNanos(Duration.ofSeconds(2).toNanos());
            raw.say(body);
            assertThat(raw.rest()).startsWith("HTTP/1.1 201").contains("\"id\":\"trk_");
            closing.join();
        }
    }

    private static boolean isListening(int port) {
        try (var raw = new Raw(port)) {
            return raw.say("x");
        } catch (java.io.UncheckedIOException refused) {
            return false;
        }
    }
}
