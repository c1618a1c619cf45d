package org.signalpost.http.api;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.signalpost.http.Problem;
import org.signalpost.store.Account;
import org.signalpost.store.AccountStore;
import org.signalpost.store.Unavailable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many tracks each account may still make this month (of UTC). Counted in memory from what the books said at first,
 * so it is exact on one node and costs nothing. Safe to share.
 */
final class Quotas {
    private static final Logger LOG = LoggerFactory.getLogger(Quotas.class);

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final AccountStore accounts;
    private final InstantSource clock;
    private final Map<Key, AtomicLong> used = new ConcurrentHashMap<>();
    private final Map<Long, OptionalLong> limits = new ConcurrentHashMap<>();

    private volatile Instant askAgain = Instant.MIN;

    private record Key(long account, YearMonth month) {}

    Quotas(AccountStore accounts, InstantSource clock) {
        this.accounts = accounts;
        this.clock = clock;
    }

    /** Takes some tracks of the account's share. */
    void take(long account, int tracks) {
        if (!grants(account, tracks)) {
            throw Problem.of(403, "quota_exceeded", "The account has made all the tracks of this month.");
        }
    }

    /** Takes some tracks of the account's share, unless it is used up. */
    boolean grants(long account, int tracks) {
        try {
            OptionalLong limit = limits.computeIfAbsent(account, fresh -> asked(() -> limit(fresh)));
            if (limit.isEmpty()) {
                return true;
            }
            var key = new Key(account, YearMonth.now(clock.withZone(ZoneOffset.UTC)));
            AtomicLong count = used.computeIfAbsent(
                    key, fresh -> new AtomicLong(asked(() -> accounts.used(account, clock.instant()))));
            long most = limit.getAsLong() - tracks;
            long before = count.getAndUpdate(now -> now <= most ? now + tracks : now);
            return before <= most;
        } catch (Unavailable e) {
            LOG.debug("nobody counts while the database is away: {}", e.getMessage());
            return true;
        }
    }

    /** Asks the database, unless it was away a moment ago: every mail comes by here, and none is to wait for it. */
    private <T> T asked(Supplier<T> question) {
        if (clock.instant().isBefore(askAgain)) {
            throw new Unavailable("the database was away a moment ago");
        }
        try {
            return question.get();
        } catch (Unavailable e) {
            askAgain = clock.instant().plus(PATIENCE);
            throw e;
        }
    }

    private OptionalLong limit(long account) {
        return accounts.find(account).map(Account::monthlyTracks).orElse(OptionalLong.empty());
    }

    /** The account was changed. */
    void changed(long account) {
        limits.remove(account);
    }
}
