package org.signalpost.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.signalpost.event.Event;
import org.signalpost.journal.Entry;
import org.signalpost.journal.Position;
import org.signalpost.track.MailEvent;
import org.signalpost.track.NewTrack;
import org.signalpost.track.TrackingDecision;

/** What events do to the tables, inside one transaction. Belongs to one thread. */
final class Books {
    private static final String ADD_HIT = """
            INSERT INTO hits (track, what, at, address, agent, email_client, browser, device, place, link, url, kind, reason)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'human', '')""";

    private static final String COUNT_OPEN = """
            UPDATE tracks SET opens = opens + 1,
              first_open_at = CASE WHEN first_open_at IS NULL OR first_open_at > ? THEN ? ELSE first_open_at END,
              last_open_at = CASE WHEN last_open_at IS NULL OR last_open_at < ? THEN ? ELSE last_open_at END
            WHERE id = ?""";

    private static final String COUNT_CLICK = "UPDATE tracks SET clicks = clicks + 1 WHERE id = ?";

    private static final String ADD_TRACK = """
            INSERT INTO tracks (id, recipient, subject, campaign, message, metadata, created_at, status)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)""";

    private static final String HAS_TRACK = "SELECT 1 FROM tracks WHERE id = ?";

    private static final String SET_STATUS = "UPDATE tracks SET status = ? WHERE id = ?";

    /** Hits that came before their track. */
    private static final String COUNT_EARLIER = """
            UPDATE tracks SET
              opens = (SELECT COUNT(*) FROM hits WHERE hits.track = tracks.id AND what = 'open'),
              clicks = (SELECT COUNT(*) FROM hits WHERE hits.track = tracks.id AND what = 'click'),
              first_open_at = (SELECT MIN(at) FROM hits WHERE hits.track = tracks.id AND what = 'open'),
              last_open_at = (SELECT MAX(at) FROM hits WHERE hits.track = tracks.id AND what = 'open')
            WHERE id = ?""";

    private static final String HAS_UNSUBSCRIBED = "SELECT 1 FROM unsubscribes WHERE track = ?";

    private static final String ADD_UNSUBSCRIBED = "INSERT INTO unsubscribes (track, at) VALUES (?, ?)";

    private static final String HAS_MESSAGE = "SELECT 1 FROM messages WHERE id = ?";

    private static final String ADD_MESSAGE =
            "INSERT INTO messages (id, accepted_at, sender, subject, size) VALUES (?, ?, ?, ?, ?)";

    private static final String ADD_RECIPIENT = """
            INSERT INTO recipients (status, track, reason, explanation, reply, at, next_try_at, number, message, recipient)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";

    private static final String SET_RECIPIENT = """
            UPDATE recipients SET status = ?, track = ?, reason = ?, explanation = ?, reply = ?, at = ?, next_try_at = ?
            WHERE message = ? AND recipient = ?""";

    private static final String HAS_RECIPIENT = "SELECT 1 FROM recipients WHERE message = ? AND recipient = ?";

    private final Connection connection;

    Books(Connection connection) {
        this.connection = connection;
    }

    void book(Event event) throws SQLException {
        switch (event) {
            case Event.Opened(var track, var at, var visitor, var place) -> {
                hit("open", event, visitor, List.of(place, 0, ""));
                change(COUNT_OPEN, List.of(at, at, at, at, track.toString()));
            }
            case Event.Clicked(var track, var at, var visitor, var link, var url) -> {
                hit("click", event, visitor, List.of("", link, url));
                change(COUNT_CLICK, List.of(track.toString()));
            }
            case Event.Made(NewTrack made) -> track(made, "created");
            case Event.Unsubscribed(var track, var at) -> {
                if (!exists(HAS_UNSUBSCRIBED, List.of(track.toString()))) {
                    change(ADD_UNSUBSCRIBED, List.of(track.toString(), at));
                }
            }
        }
    }

    private void hit(String what, Event event, Event.Visitor visitor, List<?> where) throws SQLException {
        UserAgent agent = UserAgent.read(visitor.agent());
        var values = new java.util.ArrayList<Object>(List.of(
                event.track().toString(),
                what,
                event.at(),
                Truncated.network(visitor.address()),
                visitor.agent(),
                agent.emailClient(),
                agent.browser(),
                agent.device()));
        values.addAll(where);
        change(ADD_HIT, values);
    }

    /** Makes the track unless it is there; whether it was made. */
    private boolean track(NewTrack track, String status) throws SQLException {
        String id = track.id().toString();
        if (exists(HAS_TRACK, List.of(id))) {
            return false;
        }
        change(
                ADD_TRACK,
                List.of(
                        id,
                        track.recipient(),
                        cut(track.subject(), 1000),
                        cut(track.campaign(), 256),
                        track.message(),
                        track.metadata(),
                        track.createdAt(),
                        status));
        change(COUNT_EARLIER, List.of(id));
        return true;
    }

    void book(MailEvent event) throws SQLException {
        switch (event) {
            case MailEvent.Queued queued -> accepted(queued);
            case MailEvent.Delivered(var message, var at, var recipient, var decision, var reply) -> {
                decided(decision, "delivered");
                state(event, recipient, new State("delivered", Optional.of(decision), reply, Optional.empty()));
            }
            case MailEvent.Deferred(var message, var at, var recipient, var reply, var nextTry) ->
                state(event, recipient, new State("deferred", Optional.empty(), reply, Optional.of(nextTry)));
            case MailEvent.Bounced(var message, var at, var recipient, var decision, var reply) -> {
                decided(decision, "bounced");
                state(event, recipient, new State("bounced", Optional.of(decision), reply, Optional.empty()));
            }
            case MailEvent.Dropped(var message, var at, var recipient, var reply) ->
                state(event, recipient, new State("dropped", Optional.empty(), reply, Optional.empty()));
        }
    }

    private void accepted(MailEvent.Queued queued) throws SQLException {
        String message = queued.message().toString();
        if (!exists(HAS_MESSAGE, List.of(message))) {
            change(
                    ADD_MESSAGE,
                    List.of(message, queued.at(), queued.sender(), cut(queued.subject(), 1000), queued.size()));
        }
        int number = 0;
        for (String recipient : queued.recipients()) {
            if (!exists(HAS_RECIPIENT, List.of(message, recipient))) {
                var values = new java.util.ArrayList<Object>(new State("queued").values(queued.at()));
                values.addAll(List.of(number, message, recipient));
                change(ADD_RECIPIENT, values);
            }
            number++;
        }
    }

    private void decided(TrackingDecision decision, String status) throws SQLException {
        switch (decision) {
            case TrackingDecision.Tracked(NewTrack track, String explanation) -> {
                if (!track(track, status)) {
                    change(SET_STATUS, List.of(status, track.id().toString()));
                }
            }
            case TrackingDecision.Untracked untracked -> {
                // There is no track to be made; the recipient's row says why.
            }
        }
    }

    private void state(MailEvent event, String recipient, State state) throws SQLException {
        var values = new java.util.ArrayList<Object>(state.values(event.at()));
        var key = List.of(event.message().toString(), recipient);
        values.addAll(key);
        if (change(SET_RECIPIENT, values) == 0) {
            values = new java.util.ArrayList<>(state.values(event.at()));
            values.add(0);
            values.addAll(key);
            change(ADD_RECIPIENT, values);
        }
    }

    /** Where a recipient's copy is, and why it is tracked or not once that is decided. */
    private record State(String status, Optional<TrackingDecision> decision, String reply, Optional<Instant> nextTry) {
        State(String status) {
            this(status, Optional.empty(), "", Optional.empty());
        }

        List<Object> values(Instant at) {
            String track = "";
            String reason = "";
            if (decision.isPresent()) {
                switch (decision.get()) {
                    case TrackingDecision.Tracked tracked ->
                        track = tracked.track().id().toString();
                    case TrackingDecision.Untracked untracked -> reason = cut(untracked.reason(), 64);
                }
            }
            String explanation = decision.map(TrackingDecision::explanation).orElse("");
            return List.of(status, track, reason, explanation, cut(reply, 1024), at, nextTry);
        }
    }

    Position position(String log) throws SQLException {
        return Sql.rows(
                        connection,
                        "SELECT generation, segment, octet FROM log_positions WHERE log = ?",
                        List.of(log),
                        row -> new Position(row.getLong(1), row.getLong(2), row.getLong(3)))
                .stream()
                .findFirst()
                .orElse(Position.START);
    }

    void reached(String log, Position position) throws SQLException {
        var values = List.of(position.generation(), position.segment(), position.offset(), log);
        if (change("UPDATE log_positions SET generation = ?, segment = ?, octet = ? WHERE log = ?", values) == 0) {
            change("INSERT INTO log_positions (generation, segment, octet, log) VALUES (?, ?, ?, ?)", values);
        }
    }

    void putAside(String log, Entry entry, String reason) throws SQLException {
        Position at = entry.position();
        change(
                """
                INSERT INTO put_aside (log, generation, segment, octet, kind, payload, reason)
                VALUES (?, ?, ?, ?, ?, ?, ?)""",
                List.of(
                        log,
                        at.generation(),
                        at.segment(),
                        at.offset(),
                        entry.kind(),
                        HexFormat.of().formatHex(entry.payload()),
                        cut(new String(reason.getBytes(UTF_8), UTF_8), 512)));
    }

    private boolean exists(String query, List<?> values) throws SQLException {
        return !Sql.rows(connection, query, values, row -> row.getInt(1)).isEmpty();
    }

    private int change(String sql, List<?> values) throws SQLException {
        return Sql.change(connection, sql, values);
    }

    private static String cut(String text, int most) {
        return text.length() > most ? text.substring(0, most) : text;
    }
}
