package org.signalpost.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The statements of one transaction, each prepared once. Belongs to one thread. */
final class Statements implements AutoCloseable {
    private final Connection connection;
    private final Map<String, PreparedStatement> prepared = new HashMap<>();

    Statements(Connection connection) {
        this.connection = connection;
    }

    private PreparedStatement of(String sql) throws SQLException {
        PreparedStatement statement = prepared.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            prepared.put(sql, statement);
        }
        return statement;
    }

    /** Runs a statement that changes rows; how many. */
    int change(String sql, List<?> values) throws SQLException {
        PreparedStatement statement = of(sql);
        Sql.bind(statement, values);
        return statement.executeUpdate();
    }

    /** Runs a statement once for each list of values; how many rows each changed. */
    int[] all(String sql, List<? extends List<?>> rows) throws SQLException {
        if (rows.isEmpty()) {
            return new int[0];
        }
        PreparedStatement statement = of(sql);
        for (List<?> values : rows) {
            Sql.bind(statement, values);
            statement.addBatch();
        }
        return statement.executeBatch();
    }

    /** All rows of a query. */
    <T> List<T> rows(String sql, List<?> values, Sql.Row<T> row) throws SQLException {
        PreparedStatement statement = of(sql);
        Sql.bind(statement, values);
        try (ResultSet found = statement.executeQuery()) {
            var rows = new ArrayList<T>();
            while (found.next()) {
                rows.add(row.read(found));
            }
            return rows;
        }
    }

    /** The first row of a query. */
    <T> Optional<T> first(String sql, List<?> values, Sql.Row<T> row) throws SQLException {
        return rows(sql, values, row).stream().findFirst();
    }

    /** Whether a query finds anything. */
    boolean exists(String sql, List<?> values) throws SQLException {
        return !rows(sql, values, row -> true).isEmpty();
    }

    @Override
    public void close() throws SQLException {
        for (PreparedStatement statement : prepared.values()) {
            statement.close();
        }
    }
}
