package org.signalpost.http.api;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.signalpost.http.Scope;
import org.signalpost.retry.Pause;
import org.signalpost.store.Account;
import org.signalpost.store.AccountStore;
import org.signalpost.store.ApiKey;
import org.signalpost.store.Digests;
import org.signalpost.store.KeyStore;
import org.signalpost.store.Plan;
import org.signalpost.store.Unavailable;
import org.signalpost.track.Credentials;
import org.signalpost.track.Submitter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All keys and the plans of their accounts, in memory: whoever is known stays known while the database is away. Read
 * again every minute and whenever one is made or revoked; a key made elsewhere is looked up when it is first used.
 *
 * <p>Secrets are compared as hashes. Start once, close once; safe to share.
 */
public final class Keyring implements Credentials, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Keyring.class);
    private static final Duration FRESH = Duration.ofMinutes(1);
    private static final Duration AGAIN = Duration.ofSeconds(2);

    private static final String ADMIN = "admin";

    private final String adminHash;
    private final KeyStore store;
    private final AccountStore accounts;
    private final InstantSource clock;
    private final ReentrantLock reading = new ReentrantLock();
    private final Pause pause = new Pause();
    private final Map<String, Instant> used = new ConcurrentHashMap<>();
    private volatile Map<String, Known> known = Map.of();
    private volatile Map<String, ApiKey> byId = Map.of();

    private record Known(ApiKey key, Plan plan) {}

    /** The admin key may do everything, also before there is a database; all others are in {@code store}. */
    public Keyring(String adminKey, KeyStore store, AccountStore accounts, InstantSource clock) {
        this.adminHash = Digests.hex(adminKey);
        this.store = store;
        this.accounts = accounts;
        this.clock = clock;
    }

    /** Reads the keys as soon as they can be read, and goes on reading them. */
    public void start() {
        Thread.ofVirtual().name("keys").start(() -> {
            boolean open = true;
            while (open) {
                open = pause.await(refresh() ? FRESH : AGAIN);
            }
        });
    }

    /** Reads the keys again, and writes down which were used; false when the database is away. */
    boolean refresh() {
        reading.lock();
        try {
            Map<String, Instant> times = Map.copyOf(used);
            store.used(times);
            times.forEach(used::remove);
            var plans = new HashMap<Long, Plan>();
            accounts.all().forEach(account -> plans.put(account.number(), account.plan()));
            var fresh = new HashMap<String, Known>();
            store.valid()
                    .forEach((hash, key) ->
                            fresh.put(hash, new Known(key, plans.getOrDefault(key.account(), Plan.FREE))));
            known = Map.copyOf(fresh);
            byId = known.values().stream()
                    .map(Known::key)
                    .collect(Collectors.toUnmodifiableMap(ApiKey::id, key -> key));
            return true;
        } catch (Unavailable e) {
            LOG.debug("the keys can't be read: {}", e.getMessage());
            return false;
        } catch (RuntimeException e) {
            LOG.error("alarm=keys the keys can't be read", e);
            return false;
        } finally {
            reading.unlock();
        }
    }

    /** Who has this secret; empty when it is none of ours, revoked or expired. */
    Optional<Caller> caller(String secret) {
        String hash = Digests.hex(secret);
        if (isAdmin(hash)) {
            return Optional.of(new Caller(
                    ADMIN, Account.FIRST, Plan.UNLIMITED, EnumSet.allOf(Scope.class), ApiKey.Kind.LIVE, List.of()));
        }
        return find(secret, hash)
                .map(found -> new Caller(
                        found.key().id(),
                        found.key().account(),
                        found.plan(),
                        scopes(found.key()),
                        found.key().kind(),
                        found.key().origins()));
    }

    private boolean isAdmin(String hash) {
        return MessageDigest.isEqual(
                hash.getBytes(StandardCharsets.US_ASCII), adminHash.getBytes(StandardCharsets.US_ASCII));
    }

    /** Whose key this is, by its id; the first account's when it is not known. */
    long account(String id) {
        return Optional.ofNullable(byId.get(id)).map(ApiKey::account).orElse(Account.FIRST);
    }

    private Optional<Known> find(String secret, String hash) {
        if (ApiKey.Kind.of(secret).isEmpty()) {
            return Optional.empty();
        }
        Instant now = clock.instant();
        Optional<Known> found = Optional.ofNullable(known.get(hash)).or(() -> late(hash));
        Optional<Known> valid = found.filter(one -> isValid(one.key(), now));
        valid.ifPresent(one -> used.put(one.key().id(), now));
        return valid;
    }

    private static boolean isValid(ApiKey key, Instant now) {
        return key.expiresAt().filter(end -> !end.isAfter(now)).isEmpty();
    }

    /** A key of another node, or one that was made while we could not read. */
    private Optional<Known> late(String hash) {
        try {
            Optional<ApiKey> found = store.valid(hash);
            if (found.isPresent()) {
                refresh();
            }
            return found.flatMap(key -> Optional.ofNullable(known.get(hash)));
        } catch (Unavailable e) {
            LOG.debug("a key that is not known can't be looked up: {}", e.getMessage());
            return Optional.empty();
        }
    }

    private static Set<Scope> scopes(ApiKey key) {
        var scopes = EnumSet.noneOf(Scope.class);
        key.scopes().forEach(word -> Scope.of(word).ifPresent(scopes::add));
        return scopes;
    }

    @Override
    public boolean any() {
        return true;
    }

    @Override
    public Optional<Submitter> of(String secret) {
        String hash = Digests.hex(secret);
        if (isAdmin(hash)) {
            return Optional.of(new Submitter(ADMIN, /* anySender= */ true, List.of()));
        }
        return find(secret, hash)
                .map(Known::key)
                .filter(key -> key.kind() == ApiKey.Kind.LIVE && key.scopes().contains(Scope.SEND.word()))
                .map(key -> new Submitter(key.id(), /* anySender= */ false, key.senders()));
    }

    @Override
    public boolean holds(String key) {
        return key.equals(ADMIN)
                || Optional.ofNullable(byId.get(key))
                        .filter(known -> isValid(known, clock.instant()))
                        .isPresent();
    }

    @Override
    public void close() {
        pause.end();
        refresh();
    }
}
