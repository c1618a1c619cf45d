package org.signalpost.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.signalpost.track.NewTrack;
import org.signalpost.track.TrackId;

/** One track while a batch counts its hits. Belongs to one thread. */
final class Counted {
    private enum Presence {
        THERE,
        MISSING,
        DELETED
    }

    /** What is read late. */
    interface Late {
        List<String> read() throws SQLException;
    }

    private final TrackId id;
    private final String name;
    private Presence presence;
    private Optional<NewTrack> fresh = Optional.empty();
    private final List<TrackHit> waiting = new ArrayList<>();
    private final Set<String> clicked = new HashSet<>();
    private boolean clickedKnown;
    private boolean changed;

    private boolean hasWaiting;
    private long number;
    private long account;
    private String campaign = "";
    private Instant createdAt = Instant.EPOCH;
    private String status = "";
    private long opens;
    private long clicks;
    private long machineOpens;
    private long botClicks;
    private Optional<Instant> firstOpen = Optional.empty();
    private Optional<Instant> lastOpen = Optional.empty();

    /** What the sums hold of it, and whose sums. */
    private long[] before = new long[0];

    private Optional<Tallies.Cohort> beforeOf = Optional.empty();

    private Counted(TrackId id, Presence presence) {
        this.id = id;
        this.name = id.toString();
        this.presence = presence;
    }

    static Counted missing(TrackId id) {
        return new Counted(id, Presence.MISSING);
    }

    static Counted deleted(TrackId id) {
        return new Counted(id, Presence.DELETED);
    }

    static Counted read(TrackId id, ResultSet row) throws SQLException {
        var track = new Counted(id, Presence.THERE);
        track.number = row.getLong("number");
        track.account = row.getLong("account");
        track.campaign = row.getString("campaign");
        track.createdAt = Sql.time(row, "created_at").orElse(Instant.EPOCH);
        track.status = row.getString("status");
        track.opens = row.getLong("opens");
        track.clicks = row.getLong("clicks");
        track.machineOpens = row.getLong("machine_opens");
        track.botClicks = row.getLong("bot_clicks");
        track.firstOpen = Sql.time(row, "first_open_at");
        track.lastOpen = Sql.time(row, "last_open_at");
        track.before = track.measures();
        track.beforeOf = Optional.of(track.cohort());
        return track;
    }

    TrackId id() {
        return id;
    }

    /** The text form of its id. */
    String name() {
        return name;
    }

    /** Its number in the books; 0 while it has none. */
    long number() {
        return number;
    }

    void number(long given) {
        number = given;
    }

    boolean isThere() {
        return presence == Presence.THERE;
    }

    boolean isDeleted() {
        return presence == Presence.DELETED;
    }

    boolean isFresh() {
        return fresh.isPresent();
    }

    boolean isChanged() {
        return changed && presence == Presence.THERE;
    }

    /** Whether hits of it may stand in the database: it was not there when the batch met it. */
    boolean mayHaveWaited() {
        return presence == Presence.MISSING;
    }

    /** Whether some do. */
    boolean hasWaiting() {
        return hasWaiting;
    }

    void hasWaiting(boolean some) {
        hasWaiting = some;
    }

    List<TrackHit> waiting() {
        return List.copyOf(waiting);
    }

    long clicks() {
        return clicks;
    }

    Instant createdAt() {
        return createdAt;
    }

    Tallies.Cohort cohort() {
        return new Tallies.Cohort(account, campaign, Slot.of(createdAt));
    }

    void make(NewTrack made, long owner, String state) {
        fresh = Optional.of(made);
        presence = Presence.THERE;
        account = owner;
        campaign = Books.cut(made.campaign(), 256);
        createdAt = made.createdAt();
        status = state;
        clickedKnown = true;
        waiting.clear();
    }

    void await(TrackHit hit) {
        waiting.add(hit);
    }

    void count(TrackHit hit) {
        changed = true;
        if (hit.isOpen() && hit.counted()) {
            opens++;
            firstOpen = Optional.of(
                    firstOpen.filter(first -> !hit.at().isBefore(first)).orElse(hit.at()));
            lastOpen =
                    Optional.of(lastOpen.filter(last -> !hit.at().isAfter(last)).orElse(hit.at()));
        } else if (hit.isOpen()) {
            machineOpens++;
        } else if (hit.counted()) {
            clicks++;
            noteClicked(hit);
        } else {
            botClicks++;
        }
    }

    /** Reads once which links were followed before. */
    void knowClicked(Late late) throws SQLException {
        if (!clickedKnown) {
            clicked.addAll(late.read());
            clickedKnown = true;
        }
    }

    boolean isFirstClickOf(String url) {
        return !clicked.contains(url);
    }

    void noteClicked(TrackHit hit) {
        if (!hit.isOpen() && hit.counted()) {
            clicked.add(hit.url());
        }
    }

    void forgetClicked() {
        clicked.clear();
    }

    void status(String state) {
        changed |= !status.equals(state);
        status = state;
    }

    void campaign(String name) {
        campaign = Books.cut(name, 256);
    }

    void remove() {
        presence = Presence.DELETED;
    }

    /** Tells the sums what has changed. */
    void difference(Tallies tallies) {
        if (beforeOf.isEmpty() && presence != Presence.THERE) {
            return;
        }
        long[] after = presence == Presence.THERE ? measures() : new long[before.length];
        Tallies.Cohort cohort = cohort();
        if (beforeOf.isPresent() && beforeOf.get().equals(cohort)) {
            for (int i = 0; i < after.length; i++) {
                after[i] -= before[i];
            }
        } else {
            beforeOf.ifPresent(old -> tallies.add(Tallies.Table.SUMS, old, List.of(), negated(before)));
        }
        tallies.add(Tallies.Table.SUMS, cohort, List.of(), after);
    }

    private static long[] negated(long[] measures) {
        return Arrays.stream(measures).map(measure -> -measure).toArray();
    }

    private long[] measures() {
        return new long[] {
            1,
            opens,
            opens > 0 ? 1 : 0,
            clicks,
            clicks > 0 ? 1 : 0,
            machineOpens,
            botClicks,
            opens == 0 && machineOpens > 0 ? 1 : 0,
            clicks == 0 && botClicks > 0 ? 1 : 0,
            status.equals("delivered") ? 1 : 0,
            status.equals("bounced") ? 1 : 0
        };
    }

    /** The values of the statement that updates it. */
    List<Object> values() {
        return List.of(
                status,
                opens,
                clicks,
                machineOpens,
                botClicks,
                firstOpen,
                lastOpen,
                opens > 0,
                clicks > 0,
                id.toString());
    }

    /** The values of the statement that adds it. */
    List<Object> row() {
        NewTrack made = fresh.orElseThrow();
        var row = new ArrayList<>(values());
        row.addAll(List.of(
                account,
                made.recipient(),
                Books.cut(made.subject(), 1000),
                campaign,
                made.message(),
                made.metadata(),
                made.createdAt(),
                number));
        return row;
    }
}
