package org.signalpost.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.signalpost.event.Event;
import org.signalpost.event.Purchase;
import org.signalpost.journal.Entry;
import org.signalpost.journal.Position;
import org.signalpost.track.MailEvent;
import org.signalpost.track.NewTrack;
import org.signalpost.track.TrackId;
import org.signalpost.track.TrackingDecision;

/** What events do to the tables, inside one transaction. Belongs to one thread. */
final class Books implements AutoCloseable {
    private static final String CHANGE_SUBJECT = "UPDATE tracks SET subject = ? WHERE id = ?";

    private static final String CHANGE_CAMPAIGN = "UPDATE tracks SET campaign = ? WHERE id = ?";

    private static final String CHANGE_METADATA = "UPDATE tracks SET metadata = ? WHERE id = ?";

    private static final List<String> DELETE_TRACK = List.of(
            "DELETE FROM hits WHERE track_number = (SELECT number FROM tracks WHERE id = ?)",
            "DELETE FROM tracks WHERE id = ?",
            "DELETE FROM links WHERE track = ?");

    private static final String ADD_DELETED = "INSERT INTO deleted_tracks (track, at) VALUES (?, ?)";

    private static final String HAS_LINK = "SELECT 1 FROM links WHERE track = ? AND number = ?";

    private static final String ADD_LINK =
            "INSERT INTO links (track, number, url, name, made_at) VALUES (?, ?, ?, ?, ?)";

    private static final String HAS_ANSWER = "SELECT 1 FROM idempotency WHERE account = ? AND called = ?";

    private static final String SET_ANSWER =
            "UPDATE idempotency SET body = ?, status = ?, answer = ?, at = ? WHERE account = ? AND called = ?";

    private static final String ADD_ANSWER =
            "INSERT INTO idempotency (body, status, answer, at, account, called) VALUES (?, ?, ?, ?, ?, ?)";

    private static final String HAS_UNSUBSCRIBED = "SELECT 1 FROM unsubscribes WHERE track = ?";

    private static final String ADD_UNSUBSCRIBED = "INSERT INTO unsubscribes (track, at) VALUES (?, ?)";

    private final Statements statements;
    private final Classifier classifier;
    private final Ledger ledger;
    private final MailRows mails;

    Books(Connection connection, Classifier classifier) {
        this.statements = new Statements(connection);
        this.classifier = classifier;
        this.ledger = new Ledger(statements);
        this.mails = new MailRows(statements);
    }

    void book(Event event) throws SQLException {
        switch (event) {
            case Event.Opened(var track, var at, var visitor, var place) -> hit(event, visitor, place, 0, "");
            case Event.Clicked(var track, var at, var visitor, var link, var url) -> hit(event, visitor, "", link, url);
            case Event.Made(NewTrack made, long account, Optional<Event.Answer> answer) -> {
                ledger.make(made, account, "created");
                answered(answer);
            }
            case Event.Changed changed -> change(changed);
            case Event.Deleted(var track, var at) -> delete(track, at);
            case Event.LinkMade(var track, var at, var number, var url, var name, var answer) -> {
                if (!statements.exists(HAS_LINK, List.of(track.toString(), number))) {
                    change(ADD_LINK, List.of(track.toString(), number, url, cut(name, 256), at));
                }
                answered(answer);
            }
            case Event.Answered(Event.Answer answer) -> answered(Optional.of(answer));
            case Event.Purchased(Purchase purchase, Optional<Event.Answer> answer) -> {
                ledger.sell(purchase);
                answered(answer);
            }
            case Event.Unsubscribed(var track, var at) -> {
                if (!statements.exists(HAS_UNSUBSCRIBED, List.of(track.toString()))) {
                    change(ADD_UNSUBSCRIBED, List.of(track.toString(), at));
                }
            }
        }
    }

    private void hit(Event event, Event.Visitor visitor, String place, int link, String url) throws SQLException {
        Verdict verdict = classifier.of(visitor);
        var raw = new HitRows.Raw(Truncated.network(visitor.address()), visitor.agent(), place, link);
        boolean isOpen = event instanceof Event.Opened;
        ledger.hit(event.track(), new TrackHit(isOpen, event.at(), url, verdict), raw, verdict);
    }

    private void change(Event.Changed changed) throws SQLException {
        String id = changed.track().toString();
        ledger.flush();
        if (changed.subject().isPresent()) {
            change(CHANGE_SUBJECT, List.of(cut(changed.subject().get(), 1000), id));
        }
        if (changed.metadata().isPresent()) {
            change(CHANGE_METADATA, List.of(changed.metadata().get(), id));
        }
        if (changed.campaign().isPresent()) {
            ledger.move(changed.track(), changed.campaign().get());
            change(CHANGE_CAMPAIGN, List.of(cut(changed.campaign().get(), 256), id));
        }
    }

    private void delete(TrackId track, Instant at) throws SQLException {
        if (ledger.remove(track)) {
            for (String statement : DELETE_TRACK) {
                change(statement, List.of(track.toString()));
            }
            change(ADD_DELETED, List.of(track.toString(), at));
        }
    }

    private void answered(Optional<Event.Answer> given) throws SQLException {
        if (given.isPresent()) {
            Event.Answer answer = given.get();
            List<Object> values = List.of(
                    answer.body(), answer.status(), answer.sealed(), answer.at(), answer.account(), answer.call());
            boolean known = statements.exists(HAS_ANSWER, List.of(answer.account(), answer.call()));
            change(known ? SET_ANSWER : ADD_ANSWER, values);
        }
    }

    void book(MailEvent event) throws SQLException {
        switch (event) {
            case MailEvent.Queued queued -> mails.add(queued);
            case MailEvent.Delivered(var message, var at, var recipient, var decision, var reply) -> {
                decided(event, decision, "delivered");
                mails.set(
                        event,
                        recipient,
                        new MailRows.State("delivered", Optional.of(decision), reply, Optional.empty()));
            }
            case MailEvent.Deferred(var message, var at, var recipient, var reply, var nextTry) ->
                mails.set(
                        event,
                        recipient,
                        new MailRows.State("deferred", Optional.empty(), reply, Optional.of(nextTry)));
            case MailEvent.Bounced(var message, var at, var recipient, var decision, var reply) -> {
                decided(event, decision, "bounced");
                mails.set(
                        event,
                        recipient,
                        new MailRows.State("bounced", Optional.of(decision), reply, Optional.empty()));
            }
            case MailEvent.Dropped(var message, var at, var recipient, var reply) ->
                mails.set(event, recipient, new MailRows.State("dropped", Optional.empty(), reply, Optional.empty()));
        }
    }

    private void decided(MailEvent event, TrackingDecision decision, String status) throws SQLException {
        switch (decision) {
            case TrackingDecision.Tracked(NewTrack track, String explanation) -> {
                if (!ledger.make(track, mails.account(event), status)) {
                    ledger.status(track.id(), status);
                }
            }
            case TrackingDecision.Untracked untracked -> {
                // There is no track to be made; the recipient's row says why.
            }
        }
    }

    Position position(String log) throws SQLException {
        return statements
                .first(
                        "SELECT generation, segment, octet FROM log_positions WHERE log = ?",
                        List.of(log),
                        row -> new Position(row.getLong(1), row.getLong(2), row.getLong(3)))
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

    private int change(String sql, List<?> values) throws SQLException {
        return statements.change(sql, values);
    }

    /** Writes down what is still in memory; nothing may be booked afterwards. */
    @Override
    public void close() throws SQLException {
        mails.flush();
        ledger.flush();
        statements.close();
    }

    static String cut(String text, int most) {
        return text.length() > most ? text.substring(0, most) : text;
    }
}
