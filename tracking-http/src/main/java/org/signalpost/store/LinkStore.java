package org.signalpost.store;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.signalpost.track.TrackId;

/** Reads the links of tracks. Safe to share; every method throws {@link Unavailable} while the database is away. */
public final class LinkStore {
    /** Nobody followed it. */
    public static final Clicks NONE = new Clicks(0, 0);

    private final Database database;

    /** Reads from this database. */
    public LinkStore(Database database) {
        this.database = database;
    }

    /** A link that a caller made. */
    public record Link(int number, String url, String name) {}

    /** How often a link was followed, by people and by machines. */
    public record Clicks(long people, long machines) {}

    /** The links that callers made, in the order they were made in. */
    public List<Link> made(TrackId track) {
        return database.transaction(connection -> Sql.rows(
                connection,
                "SELECT number, url, name FROM links WHERE track = ? ORDER BY made_at, number",
                List.of(track.toString()),
                row -> new Link(row.getInt("number"), row.getString("url"), row.getString("name"))));
    }

    /** How often each link was followed, by its number. */
    public Map<Integer, Clicks> clicks(TrackId track) {
        var clicks = new HashMap<Integer, Clicks>();
        database.transaction(connection -> Sql.rows(
                connection,
                """
                SELECT link, SUM(CASE WHEN counted THEN 1 ELSE 0 END) AS people, COUNT(*) AS hits
                FROM hits WHERE track_number = (SELECT number FROM tracks WHERE id = ?) AND what = 'click'
                GROUP BY link""",
                List.of(track.toString()),
                row -> clicks.put(
                        row.getInt("link"),
                        new Clicks(row.getLong("people"), row.getLong("hits") - row.getLong("people")))));
        return clicks;
    }

    /** What was decided about the mail of a track, as JSON; empty when it is not one of a mail. */
    public Optional<String> explanation(TrackId track) {
        return database
                .transaction(
                        connection -> Sql.rows(connection, """
                        SELECT r.explanation FROM recipients r JOIN tracks t ON t.message = r.message
                        WHERE t.id = ? AND r.track = t.id""", List.of(track.toString()), row -> row.getString(1)))
                .stream()
                .findFirst();
    }
}
