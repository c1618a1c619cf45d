package org.signalpost.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Keeps API keys. Safe to share; every method throws {@link Unavailable} while the database is away. */
public final class KeyStore {
    private static final String COLUMNS = "id, name, prefix, scopes, senders, created_at, revoked_at";

    private final Database database;

    /** Keeps them in this database. */
    public KeyStore(Database database) {
        this.database = database;
    }

    /** Keeps a key; on disk when it returns. */
    public void add(ApiKey key, String hash) {
        database.transaction(connection -> Sql.change(
                connection,
                "INSERT INTO api_keys (id, name, prefix, scopes, senders, hash, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                List.of(
                        key.id(),
                        key.name(),
                        key.prefix(),
                        String.join(",", key.scopes()),
                        String.join("\n", key.senders()),
                        hash,
                        key.createdAt())));
        database.checkpoint();
    }

    /** All keys, the newest first, revoked ones too. */
    public List<ApiKey> all() {
        return database.transaction(connection -> Sql.rows(
                connection,
                "SELECT " + COLUMNS + " FROM api_keys ORDER BY created_at DESC, id",
                List.of(),
                KeyStore::key));
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

    /** Makes a key worth nothing; on disk when it returns. Whether there is such a key. */
    public boolean revoke(String id, Instant at) {
        int known = database.transaction(connection -> Sql.change(
                connection, "UPDATE api_keys SET revoked_at = COALESCE(revoked_at, ?) WHERE id = ?", List.of(at, id)));
        database.checkpoint();
        return known > 0;
    }

    private static ApiKey key(ResultSet row) throws SQLException {
        return new ApiKey(
                row.getString("id"),
                row.getString("name"),
                row.getString("prefix"),
                List.of(row.getString("scopes").split(",")),
                row.getString("senders").lines().toList(),
                Sql.time(row, "created_at").orElse(Instant.EPOCH),
                Sql.time(row, "revoked_at"));
    }
}
