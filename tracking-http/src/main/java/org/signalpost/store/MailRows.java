package org.signalpost.store;

import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.signalpost.track.MailEvent;
import org.signalpost.track.TrackingDecision;

/**
 * The rows of mails and their recipients that a batch touches, written once at its end: most mails are taken, tried and
 * delivered within one batch. Belongs to one thread and one transaction.
 */
final class MailRows {
    private static final String ACCOUNT_OF_KEY = "SELECT account FROM api_keys WHERE id = ?";

    private static final String ACCOUNT_OF_MESSAGE = "SELECT account FROM messages WHERE id = ?";

    private static final String ADD_MESSAGE =
            "INSERT INTO messages (id, accepted_at, sender, subject, size, account) VALUES (?, ?, ?, ?, ?, ?)";

    private static final String RECIPIENTS = "SELECT recipient FROM recipients WHERE message = ?";

    private static final String ADD_RECIPIENT = """
            INSERT INTO recipients (status, track, reason, explanation, reply, at, next_try_at, number, message, recipient)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";

    private static final String SET_RECIPIENT = """
            UPDATE recipients SET status = ?, track = ?, reason = ?, explanation = ?, reply = ?, at = ?, next_try_at = ?
            WHERE message = ? AND recipient = ?""";

    private final Statements statements;
    private final Map<String, Long> accountsOfKeys = new HashMap<>();

    /** The account of each mail met, if it is known at all. */
    private final Map<String, Optional<Long>> mails = new HashMap<>();

    private final List<List<?>> newMails = new ArrayList<>();
    private final Map<Key, Row> rows = new LinkedHashMap<>();

    private record Key(String message, String recipient) {}

    /**
     * The newest state of a recipient.
     *
     * @param number its place in the envelope
     * @param fresh whether it has no row yet
     */
    private record Row(State state, Instant at, int number, boolean fresh) {
        List<Object> added(Key key) {
            var values = new ArrayList<>(state.values(at));
            values.addAll(List.of(number, key.message(), key.recipient()));
            return values;
        }

        List<Object> changed(Key key) {
            var values = new ArrayList<>(state.values(at));
            values.addAll(List.of(key.message(), key.recipient()));
            return values;
        }
    }

    /** Where a recipient's copy is, and why it is tracked or not once that is decided. */
    record State(String status, Optional<TrackingDecision> decision, String reply, Optional<Instant> nextTry) {
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
                    case TrackingDecision.Untracked untracked -> reason = Books.cut(untracked.reason(), 64);
                }
            }
            String explanation = decision.map(TrackingDecision::explanation).orElse("");
            return List.of(status, track, reason, explanation, Books.cut(reply, 1024), at, nextTry);
        }
    }

    MailRows(Statements statements) {
        this.statements = statements;
    }

    /** A mail that was taken, with its recipients; what is known of it already stays. */
    void add(MailEvent.Queued queued) throws SQLException {
        String message = queued.message().toString();
        if (known(message).isEmpty()) {
            long account = ofKey(queued.key());
            mails.put(message, Optional.of(account));
            newMails.add(List.of(
                    message, queued.at(), queued.sender(), Books.cut(queued.subject(), 1000), queued.size(), account));
        }
        List<String> there = statements.rows(RECIPIENTS, List.of(message), row -> row.getString(1));
        int number = 0;
        for (String recipient : queued.recipients()) {
            if (!there.contains(recipient)) {
                rows.putIfAbsent(
                        new Key(message, recipient),
                        new Row(new State("queued"), queued.at(), number, /* fresh= */ true));
            }
            number++;
        }
    }

    /** What has become of a recipient. */
    void set(MailEvent event, String recipient, State state) {
        var key = new Key(event.message().toString(), recipient);
        rows.merge(
                key,
                new Row(state, event.at(), /* number= */ 0, /* fresh= */ false),
                (before, now) -> new Row(state, event.at(), before.number(), before.fresh()));
    }

    /** The account that a mail belongs to; the first one when that is not known. */
    long account(MailEvent event) throws SQLException {
        return known(event.message().toString()).orElse(Account.FIRST);
    }

    private Optional<Long> known(String message) throws SQLException {
        Optional<Long> known = mails.get(message);
        if (known == null) {
            known = statements.first(ACCOUNT_OF_MESSAGE, List.of(message), row -> row.getLong(1));
            mails.put(message, known);
        }
        return known;
    }

    private long ofKey(String key) throws SQLException {
        Long known = accountsOfKeys.get(key);
        if (known == null) {
            known = statements
                    .first(ACCOUNT_OF_KEY, List.of(key), row -> row.getLong(1))
                    .orElse(Account.FIRST);
            accountsOfKeys.put(key, known);
        }
        return known;
    }

    /** Writes everything down. */
    void flush() throws SQLException {
        statements.all(ADD_MESSAGE, newMails);
        var added = new ArrayList<List<?>>();
        var changed = new ArrayList<List<?>>();
        var ofChanged = new ArrayList<Map.Entry<Key, Row>>();
        for (Map.Entry<Key, Row> row : rows.entrySet()) {
            if (row.getValue().fresh()) {
                added.add(row.getValue().added(row.getKey()));
            } else {
                changed.add(row.getValue().changed(row.getKey()));
                ofChanged.add(row);
            }
        }
        int[] counts = statements.all(SET_RECIPIENT, changed);
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] == 0) {
                // Of a mail that was never told to be taken.
                added.add(ofChanged.get(i).getValue().added(ofChanged.get(i).getKey()));
            }
        }
        statements.all(ADD_RECIPIENT, added);
        newMails.clear();
        rows.clear();
    }
}
