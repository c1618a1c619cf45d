package org.signalpost.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * An API key as it is kept: never its secret. Immutable and safe to share.
 *
 * @param id {@code key_} and random digits
 * @param name what it is for
 * @param prefix how the secret begins
 * @param scopes what it may do
 * @param senders the addresses and {@code @domains} in whose name it may submit mail, where that is asked
 * @param createdAt when it was made
 * @param revokedAt since when it is worth nothing
 */
public record ApiKey(
        String id,
        String name,
        String prefix,
        List<String> scopes,
        List<String> senders,
        Instant createdAt,
        Optional<Instant> revokedAt) {
    /** Copies the lists. */
    public ApiKey {
        scopes = List.copyOf(scopes);
        senders = List.copyOf(senders);
    }
}
