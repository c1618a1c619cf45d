package org.signalpost.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.signalpost.event.Event;

/**
 * Reads the answers that were kept for callers with an idempotency key. Safe to share; every method throws
 * {@link Unavailable} while the database is away.
 */
public final class AnswerStore {
    private final Database database;

    /** Reads from this database. */
    public AnswerStore(Database database) {
        this.database = database;
    }

    /** What was answered to this call of this account. */
    public Optional<Event.Answer> find(long account, String call) {
        return database
                .transaction(connection -> Sql.rows(
                        connection,
                        "SELECT body, status, answer, at FROM idempotency WHERE account = ? AND called = ?",
                        List.of(account, call),
                        row -> new Event.Answer(
                                account,
                                call,
                                row.getString("body"),
                                row.getInt("status"),
                                row.getString("answer"),
                                Sql.time(row, "at").orElse(Instant.EPOCH))))
                .stream()
                .findFirst();
    }

    /** Keeps an answer in the transaction that makes what it tells of. */
    static void keep(Connection connection, Optional<Event.Answer> answer) throws SQLException {
        if (answer.isPresent()) {
            try (var books = new Books(connection, Classifier.byAgent())) {
                books.book(new Event.Answered(answer.get()));
            }
        }
    }

    /** Forgets the answers given before this time; how many. */
    public int forget(Instant before) {
        return database.transaction(
                connection -> Sql.change(connection, "DELETE FROM idempotency WHERE at < ?", List.of(before)));
    }
}
