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

    private static final String OF_TRACK = "track_number = (SELECT number FROM tracks WHERE id = ?)";

    private final Database database;

    /** Reads from this database. */
    public TrackStore(Database database) {
        this.database = database;
    }

    /** Where a page ends: the next one begins behind it. */
    public record Place(Instant createdAt, TrackId id) {}

    /** The track of this name, whoever's it is. */
    public Optional<Track> find(TrackId id) {
        return found("SELECT " + COLUMNS + " FROM tracks WHERE id = ?", List.of(id.toString()));
    }

    /** The track of this name, if it is this account's. */
    public Optional<Track> find(long account, TrackId id) {
        return found(
                "SELECT " + COLUMNS + " FROM tracks WHERE id = ? AND account = ?", List.of(id.toString(), account));
    }

    private Optional<Track> found(String sql, List<?> values) {
        return database.transaction(connection -> Sql.rows(connection, sql, values, TrackStore::track)).stream()
                .findFirst();
    }

    /** Whose track this is. */
    public Optional<Long> account(TrackId id) {
        return database
                .transaction(connection -> Sql.rows(
                        connection,
                        "SELECT account FROM tracks WHERE id = ?",
                        List.of(id.toString()),
                        row -> row.getLong(1)))
                .stream()
                .findFirst();
    }

    /** The tracks of one mail of the first account, the newest first; at most {@code limit}. */
    public List<Track> ofMessage(String message, int limit) {
        return database.transaction(connection -> Sql.rows(
                connection,
                "SELECT " + COLUMNS + " FROM tracks WHERE account = ? AND message = ?"
                        + " ORDER BY created_at DESC, id DESC FETCH FIRST " + limit + " ROWS ONLY",
                List.of(Account.FIRST, message),
                TrackStore::track));
    }

    /** The newest tracks of an account first, behind the place; at most {@code limit}. */
    public List<Track> page(long account, TrackQuery query, Optional<Place> behind, int limit) {
        var conditions = new ArrayList<String>();
        var values = new ArrayList<Object>();
        add(conditions, "account = ?", values, account);
        query.campaign().ifPresent(value -> add(conditions, "campaign = ?", values, value));
        query.recipient().ifPresent(value -> add(conditions, "recipient = ?", values, value));
        query.message().ifPresent(value -> add(conditions, "message = ?", values, value));
        query.status().ifPresent(value -> add(conditions, "status = ?", values, value));
        query.opened().ifPresent(yes -> add(conditions, "is_opened = ?", values, yes));
        query.clicked().ifPresent(yes -> add(conditions, "is_clicked = ?", values, yes));
        query.from().ifPresent(value -> add(conditions, "created_at >= ?", values, value));
        query.until().ifPresent(value -> add(conditions, "created_at < ?", values, value));
        behind.ifPresent(place -> {
            // The first condition says what the index is to be searched for.
            conditions.add("created_at <= ? AND (created_at < ? OR id < ?)");
            values.addAll(
                    List.of(place.createdAt(), place.createdAt(), place.id().toString()));
        });
        String sql = "SELECT " + COLUMNS + " FROM tracks WHERE " + String.join(" AND ", conditions) + " ORDER BY "
                + query.index() + ", created_at DESC, id DESC FETCH FIRST " + limit + " ROWS ONLY";
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

    /** The first hits of one sort of a track; at most {@code limit}. */
    public List<Hit> first(TrackId id, String what, boolean machines, int limit) {
        return hits(
                OF_TRACK + " AND what = ?" + (machines ? "" : " AND counted"),
                List.of(id.toString(), what),
                "ORDER BY at, number",
                limit);
    }

    /** The newest hits of a track first, behind a number; of one sort, or both. */
    public List<Hit> newest(TrackId id, Optional<String> what, boolean machines, Optional<Long> behind, int limit) {
        var conditions = new ArrayList<String>();
        var values = new ArrayList<Object>();
        add(conditions, OF_TRACK, values, id.toString());
        what.ifPresent(sort -> add(conditions, "what = ?", values, sort));
        behind.ifPresent(number -> add(conditions, "number < ?", values, number));
        if (!machines) {
            conditions.add("counted");
        }
        return hits(String.join(" AND ", conditions), values, "ORDER BY number DESC", limit);
    }

    private List<Hit> hits(String where, List<?> values, String order, int limit) {
        return database.transaction(connection -> Sql.rows(
                connection,
                "SELECT number, what, at, email_client, browser, device, country, city, link, url, kind, reason FROM hits"
                        + " WHERE " + where + " " + order + " FETCH FIRST " + limit + " ROWS ONLY",
                values,
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
                row.getLong("number"),
                row.getString("what").equals("open"),
                Sql.time(row, "at").orElse(Instant.EPOCH),
                row.getString("email_client"),
                row.getString("browser"),
                row.getString("device"),
                row.getString("country"),
                row.getString("city"),
                row.getInt("link"),
                row.getString("url"),
                row.getString("kind"),
                row.getString("reason"));
    }
}
