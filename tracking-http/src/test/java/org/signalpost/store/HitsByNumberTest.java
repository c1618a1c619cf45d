package org.signalpost.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.signalpost.event.Event;
import org.signalpost.track.NewTrack;
import org.signalpost.track.TrackId;

class HitsByNumberTest {
    private static final TrackId KNOWN = new TrackId(1, 1);
    private static final TrackId LATER = new TrackId(2, 2);
    private static final Instant NOON = Instant.parse("2026-11-25T12:00:00Z");
    private static final Event.Visitor READER = new Event.Visitor(
            "192.0.2.1", "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Thunderbird/128.0");

    @TempDir
    Path directory;

    private Database database() {
        return Database.at("", directory.resolve("books"));
    }

    private static void book(Database database, Event... events) {
        database.transaction(connection -> {
            try (var books = new Books(connection, Classifier.byAgent())) {
                for (Event event : events) {
                    books.book(event);
                }
            }
            return true;
        });
    }

    private static Event made(TrackId id) {
        return new Event.Made(new NewTrack(id, "ann@example.com", "", "c", "", "", NOON), 1, Optional.empty());
    }

    private static Event opened(TrackId id) {
        return new Event.Opened(id, NOON, READER, "");
    }

    private static Event clicked(TrackId id) {
        return new Event.Clicked(id, NOON, READER, 1, "https://shop.example.com/");
    }

    private static int hits(TrackStore tracks, TrackId id) {
        return tracks.newest(id, Optional.empty(), /* machines= */ true, Optional.empty(), 100)
                .size();
    }

    /** The books as the version before kept them: hits by name, also of a track that is not there yet. */
    private void earlierBooks() throws SQLException {
        String url = "jdbc:h2:file:" + directory.resolve("books").toAbsolutePath();
        try (Connection connection = DriverManager.getConnection(url)) {
            Flyway.configure()
                    .dataSource(url, "", "")
                    .locations("classpath:org/signalpost/store/migration")
                    .target("4")
                    .load()
                    .migrate();
            try (Statement statement = connection.createStatement()) {
                statement.execute("""
                        INSERT INTO tracks (id, recipient, subject, campaign, message, metadata, created_at, status, opens)
                        VALUES ('%s', 'ann@example.com', '', 'c', '', '', TIMESTAMP WITH TIME ZONE '2026-11-25 12:00:00+00:00',
                          'created', 1)""".formatted(KNOWN));
                for (TrackId id : new TrackId[] {KNOWN, LATER}) {
                    statement.execute("""
                            INSERT INTO hits (track, what, at, address, agent, email_client, browser, device, place, link, url,
                              kind, reason)
                            VALUES ('%s', 'open', TIMESTAMP WITH TIME ZONE '2026-11-25 12:00:00+00:00', '', '', 'Gmail', '',
                              'desktop', '', 0, '', 'human', '')""".formatted(id));
                }
            }
        }
    }

    @Test
    void books_of_the_version_before_go_on_with_their_hits_and_with_those_that_wait() throws SQLException {
        earlierBooks();
        try (Database database = database()) {
            database.open();
            var tracks = new TrackStore(database);
            assertThat(hits(tracks, KNOWN)).isEqualTo(1);

            book(database, opened(KNOWN), opened(LATER), made(LATER), clicked(LATER));

            assertThat(hits(tracks, KNOWN)).isEqualTo(2);
            assertThat(hits(tracks, LATER)).isEqualTo(3);
            Track later = tracks.find(LATER).orElseThrow();
            assertThat(later.opens()).isEqualTo(2);
            assertThat(later.clicks()).isEqualTo(1);
        }
    }

    @Test
    void a_deleted_track_takes_its_own_hits_along_and_no_others() {
        try (Database database = database()) {
            database.open();
            book(database, made(KNOWN), made(LATER), opened(KNOWN), clicked(KNOWN), opened(LATER));

            book(database, new Event.Deleted(KNOWN, NOON), opened(KNOWN));

            var tracks = new TrackStore(database);
            assertThat(tracks.find(KNOWN)).isEmpty();
            assertThat(hits(tracks, LATER)).isEqualTo(1);
            assertThat(count(database, "hits")).isEqualTo(1);
            assertThat(count(database, "waiting_hits")).isZero();
        }
    }

    @Test
    void a_hit_waits_for_its_track_over_batches_and_leaves_nothing_behind() {
        try (Database database = database()) {
            database.open();
            book(database, opened(LATER));
            book(database, opened(LATER), clicked(LATER));
            assertThat(count(database, "waiting_hits")).isEqualTo(3);

            book(database, made(LATER));

            assertThat(count(database, "waiting_hits")).isZero();
            assertThat(hits(new TrackStore(database), LATER)).isEqualTo(3);
            assertThat(new LinkStore(database).clicks(LATER).get(1)).isEqualTo(new LinkStore.Clicks(1, 0));
        }
    }

    private static long count(Database database, String table) {
        return database.transaction(connection ->
                        Sql.rows(connection, "SELECT COUNT(*) FROM " + table, List.of(), row -> row.getLong(1)))
                .getFirst();
    }
}
