package org.signalpost.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * The database is stopped, locked or deleted while the server runs: hits and links go on, and all is there afterwards.
 */
class DatabaseAwayTest {
    private static final int HITS = 200;

    @TempDir
    Path directory;

    private RunningServer server;
    private String track;
    private String link;

    @BeforeEach
    void start() {
        server = new RunningServer(directory);
        track = server.track("{\"recipient\": \"ann@example.com\", \"campaign\": \"c\"}");
        String tracked = server.json(
                        server.api("POST", "/tracks/" + track + "/links", "{\"url\": \"https://shop.example/a\"}"))
                .path("trackedUrl")
                .asString();
        link = tracked.substring("https://t.example".length());
        // Connections are refused from here on only for good reason: the key of this caller is known.
        assertThat(server.read("/tracks/" + track).path("openCount").asInt()).isZero();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Connection beside() throws SQLException {
        return DriverManager.getConnection("jdbc:h2:file:"
                + directory.resolve("db").resolve("signalpost").toAbsolutePath()
                + ";DB_CLOSE_ON_EXIT=FALSE;QUERY_CACHE_SIZE=128;WRITE_DELAY=0");
    }

    /** Hits while the database is away: all answered rightly, and quickly. */
    private void hits() {
        var times = new long[2 * HITS];
        for (int i = 0; i < HITS; i++) {
            long start = System.nanoTime();
            HttpResponse<byte[]> pixel = server.get("/api/t/" + track);
            times[2 * i] = System.nanoTime() - start;
            assertThat(pixel.statusCode()).isEqualTo(200);
            start = System.nanoTime();
            HttpResponse<byte[]> click = server.get(link);
            times[2 * i + 1] = System.nanoTime() - start;
            assertThat(click.statusCode()).isEqualTo(302);
            assertThat(click.headers().firstValue("Location")).contains("https://shop.example/a");
        }
        Arrays.sort(times);
        assertThat(times[times.length / 2]).as("nanoseconds of the median hit").isLessThan(50_000_000L);
    }

    private void all_is_there_afterwards(int rounds) {
        assertThat(RunningServer.eventually(
                        () -> server.read("/tracks/" + track).path("openCount").asInt() == rounds * HITS))
                .as(server.read("/tracks/" + track).toString())
                .isTrue();
        assertThat(RunningServer.eventually(
                        () -> server.read("/tracks/" + track).path("clickCount").asInt() == rounds * HITS))
                .isTrue();
        JsonNode summary = server.read("/analytics?campaign=c").path("summary");
        assertThat(summary.path("totalOpens").asInt()).isEqualTo(rounds * HITS);
        assertThat(summary.path("totalClicks").asInt()).isEqualTo(rounds * HITS);
    }

    @Test
    void stopped() throws SQLException {
        try (Connection connection = beside();
                Statement statement = connection.createStatement()) {
            statement.execute("SHUTDOWN IMMEDIATELY");
        } catch (SQLException e) {
            // The connection is gone with the database.
            assertThat(e.getErrorCode()).isIn(90098, 90121, 90007, 50000);
        }
        hits();
        all_is_there_afterwards(1);
    }

    @Test
    void locked() throws SQLException {
        try (Connection connection = beside();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("SELECT * FROM tracks FOR UPDATE");
            hits();
            assertThat(server.api("POST", "/tracks", "{\"recipient\": \"bob@example.com\"}")
                            .statusCode())
                    .as("it is kept in the log")
                    .isEqualTo(201);
            connection.rollback();
        }
        all_is_there_afterwards(1);
        assertThat(server.read("/tracks?recipient=bob@example.com").path("data"))
                .hasSize(1);
    }

    @Test
    void deleted_under_its_open_handle() throws IOException {
        hits();
        all_is_there_afterwards(1);
        Files.delete(directory.resolve("db").resolve("signalpost.mv.db"));
        hits();
        assertThat(RunningServer.eventually(
                        () -> Files.exists(directory.resolve("db").resolve("signalpost.mv.db"))))
                .isTrue();
        all_is_there_afterwards(2);
    }

    @Test
    void deleted() throws IOException, SQLException {
        hits();
        all_is_there_afterwards(1);
        try (Connection connection = beside();
                Statement statement = connection.createStatement()) {
            statement.execute("SHUTDOWN IMMEDIATELY");
        } catch (SQLException e) {
            assertThat(e.getErrorCode()).isIn(90098, 90121, 90007, 50000);
        }
        try (var files = Files.list(directory.resolve("db"))) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
        }
        hits();
        // The books are made again from the log, which keeps everything for two days.
        all_is_there_afterwards(2);
    }
}
