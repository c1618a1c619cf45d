package org.signalpost.http.api;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.signalpost.http.Scope;
import org.signalpost.retry.Pause;
import org.signalpost.store.ApiKey;
import org.signalpost.store.KeyStore;
import org.signalpost.store.Unavailable;
import org.signalpost.track.Credentials;
import org.signalpost.track.Submitter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys with the scope {@code send}, in memory, read again every minute and whenever one is made or revoked.
 *
 * <p>While the database is away those that were read last stay. Start once, close once; safe to share.
 */
public final class SendingKeys implements Credentials, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SendingKeys.class);
    private static final Duration FRESH = Duration.ofMinutes(1);
    private static final Duration AGAIN = Duration.ofSeconds(2);

    /** The prefix of keys that a web page may show; they send no mail. */
    private static final String PUBLIC = "msk_";

    /** What an unknown secret is compared with. */
    private static final Known NOBODY = new Known("0".repeat(64), new Submitter("", /* anySender= */ false, List.of()));

    private final Known admin;
    private final KeyStore store;
    private final ReentrantLock reading = new ReentrantLock();
    private final Pause pause = new Pause();
    private volatile Map<String, Known> known;

    private record Known(String hash, Submitter submitter) {}

    /** The admin key may send in every name; all others are in {@code store}. */
    public SendingKeys(String adminKey, KeyStore store) {
        this.admin = new Known(Access.hash(adminKey), new Submitter("admin", /* anySender= */ true, List.of()));
        this.store = store;
        this.known = Map.of(admin.hash(), admin);
    }

    /** Reads the keys as soon as they can be read, and goes on reading them. */
    public void start() {
        Thread.ofVirtual().name("sending keys").start(() -> {
            boolean open = true;
            while (open) {
                open = pause.await(refresh() ? FRESH : AGAIN);
            }
        });
    }

    /** Reads the keys again; false when the database is away. */
    boolean refresh() {
        reading.lock();
        try {
            var fresh = new HashMap<String, Known>();
            fresh.put(admin.hash(), admin);
            store.valid().forEach((hash, key) -> {
                if (mayPost(key)) {
                    fresh.put(hash, new Known(hash, new Submitter(key.id(), /* anySender= */ false, key.senders())));
                }
            });
            known = Map.copyOf(fresh);
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

    private static boolean mayPost(ApiKey key) {
        return key.scopes().contains(Scope.SEND.word()) && !key.prefix().startsWith(PUBLIC);
    }

    @Override
    public boolean any() {
        return !known.isEmpty();
    }

    @Override
    public Optional<Submitter> of(String secret) {
        String hash = Access.hash(secret);
        Known found = known.getOrDefault(hash, NOBODY);
        boolean same = MessageDigest.isEqual(
                found.hash().getBytes(StandardCharsets.US_ASCII), hash.getBytes(StandardCharsets.US_ASCII));
        return same ? Optional.of(found.submitter()) : Optional.empty();
    }

    @Override
    public void close() {
        pause.end();
    }
}
