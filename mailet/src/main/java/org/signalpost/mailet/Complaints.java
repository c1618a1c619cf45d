package org.signalpost.mailet;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says in James's log why a mail goes on untracked: a failure at WARN, but the same one at most every ten seconds,
 * everything else at DEBUG. Safe to call from any thread.
 */
final class Complaints {
    private static final Logger LOG = LoggerFactory.getLogger(AddTracking.class);
    private static final Duration QUIET = Duration.ofSeconds(10);

    /** The last time of a reason, and how often it was not told since. */
    private record Told(Instant at, long untold) {}

    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Told> told = new HashMap<>();

    Complaints(InstantSource clock) {
        this.clock = clock;
    }

    /** Nothing is wrong: such mail is not tracked. */
    static void usual(String mail, String reason) {
        LOG.debug("mail={} goes on untracked reason={}", mail, reason);
    }

    /** Something failed; {@code detail} is for a person. */
    void failure(String mail, String reason, String detail) {
        long untold = due(reason);
        if (untold >= 0) {
            LOG.warn(
                    "mail={} goes on untracked reason={} ({}); {} more since the last line",
                    mail,
                    reason,
                    detail,
                    untold);
        }
    }

    /** Something failed that should not. */
    void failure(String mail, String reason, Throwable cause) {
        long untold = due(reason);
        if (untold >= 0) {
            LOG.warn("mail={} goes on untracked reason={}; {} more since the last line", mail, reason, untold, cause);
        }
    }

    /** How many were not told of; negative when it is too early. */
    private long due(String reason) {
        Instant now = clock.instant();
        lock.lock();
        try {
            Told last = told.get(reason);
            if (last != null && now.isBefore(last.at().plus(QUIET))) {
                told.put(reason, new Told(last.at(), last.untold() + 1));
                return -1;
            }
            told.put(reason, new Told(now, 0));
            return last == null ? 0 : last.untold();
        } finally {
            lock.unlock();
        }
    }
}
