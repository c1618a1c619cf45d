package org.signalpost.relay.spool;

import java.time.Instant;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The mails that wait on one route: the more urgent go first, but of ten turns one is for those behind them, so that
 * everybody comes along. For one thread at a time.
 */
final class RouteQueue {
    private static final int OTHERS_EVERY = 10;

    private final Map<Priority, TreeSet<Turn>> queues = new EnumMap<>(Priority.class);
    private long contended;

    /** Whether nobody waits. */
    boolean isEmpty() {
        return queues.isEmpty();
    }

    void add(Turn turn) {
        queues.computeIfAbsent(turn.priority, any -> new TreeSet<>(Turn.ORDER)).add(turn);
    }

    void remove(Turn turn) {
        TreeSet<Turn> queue = queues.get(turn.priority);
        if (queue != null && queue.remove(turn) && queue.isEmpty()) {
            queues.remove(turn.priority);
        }
    }

    /** Whose turn it is, if anybody is due; asking changes nothing. */
    Optional<Turn> first(Instant now) {
        if (contended % OTHERS_EVERY == OTHERS_EVERY - 1) {
            List<Turn> due = due(now);
            int others = due.size() - 1;
            return others < 1
                    ? due.stream().findFirst()
                    : Optional.of(due.get(1 + (int) (contended / OTHERS_EVERY % others)));
        }
        for (TreeSet<Turn> queue : queues.values()) {
            Turn turn = queue.first();
            if (!turn.when.isAfter(now)) {
                return Optional.of(turn);
            }
        }
        return Optional.empty();
    }

    /** The one whose turn it is takes it now. */
    void pass(Instant now) {
        if (due(now).size() > 1) {
            contended++;
        }
    }

    /** The first of each priority that is due. */
    private List<Turn> due(Instant now) {
        return queues.values().stream()
                .map(TreeSet::first)
                .filter(turn -> !turn.when.isAfter(now))
                .toList();
    }

    /** Who has waited longest, or is due next, whatever the priority; somebody waits. */
    Turn oldest() {
        Iterator<TreeSet<Turn>> each = queues.values().iterator();
        Turn oldest = each.next().first();
        while (each.hasNext()) {
            Turn first = each.next().first();
            oldest = Turn.ORDER.compare(first, oldest) < 0 ? first : oldest;
        }
        return oldest;
    }
}
