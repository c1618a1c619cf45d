package org.signalpost.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.signalpost.event.Event;

/** Keeps accounts. Safe to share; every method throws {@link Unavailable} while the database is away. */
public final class AccountStore {
    private static final String COLUMNS = "number, name, plan, monthly_tracks, sandbox_of, created_at";

    private final Database database;

    /** Keeps them in this database. */
    public AccountStore(Database database) {
        this.database = database;
    }

    /** All accounts, in the order they were made in. */
    public List<Account> all() {
        return database.transaction(connection -> Sql.rows(
                connection, "SELECT " + COLUMNS + " FROM accounts ORDER BY number", List.of(), AccountStore::account));
    }

    /** The account of this number. */
    public Optional<Account> find(long number) {
        return database
                .transaction(connection -> Sql.rows(
                        connection,
                        "SELECT " + COLUMNS + " FROM accounts WHERE number = ?",
                        List.of(number),
                        AccountStore::account))
                .stream()
                .findFirst();
    }

    /** What an account is to be. */
    public record Wanted(String name, Plan plan, OptionalLong monthlyTracks) {}

    /** Tells what is answered once the account has its number. */
    public interface Answering {
        /** The answer to keep with it. */
        Optional<Event.Answer> to(Account account);
    }

    /** Makes an account; on disk when it returns. */
    public Account add(Wanted wanted, OptionalLong sandboxOf, Instant at, Answering answering) {
        Account made = database.transaction(connection -> {
            long number = Sql.rows(connection, "SELECT MAX(number) FROM accounts", List.of(), row -> row.getLong(1))
                            .getFirst()
                    + 1;
            var account = new Account(number, wanted.name(), wanted.plan(), wanted.monthlyTracks(), sandboxOf, at);
            Sql.change(
                    connection,
                    "INSERT INTO accounts (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?)",
                    List.of(
                            number,
                            wanted.name(),
                            wanted.plan().word(),
                            optional(wanted.monthlyTracks()),
                            optional(sandboxOf),
                            at));
            AnswerStore.keep(connection, answering.to(account));
            return account;
        });
        database.checkpoint();
        return made;
    }

    /** Changes an account; on disk when it returns. Whether there is such an account. */
    public boolean change(long number, Wanted wanted) {
        int known = database.transaction(connection -> Sql.change(
                connection,
                "UPDATE accounts SET name = ?, plan = ?, monthly_tracks = ? WHERE number = ?",
                List.of(wanted.name(), wanted.plan().word(), optional(wanted.monthlyTracks()), number)));
        database.checkpoint();
        return known > 0;
    }

    /** How many tracks each account has made in the month of this time. */
    public long used(long account, Instant month) {
        return database
                .transaction(connection -> Sql.rows(
                        connection,
                        "SELECT tracks FROM track_usage WHERE account = ? AND in_month = ?",
                        List.of(account, Ledger.month(month)),
                        row -> row.getLong(1)))
                .stream()
                .findFirst()
                .orElse(0L);
    }

    private static Optional<Long> optional(OptionalLong number) {
        return number.isPresent() ? Optional.of(number.getAsLong()) : Optional.empty();
    }

    private static Account account(ResultSet row) throws SQLException {
        return new Account(
                row.getLong("number"),
                row.getString("name"),
                Plan.of(row.getString("plan")).orElse(Plan.FREE),
                number(row, "monthly_tracks"),
                number(row, "sandbox_of"),
                Sql.time(row, "created_at").orElse(Instant.EPOCH));
    }

    private static OptionalLong number(ResultSet row, String column) throws SQLException {
        long number = row.getLong(column);
        return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(number);
    }
}
