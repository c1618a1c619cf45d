package org.signalpost.relay.smtp;

import java.net.InetAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.signalpost.net.Network;

/**
 * How often sign-ins have failed from where, of late: from the third on, each makes the next answer slower. Safe to
 * share.
 */
final class FailedLogins {
    private static final int MOST = 100_000;
    private static final Duration LAST = Duration.ofMinutes(15);
    private static final int FREE = 3;
    private static final int LONGEST_SECONDS = 30;

    private final Pace pace;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Network, Failures> failures = new LinkedHashMap<>();

    private record Failures(int count, long last) {}

    FailedLogins(Pace pace) {
        this.pace = pace;
    }

    /** One more failure from there; how long its answer has to wait. */
    Duration add(InetAddress client) {
        Network network = Network.around(client);
        lock.lock();
        try {
            long now = pace.nanos();
            // Taken out and put in again, so that the first in the table is the oldest.
            Failures before = failures.remove(network);
            int count = before == null || now - before.last() > LAST.toNanos() ? 1 : before.count() + 1;
            failures.put(network, new Failures(count, now));
            if (failures.size() > MOST) {
                failures.remove(failures.keySet().iterator().next());
            }
            return delay(count);
        } finally {
            lock.unlock();
        }
    }

    /** How many clients are remembered. */
    int size() {
        lock.lock();
        try {
            return failures.size();
        } finally {
            lock.unlock();
        }
    }

    private static Duration delay(int count) {
        return count < FREE
                ? Duration.ZERO
                : Duration.ofSeconds(Math.min(1L << Math.min(count - FREE, 5), LONGEST_SECONDS));
    }
}
