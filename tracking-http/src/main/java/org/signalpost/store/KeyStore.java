package org.signalpost.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.signalpost.event.Event;

/** Keeps API keys. Safe to share; every method throws {@link Unavailable} while the database is away. */
public final class KeyStore {
    private static final String COLUMNS = "id, account, name, prefix, last_four, scopes, senders, origins,"
            + " created_at, expires_at, last_used_at, revoked_at";

    private final Database database;

    /** Keeps them in this database. */
    public KeyStore(Database database) {
        this.database = database;
    }

    /** Keeps a key, with the answer that tells of it; on disk when it returns. */
    public void add(ApiKey key, String hash, Optional<Event.Answer> answer) {
        database.transaction(connection -> {
            int added = Sql.change(
                    connection,
                    "INSERT INTO api_keys (hash, " + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    List.of(
                            hash,
                            key.id(),
                            key.account(),
                            key.name(),
                            key.prefix(),
                            key.lastFour(),
                            String.join(",", key.scopes()),
                            String.join("\n", key.senders()),
                            String.join("\n", key.origins()),
                            key.createdAt(),
                            key.expiresAt(),
                            key.lastUsedAt(),
                            key.revokedAt()));
            AnswerStore.keep(connection, answer);
            return added;
        });
        database.checkpoint();
    }

    /** All keys of an account, the newest first, revoked ones too. */
    public List<ApiKey> all(long account) {
        return database.transaction(connection -> Sql.rows(
                connection,
                "SELECT " + COLUMNS + " FROM api_keys WHERE account = ? ORDER BY created_at DESC, id",
                List.of(account),
                KeyStore::key));
    }

    /** Writes down when keys were used. */
    public void used(Map<String, Instant> times) {
        if (!times.isEmpty()) {
            database.transaction(connection -> {
                int known = 0;
                for (Map.Entry<String, Instant> used : times.entrySet()) {
                    known += Sql.change(
                            connection,
                            "UPDATE api_keys SET last_used_at = ? WHERE id = ?",
                            List.of(used.getValue(), used.getKey()));
                }
                return known;
            });
        }
    }

    /** The key whose secret has this hash, unless it is revoked. */
    public Optional<ApiKey> valid(String hash) {
        return database
                .transaction(connection -> Sql.rows(
                        connection,
                        "SELECT " + COLUMNS + " FROM api_keys WHERE hash = ? AND revoked_at IS NULL",
                        List.of(hash),
                        KeyStore::key))
                .stream()
                .findFirst();
    }

    /** All keys that are not revoked, by the hash of their secret. */
    public Map<String, ApiKey> valid() {
        var keys = new HashMap<String, ApiKey>();
        database.transaction(connection -> Sql.rows(
                connection,
                "SELECT hash, " + COLUMNS + " FROM api_keys WHERE revoked_at IS NULL",
                List.of(),
                row -> keys.put(row.getString("hash"), key(row))));
        return keys;
    }

    /** Makes a key of an account worth nothing; on disk when it returns. Whether there is such a key. */
    public boolean revoke(long account, String id, Instant at) {
        int known = database.transaction(connection -> Sql.change(
                connection,
                "UPDATE api_keys SET revoked_at = COALESCE(revoked_at, ?) WHERE id = ? AND account = ?",
                List.of(at, id, account)));
        database.checkpoint();
        return known > 0;
    }

    private static ApiKey key(ResultSet row) throws SQLException {
        return new ApiKey(
                row.getString("id"),
                row.getLong("account"),
                row.getString("name"),
                row.getString("prefix"),
                row.getString("last_four"),
                List.of(row.getString("scopes").split(",")),
                row.getString("senders").lines().toList(),
                row.getString("origins").lines().toList(),
                Sql.time(row, "created_at").orElse(Instant.EPOCH),
                Sql.time(row, "expires_at"),
                Sql.time(row, "last_used_at"),
                Sql.time(row, "revoked_at"));
    }
}
