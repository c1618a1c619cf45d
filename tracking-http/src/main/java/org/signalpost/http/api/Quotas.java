package org.signalpost.http.api;

import java.time.InstantSource;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
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

    private final AccountStore accounts;
    private final InstantSource clock;
    private final Map<Key, AtomicLong> used = new ConcurrentHashMap<>();
    private final Map<Long, OptionalLong> limits = new ConcurrentHashMap<>();

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

    /** Whether anything is left of the account's share. */
    boolean isLeft(long account) {
        return grants(account, 1, 0);
    }

    /** Takes some tracks of the account's share, unless it is used up. */
    boolean grants(long account, int tracks) {
        return grants(account, tracks, tracks);
    }

    private boolean grants(long account, int wanted, int taken) {
        try {
            OptionalLong limit = limits.computeIfAbsent(account, this::limit);
            if (limit.isEmpty()) {
                return true;
            }
            var key = new Key(account, YearMonth.now(clock.withZone(ZoneOffset.UTC)));
            AtomicLong count =
                    used.computeIfAbsent(key, fresh -> new AtomicLong(accounts.used(account, clock.instant())));
            long most = limit.getAsLong() - wanted;
            long before = count.getAndUpdate(now -> now <= most ? now + taken : now);
            return before <= most;
        } catch (Unavailable e) {
            LOG.debug("nobody counts while the database is away: {}", e.getMessage());
            return true;
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
