package org.signalpost.relay.spool;

import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;

/** The recipients of one mail that wait on one route. For one thread at a time. */
final class Turn {
    static final Comparator<Turn> ORDER =
            Comparator.<Turn, Instant>comparing(turn -> turn.when).thenComparingLong(turn -> turn.number);

    final PriorityQueue<Due> waiting =
            new PriorityQueue<>(1, Comparator.comparing(Due::next).thenComparingInt(Due::index));
    final Priority priority;
    Instant when = Instant.MAX;
    Instant notBefore = Instant.MIN;
    long number;
    int underWay;
    boolean queued;

    Turn(Priority priority, long number) {
        this.priority = priority;
        this.number = number;
    }
}
