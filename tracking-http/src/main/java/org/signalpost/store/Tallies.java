package org.signalpost.store;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a batch adds to the sums: collected in memory, written once. Belongs to one thread.
 *
 * <p>Everything is added four times: for the account and for the campaign, by days and by quarters of an hour, so that
 * a report reads few rows whatever its zone.
 */
final class Tallies {
    private static final String KEY = "account = ? AND scope = ? AND campaign = ? AND grain = ? AND slot = ?";

    /** A table of sums: what else is in its key, and what it adds up. */
    enum Table {
        /** Everything about tracks. */
        SUMS(
                "sums",
                List.of(),
                List.of(
                        "tracks",
                        "opens",
                        "unique_opens",
                        "clicks",
                        "unique_clicks",
                        "machine_opens",
                        "bot_clicks",
                        "machine_only",
                        "bot_only",
                        "delivered",
                        "bounced")),
        /** Opens by mail client and device. */
        AGENTS("agent_sums", List.of("email_client", "device"), List.of("opens", "machine_opens")),
        /** Hits by place. */
        PLACES("place_sums", List.of("country", "city"), List.of("opens", "clicks", "machine_opens", "bot_clicks")),
        /** Clicks by destination. */
        LINKS("link_sums", List.of("url"), List.of("clicks", "unique_clicks", "bot_clicks")),
        /** Purchases by currency, and by why they are put down to a track. */
        REVENUE("revenue_sums", List.of("currency", "credited_by"), List.of("purchases", "refunds", "revenue"));

        private final String update;
        private final String insert;

        Table(String name, List<String> more, List<String> measures) {
            var where = new StringBuilder(KEY);
            more.forEach(column -> where.append(" AND ").append(column).append(" = ?"));
            var sets = measures.stream()
                    .map(column -> column + " = " + column + " + ?")
                    .toList();
            this.update = "UPDATE " + name + " SET " + String.join(", ", sets) + " WHERE " + where;
            var columns = new ArrayList<>(measures);
            columns.addAll(List.of("account", "scope", "campaign", "grain", "slot"));
            columns.addAll(more);
            this.insert = "INSERT INTO " + name + " (" + String.join(", ", columns) + ") VALUES ("
                    + "?, ".repeat(columns.size() - 1) + "?)";
        }
    }

    /** Whose sums: an account's campaign, and the slot in which the tracks were made. */
    record Cohort(long account, String campaign, int slot) {}

    private record Cell(long account, int scope, String campaign, int grain, int slot, List<String> more)
            implements Comparable<Cell> {
        private static final Comparator<Cell> ORDER = Comparator.comparingLong(Cell::account)
                .thenComparingInt(Cell::scope)
                .thenComparing(Cell::campaign)
                .thenComparingInt(Cell::grain)
                .thenComparingInt(Cell::slot)
                .thenComparing(cell -> String.join("\0", cell.more()));

        @Override
        public int compareTo(Cell other) {
            return ORDER.compare(this, other);
        }

        List<Object> row(long[] sums) {
            var row = new ArrayList<Object>(sums.length + 8);
            for (long sum : sums) {
                row.add(sum);
            }
            row.addAll(List.of(account, scope, campaign, grain, slot));
            row.addAll(more);
            return row;
        }
    }

    private record Key(Cohort cohort, List<String> more) {}

    private final Map<Table, Map<Key, long[]>> sums = new EnumMap<>(Table.class);

    /** Adds to the sums of a cohort. */
    void add(Table table, Cohort cohort, List<String> more, long... measures) {
        long[] sum = sums.computeIfAbsent(table, missing -> new HashMap<>())
                .computeIfAbsent(new Key(cohort, more), missing -> new long[measures.length]);
        addTo(sum, measures);
    }

    private static void addTo(long[] sum, long[] measures) {
        for (int i = 0; i < measures.length; i++) {
            sum[i] = Math.addExact(sum[i], measures[i]);
        }
    }

    /** Writes everything down, and begins anew. */
    void flush(Statements statements) throws SQLException {
        for (var table : sums.entrySet()) {
            var rows = new ArrayList<List<Object>>();
            cells(table.getValue()).forEach((cell, sum) -> {
                if (!isZero(sum)) {
                    rows.add(cell.row(sum));
                }
            });
            int[] changed = statements.all(table.getKey().update, rows);
            var fresh = new ArrayList<List<Object>>();
            for (int i = 0; i < changed.length; i++) {
                if (changed[i] == 0) {
                    fresh.add(rows.get(i));
                }
            }
            statements.all(table.getKey().insert, fresh);
        }
        sums.clear();
    }

    /** The four rows of each sum; sorted, so that two writers meet the rows in one order. */
    private static Map<Cell, long[]> cells(Map<Key, long[]> sums) {
        var cells = new TreeMap<Cell, long[]>();
        sums.forEach((key, measures) -> {
            Cohort cohort = key.cohort();
            int day = Slot.day(cohort.slot());
            for (int scope = 0; scope < 2; scope++) {
                String campaign = scope == 0 ? "" : cohort.campaign();
                for (int grain = 0; grain < 2; grain++) {
                    int slot = grain == 0 ? day : cohort.slot();
                    var cell = new Cell(cohort.account(), scope, campaign, grain, slot, key.more());
                    addTo(cells.computeIfAbsent(cell, missing -> new long[measures.length]), measures);
                }
            }
        });
        return cells;
    }

    private static boolean isZero(long[] sum) {
        for (long value : sum) {
            if (value != 0) {
                return false;
            }
        }
        return true;
    }
}
