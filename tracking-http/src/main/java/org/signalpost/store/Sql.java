package org.signalpost.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One statement with its values; an {@link Instant} is written as a time with zone, an empty optional as null. */
final class Sql {
    private Sql() {}

    /** How a row becomes a value. */
    interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** Runs a statement that changes rows; how many. */
    static int change(Connection connection, String sql, List<?> values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, values);
            return statement.executeUpdate();
        }
    }

    /** All rows of a query. */
    static <T> List<T> rows(Connection connection, String sql, List<?> values, Row<T> row) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, values);
            try (ResultSet found = statement.executeQuery()) {
                var rows = new ArrayList<T>();
                while (found.next()) {
                    rows.add(row.read(found));
                }
                return rows;
            }
        }
    }

    /** The time in a column, if there is one. */
    static Optional<Instant> time(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, OffsetDateTime.class)).map(OffsetDateTime::toInstant);
    }

    static void bind(PreparedStatement statement, List<?> values) throws SQLException {
        for (int i = 0; i < values.size(); i++) {
            Object value = values.get(i) instanceof Optional<?> optional ? optional.orElse(null) : values.get(i);
            if (value == null) {
                statement.setNull(i + 1, java.sql.Types.TIMESTAMP_WITH_TIMEZONE);
            } else {
                statement.setObject(i + 1, value instanceof Instant time ? time.atOffset(ZoneOffset.UTC) : value);
            }
        }
    }
}
