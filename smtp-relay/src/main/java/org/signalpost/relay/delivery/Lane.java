package org.signalpost.relay.delivery;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * Memory that attempts need while they are under way, of which no route gets more than its part: a peer that takes its
 * time leaves something to others. First come, first served. Safe to share.
 */
final class Lane {
    private final int mostOfOneRoute;
    private final Semaphore memory;
    private final Map<String, Share> shares = new ConcurrentHashMap<>();

    /** So many kilobytes, of which {@code routes} routes that take all they can leave nothing. */
    Lane(int kilobytes, int routes) {
        this.memory = new Semaphore(kilobytes, /* fair= */ true);
        this.mostOfOneRoute = Math.max(kilobytes / routes, 1);
    }

    /** One route's part, there as long as somebody uses it or waits for it. */
    private static final class Share {
        private final Semaphore permits;

        /** Changed by the map alone, for one at a time. */
        private int users;

        private Share(int most) {
            permits = new Semaphore(most, /* fair= */ true);
        }
    }

    /** Does it as soon as there are so many kilobytes for that route; what wants more than there is gets all of it. */
    void within(String route, int kilobytes, Runnable attempt) {
        int share = Math.min(kilobytes, mostOfOneRoute);
        Share own = shares.compute(route, (name, known) -> {
            Share part = known == null ? new Share(mostOfOneRoute) : known;
            part.users++;
            return part;
        });
        own.permits.acquireUninterruptibly(share);
        memory.acquireUninterruptibly(share);
        try {
            attempt.run();
        } finally {
            memory.release(share);
            own.permits.release(share);
            shares.computeIfPresent(route, (name, known) -> {
                known.users--;
                return known.users == 0 ? null : known;
            });
        }
    }
}
