package org.signalpost.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.signalpost.track.NewTrack;
import org.signalpost.track.TrackId;

/** Reads tracks and their hits. Safe to share; every method throws {@link Unavailable} while the database is away. */
public final class TrackStore {
    private static final String COLUMNS = "id, recipient, subject, campaign, message, metadata, created_at, status,"
            + " opens, clicks, machine_opens, bot_clicks, first_open_at, last_open_at";

    private final Database database;

    /** Reads from this database. */
    public TrackStore(Database database) {
        this.database = database;
    }

    /** Where a page ends: the next one begins behind it. */
    public record Place(Instant createdAt, TrackId id) {}

    /** The track of this name. */
    public Optional<Track> find(TrackId id) {
        return database
                .transaction(connection -> Sql.rows(
                        connection,
                        "SELECT " + COLUMNS + " FROM tracks WHERE id = ?",
                        List.of(id.toString()),
                        TrackStore::track))
                .stream()
                .findFirst();
    }

    /** The tracks of one mail, in the order of their names; at most {@code limit}. */
    public List<Track> ofMessage(String message, int limit) {
        return database.transaction(connection -> Sql.rows(
                connection,
                "SELECT " + COLUMNS + " FROM tracks WHERE message = ? ORDER BY id FETCH FIRST " + limit + " ROWS ONLY",
                List.of(message),
                TrackStore::track));
    }

    /** The newest tracks first, behind the place; at most {@code limit}. */
    public List<Track> page(TrackQuery query, Optional<Place> behind, int limit) {
        var conditions = new ArrayList<String>();
        var values = new ArrayList<Object>();
        query.campaign().ifPresent(value -> add(conditions, "campaign = ?", values, value));
        query.recipient().ifPresent(value -> add(conditions, "recipient = ?", values, value));
        query.message().ifPresent(value -> add(conditions, "message = ?", values, value));
        query.status().ifPresent(value -> add(conditions, "status = ?", values, value));
        query.opened().ifPresent(yes -> conditions.add(yes ? "opens > 0" : "opens = 0"));
        query.clicked().ifPresent(yes -> conditions.add(yes ? "clicks > 0" : "clicks = 0"));
        query.from().ifPresent(value -> add(conditions, "created_at >= ?", values, value));
        query.until().ifPresent(value -> add(conditions, "created_at < ?", values, value));
        behind.ifPresent(place -> {
            conditions.add("(created_at < ? OR (created_at = ? AND id < ?))");
            values.addAll(
                    List.of(place.createdAt(), place.createdAt(), place.id().toString()));
        });
        String where = conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
        String sql = "SELECT " + COLUMNS + " FROM tracks" + where + " ORDER BY created_at DESC, id DESC FETCH FIRST "
                + limit + " ROWS ONLY";
        return database.transaction(connection -> Sql.rows(connection, sql, values, TrackStore::track));
    }

    private static void add(List<String> conditions, String condition, List<Object> values, Object value) {
        conditions.add(condition);
        values.add(value);
    }

    /** Since when its recipient wants no more mail of its kind. */
    public Optional<Instant> unsubscribedAt(TrackId id) {
        return database
                .transaction(connection -> Sql.rows(
                        connection,
                        "SELECT at FROM unsubscribes WHERE track = ?",
                        List.of(id.toString()),
                        row -> Sql.time(row, "at")))
                .stream()
                .flatMap(Optional::stream)
                .findFirst();
    }

    /** The opens of a track, oldest first; at most {@code limit}. */
    public List<Hit> opens(TrackId id, int limit) {
        return hits(id, "open", limit);
    }

    /** The clicks of a track, oldest first; at most {@code limit}. */
    public List<Hit> clicks(TrackId id, int limit) {
        return hits(id, "click", limit);
    }

    private List<Hit> hits(TrackId id, String what, int limit) {
        return database.transaction(connection -> Sql.rows(
                connection,
                "SELECT at, email_client, browser, device, link, url, kind, reason FROM hits"
                        + " WHERE track = ? AND what = ? ORDER BY at, number FETCH FIRST " + limit + " ROWS ONLY",
                List.of(id.toString(), what),
                TrackStore::hit));
    }

    private static Track track(ResultSet row) throws SQLException {
        var made = new NewTrack(
                TrackId.parse(row.getString("id")).orElseThrow(() -> new SQLException("not the name of a track")),
                row.getString("recipient"),
                row.getString("subject"),
                row.getString("campaign"),
                row.getString("message"),
                row.getString("metadata"),
                Sql.time(row, "created_at").orElse(Instant.EPOCH));
        return new Track(
                made,
                row.getString("status"),
                row.getLong("opens"),
                row.getLong("clicks"),
                row.getLong("machine_opens"),
                row.getLong("bot_clicks"),
                Sql.time(row, "first_open_at"),
                Sql.time(row, "last_open_at"));
    }

    private static Hit hit(ResultSet row) throws SQLException {
        return new Hit(
                Sql.time(row, "at").orElse(Instant.EPOCH),
                row.getString("email_client"),
                row.getString("browser"),
                row.getString("device"),
                row.getInt("link"),
                row.getString("url"),
                row.getString("kind"),
                row.getString("reason"));
    }
}
