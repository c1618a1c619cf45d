package org.signalpost.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The rows of hits: those of a track that is there stand by its number, those of one that is not wait by its name.
 * Belongs to one thread and one transaction.
 */
final class HitRows {
    private static final String HIT = """
            what, at, address, agent, place, link, url, counted, kind, reason, email_client, browser, device, country,
              city""";

    private static final String ADD_HIT =
            "INSERT INTO hits (track_number, " + HIT + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

    private static final String ADD_WAITING =
            "INSERT INTO waiting_hits (track, " + HIT + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

    private static final String MOVE_WAITING = "INSERT INTO hits (track_number, " + HIT + ") SELECT CAST(? AS BIGINT), "
            + HIT + " FROM waiting_hits WHERE track = ? ORDER BY number";

    private static final String REMOVE_WAITING = "DELETE FROM waiting_hits WHERE track = ?";

    private static final String COUNTING = "SELECT what, at, url, counted, email_client, device, country, city FROM ";

    private static final String HITS = COUNTING + "hits WHERE track_number = ? ORDER BY number";

    private static final String WAITING = COUNTING + "waiting_hits WHERE track = ? ORDER BY number";

    private static final String CLICKED =
            "SELECT DISTINCT url FROM hits WHERE track_number = ? AND what = 'click' AND counted";

    private final Statements statements;
    private final List<Unwritten> hits = new ArrayList<>();

    HitRows(Statements statements) {
        this.statements = statements;
    }

    /** Where and with what a hit happened, as far as the books keep it. */
    record Raw(String address, String agent, String place, int link) {}

    /** A hit that stands in no table yet: with its track's number or name before it, it is a row. */
    private record Unwritten(Counted track, List<?> values) {
        List<?> row(Object of) {
            var row = new ArrayList<Object>(values.size() + 1);
            row.add(of);
            row.addAll(values);
            return row;
        }
    }

    /** Keeps a row in memory. */
    void add(Counted track, TrackHit hit, Raw raw, Verdict verdict) {
        hits.add(new Unwritten(
                track,
                List.of(
                        hit.isOpen() ? "open" : "click",
                        hit.at(),
                        raw.address(),
                        raw.agent(),
                        raw.place(),
                        raw.link(),
                        hit.url(),
                        hit.counted(),
                        verdict.kind(),
                        verdict.reason(),
                        verdict.emailClient(),
                        verdict.browser(),
                        verdict.device(),
                        verdict.country(),
                        verdict.city())));
    }

    /** What was counted of a track, in order. */
    List<TrackHit> of(long track) throws SQLException {
        return statements.rows(HITS, List.of(track), HitRows::hit);
    }

    /** What waits for a track, in order. */
    List<TrackHit> waiting(String track) throws SQLException {
        return statements.rows(WAITING, List.of(track), HitRows::hit);
    }

    /** The links of a track that people followed. */
    List<String> clicked(long track) throws SQLException {
        return statements.rows(CLICKED, List.of(track), row -> row.getString(1));
    }

    /** The track is there: what waited for it gets its number. */
    void join(Counted track) throws SQLException {
        statements.change(MOVE_WAITING, List.of(track.number(), track.name()));
        statements.change(REMOVE_WAITING, List.of(track.name()));
    }

    /** Writes what was added since; each track that is there must have its number. */
    void write() throws SQLException {
        var known = new ArrayList<List<?>>();
        var waiting = new ArrayList<List<?>>();
        for (Unwritten hit : hits) {
            Counted track = hit.track();
            if (track.isThere()) {
                known.add(hit.row(track.number()));
            } else {
                waiting.add(hit.row(track.name()));
            }
        }
        statements.all(ADD_HIT, known);
        statements.all(ADD_WAITING, waiting);
        hits.clear();
    }

    private static TrackHit hit(ResultSet row) throws SQLException {
        return new TrackHit(
                row.getString("what").equals("open"),
                row.getBoolean("counted"),
                Sql.time(row, "at").orElse(Instant.EPOCH),
                row.getString("url"),
                row.getString("email_client"),
                row.getString("device"),
                row.getString("country"),
                row.getString("city"));
    }
}
