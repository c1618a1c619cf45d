package org.signalpost.store;

import java.util.List;

/** Knows which orders are booked. Safe to share; throws {@link Unavailable} while the database is away. */
public final class PurchaseStore {
    private final Database database;

    /** Reads from this database. */
    public PurchaseStore(Database database) {
        this.database = database;
    }

    /** Whether the account's order is booked. */
    public boolean isBooked(long account, String orderId) {
        return !database.transaction(connection -> Sql.rows(
                        connection,
                        "SELECT 1 FROM purchases WHERE account = ? AND order_id = ?",
                        List.of(account, orderId),
                        row -> true))
                .isEmpty();
    }
}
