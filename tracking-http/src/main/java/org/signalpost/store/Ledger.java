package org.signalpost.store;

import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.signalpost.event.Purchase;
import org.signalpost.track.NewTrack;
import org.signalpost.track.TrackId;

/**
 * The tracks that a batch touches, with their hits: read once, counted in memory, written once. What happened to the
 * sums is the difference between a track before and after. Belongs to one thread and one transaction.
 */
final class Ledger {
    private static final String FIND = """
            SELECT number, account, campaign, created_at, status, opens, clicks, machine_opens, bot_clicks,
              first_open_at, last_open_at
            FROM tracks WHERE id = ?""";

    private static final String IS_DELETED = "SELECT 1 FROM deleted_tracks WHERE track = ?";

    private static final String ADD = """
            INSERT INTO tracks (status, opens, clicks, machine_opens, bot_clicks, first_open_at, last_open_at, is_opened,
              is_clicked, id, account, recipient, subject, campaign, message, metadata, created_at, number)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";

    private static final String UPDATE = """
            UPDATE tracks SET status = ?, opens = ?, clicks = ?, machine_opens = ?, bot_clicks = ?, first_open_at = ?,
              last_open_at = ?, is_opened = ?, is_clicked = ? WHERE id = ?""";

    private static final String TAKE_NUMBERS = "UPDATE counters SET last_number = last_number + ? WHERE name = 'track'";

    private static final String LAST_NUMBER = "SELECT last_number FROM counters WHERE name = 'track'";

    private static final String ADD_USAGE = "INSERT INTO track_usage (tracks, account, in_month) VALUES (?, ?, ?)";

    private static final String COUNT_USAGE =
            "UPDATE track_usage SET tracks = tracks + ? WHERE account = ? AND in_month = ?";

    private static final String HAS_URL = "SELECT 1 FROM urls WHERE url = ?";

    private static final String ADD_URL = "INSERT INTO urls (url, destination) VALUES (?, ?)";

    private final Statements statements;
    private final Map<TrackId, Counted> tracks = new LinkedHashMap<>();
    private final Map<String, String> urls = new LinkedHashMap<>();
    private final HitRows hits;
    private final Tallies tallies = new Tallies();
    private final Revenue revenue;

    Ledger(Statements statements) {
        this.statements = statements;
        this.hits = new HitRows(statements);
        this.revenue = new Revenue(statements, tallies);
    }

    /** Counts a hit; one of a deleted track is forgotten, one of a track that is not there yet waits for it. */
    void hit(TrackId id, TrackHit hit, HitRows.Raw raw, Verdict verdict) throws SQLException {
        Counted track = track(id);
        if (track.isDeleted()) {
            return;
        }
        hits.add(track, hit, raw, verdict);
        if (track.isThere()) {
            if (!hit.isOpen() && hit.counted() && track.clicks() > 0) {
                track.knowClicked(() -> hits.clicked(track.number()));
            }
            dimensions(track, hit, 1);
            track.count(hit);
        } else {
            track.await(hit);
        }
    }

    /** Adds a hit to the sums that are not those of its track. */
    private void dimensions(Counted track, TrackHit hit, int sign) {
        Tallies.Cohort cohort = track.cohort();
        int person = hit.counted() ? sign : 0;
        int machine = sign - person;
        if (hit.isOpen()) {
            String device = Device.of(hit.device()).word();
            tallies.add(Tallies.Table.AGENTS, cohort, List.of(known(hit.emailClient()), device), person, machine);
            tallies.add(Tallies.Table.PLACES, cohort, List.of(known(hit.country()), hit.city()), person, 0, machine, 0);
        } else {
            String url = Digests.url(hit.url());
            urls.put(url, hit.url());
            int unique = hit.counted() && track.isFirstClickOf(hit.url()) ? sign : 0;
            tallies.add(Tallies.Table.LINKS, cohort, List.of(url), person, unique, machine);
            tallies.add(Tallies.Table.PLACES, cohort, List.of(known(hit.country()), hit.city()), 0, person, 0, machine);
        }
    }

    private static String known(String text) {
        return text.isEmpty() ? "Unknown" : text;
    }

    /** Makes the track unless it is there or was deleted; whether it was made. */
    boolean make(NewTrack made, long account, String status) throws SQLException {
        Counted track = track(made.id());
        if (track.isThere() || track.isDeleted()) {
            return false;
        }
        var earlier = new ArrayList<TrackHit>();
        if (track.mayHaveWaited()) {
            earlier.addAll(hits.waiting(track.name()));
            track.hasWaiting(!earlier.isEmpty());
        }
        earlier.addAll(track.waiting());
        track.make(made, account, status);
        for (TrackHit hit : earlier) {
            dimensions(track, hit, 1);
            track.count(hit);
        }
        return true;
    }

    /** Puts a purchase down to the track that led to it, if there is one. */
    void sell(Purchase purchase) throws SQLException {
        flush();
        revenue.book(purchase);
    }

    /** Sets the state of a track that is there. */
    void status(TrackId id, String status) throws SQLException {
        track(id).status(status);
    }

    /** Moves a track, and all that happened to it, to another campaign. */
    void move(TrackId id, String campaign) throws SQLException {
        Counted track = settled(id);
        if (track.isThere()) {
            addAll(track, -1);
            track.campaign(campaign);
            addAll(track, 1);
            flush();
        }
    }

    /** Takes a track, and all that happened to it, out of the sums; its rows are the caller's. */
    boolean remove(TrackId id) throws SQLException {
        Counted track = settled(id);
        boolean there = track.isThere();
        if (there) {
            addAll(track, -1);
            revenue.detach(track.number());
            track.remove();
            flush();
        }
        return there;
    }

    private void addAll(Counted track, int sign) throws SQLException {
        track.forgetClicked();
        for (TrackHit hit : hits.of(track.number())) {
            dimensions(track, hit, sign);
            track.noteClicked(hit);
        }
        revenue.addAll(track.number(), track.cohort(), sign);
    }

    /** The track as the database has it: what was counted so far is written first. */
    private Counted settled(TrackId id) throws SQLException {
        flush();
        return track(id);
    }

    private Counted track(TrackId id) throws SQLException {
        Counted known = tracks.get(id);
        if (known != null) {
            return known;
        }
        List<String> key = List.of(id.toString());
        Optional<Counted> found = statements.first(FIND, key, row -> Counted.read(id, row));
        Counted track = found.isPresent()
                ? found.get()
                : statements.exists(IS_DELETED, key) ? Counted.deleted(id) : Counted.missing(id);
        tracks.put(id, track);
        return track;
    }

    /** Writes everything down; afterwards the ledger is empty. */
    void flush() throws SQLException {
        var fresh = new ArrayList<Counted>();
        var changed = new ArrayList<List<?>>();
        var usage = new LinkedHashMap<List<?>, Long>();
        for (Counted track : tracks.values()) {
            track.difference(tallies);
            if (track.isFresh()) {
                fresh.add(track);
                usage.merge(List.of(track.cohort().account(), month(track.createdAt())), 1L, Long::sum);
            } else if (track.isChanged()) {
                changed.add(track.values());
            }
        }
        add(fresh);
        statements.all(UPDATE, changed);
        hits.write();
        for (var used : usage.entrySet()) {
            var values = new ArrayList<Object>(List.of(used.getValue()));
            values.addAll(used.getKey());
            if (statements.change(COUNT_USAGE, values) == 0) {
                statements.change(ADD_USAGE, values);
            }
        }
        for (var url : urls.entrySet()) {
            if (!statements.exists(HAS_URL, List.of(url.getKey()))) {
                statements.change(ADD_URL, List.of(url.getKey(), url.getValue()));
            }
        }
        tallies.flush(statements);
        tracks.clear();
        urls.clear();
    }

    private void add(List<Counted> fresh) throws SQLException {
        if (fresh.isEmpty()) {
            return;
        }
        // In this order: it is ours alone from the change on.
        statements.change(TAKE_NUMBERS, List.of(fresh.size()));
        long number =
                statements.first(LAST_NUMBER, List.of(), row -> row.getLong(1)).orElseThrow() - fresh.size();
        var rows = new ArrayList<List<?>>();
        for (Counted track : fresh) {
            number++;
            track.number(number);
            rows.add(track.row());
        }
        statements.all(ADD, rows);
        for (Counted track : fresh) {
            if (track.hasWaiting()) {
                hits.join(track);
            }
        }
    }

    /** The month of a time in UTC, counted through. */
    static int month(Instant time) {
        var date = time.atOffset(ZoneOffset.UTC);
        return date.getYear() * 12 + date.getMonthValue() - 1;
    }
}
