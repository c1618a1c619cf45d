package org.signalpost.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads what became of mails. Safe to share; every method throws {@link Unavailable} while the database is away. */
public final class MessageStore {
    private final Database database;

    /** Reads from this database. */
    public MessageStore(Database database) {
        this.database = database;
    }

    /** The mail of this name, if it is this account's. */
    public Optional<Message> find(long account, String id) {
        return find(" AND account = ?", List.of(id, account));
    }

    /** The mail of this name, whosever it is: for operators. */
    public Optional<Message> find(String id) {
        return find("", List.of(id));
    }

    private Optional<Message> find(String condition, List<Object> values) {
        return database.transaction(connection -> {
            List<Message> found = Sql.rows(
                    connection,
                    "SELECT id, accepted_at, sender, subject, size FROM messages WHERE id = ?" + condition,
                    values,
                    MessageStore::message);
            return found.isEmpty() ? Optional.<Message>empty() : Optional.of(whole(connection, found.getFirst()));
        });
    }

    /**
     * The newest mails of an account first, with names before {@code before} unless that is empty; at most
     * {@code limit}.
     */
    public List<Message> page(long account, String before, int limit) {
        return database.transaction(connection -> {
            String where = before.isEmpty() ? " WHERE account = ?" : " WHERE account = ? AND id < ?";
            List<Message> found = Sql.rows(
                    connection,
                    "SELECT id, accepted_at, sender, subject, size FROM messages" + where
                            + " ORDER BY id DESC FETCH FIRST " + limit + " ROWS ONLY",
                    before.isEmpty() ? List.of(account) : List.of(account, before),
                    MessageStore::message);
            var whole = new ArrayList<Message>(found.size());
            for (Message message : found) {
                whole.add(whole(connection, message));
            }
            return whole;
        });
    }

    private static Message whole(Connection connection, Message message) throws SQLException {
        List<Message.Recipient> recipients = Sql.rows(
                connection,
                "SELECT recipient, status, track, reason, explanation, reply, at, next_try_at FROM recipients"
                        + " WHERE message = ? ORDER BY number",
                List.of(message.id()),
                MessageStore::recipient);
        return new Message(
                message.id(), message.acceptedAt(), message.sender(), message.subject(), message.size(), recipients);
    }

    private static Message message(ResultSet row) throws SQLException {
        return new Message(
                row.getString("id"),
                Sql.time(row, "accepted_at").orElse(Instant.EPOCH),
                row.getString("sender"),
                row.getString("subject"),
                row.getLong("size"),
                List.of());
    }

    private static Message.Recipient recipient(ResultSet row) throws SQLException {
        return new Message.Recipient(
                row.getString("recipient"),
                row.getString("status"),
                row.getString("track"),
                row.getString("reason"),
                row.getString("explanation"),
                row.getString("reply"),
                Sql.time(row, "at").orElse(Instant.EPOCH),
                Sql.time(row, "next_try_at"));
    }
}
