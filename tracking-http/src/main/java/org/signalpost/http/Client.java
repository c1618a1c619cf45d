package org.signalpost.http;

import java.time.Duration;
import java.util.Optional;
import org.eclipse.jetty.io.Connection;
import org.signalpost.net.Network;

/** One connection, and what it is waiting for. Whoever answers it says so; one thread looks at the clock. */
final class Client {
    private enum Phase {
        NEW,
        IDLE,
        ASKED,
        ANSWERED
    }

    private final Connection connection;
    private final Optional<Network> from;
    private volatile long since = System.nanoTime();
    private volatile Phase phase = Phase.NEW;

    // Of the thread that looks at the clock.
    private long idleSince = -1;
    private long octets;
    private long headSince;

    Client(Connection connection, Optional<Network> from) {
        this.connection = connection;
        this.from = from;
    }

    /** Where it counts, if it counts. */
    Optional<Network> from() {
        return from;
    }

    /** The head of a request is there. */
    void asks() {
        turn(Phase.ASKED);
    }

    /** The answer begins to go out. */
    void isAnswered() {
        turn(Phase.ANSWERED);
    }

    /** The answer is out. */
    void rests() {
        turn(Phase.IDLE);
    }

    private void turn(Phase to) {
        since = System.nanoTime();
        phase = to;
    }

    boolean isBusy() {
        return phase == Phase.ASKED || phase == Phase.ANSWERED;
    }

    /** Whether what it waits for has taken too long; to be asked again and again by one thread. */
    boolean isLate(HttpSettings.Patience patience, long now) {
        Phase current = phase;
        long start = since;
        return switch (current) {
            case NEW -> isOver(start, patience.head(), now);
            case ASKED -> isOver(start, patience.request(), now);
            case ANSWERED -> isOver(start, patience.answer(), now);
            case IDLE -> isOver(start, patience.idle(), now) || isHeadLate(start, patience.head(), now);
        };
    }

    /** When octets come in while nothing is being answered, a head has begun. */
    private boolean isHeadLate(long start, Duration patience, long now) {
        if (idleSince != start) {
            idleSince = start;
            octets = connection.getBytesIn();
            headSince = -1;
        } else if (headSince == -1 && connection.getBytesIn() != octets) {
            headSince = now;
        }
        return headSince != -1 && isOver(headSince, patience, now);
    }

    private static boolean isOver(long start, Duration patience, long now) {
        return now - start > patience.toNanos();
    }

    void cut() {
        connection.getEndPoint().close();
    }
}
