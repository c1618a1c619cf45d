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
 * @param createdAt when it was made
 * @param revokedAt since when it is worth nothing
 */
public record ApiKey(
        String id, String name, String prefix, List<String> scopes, Instant createdAt, Optional<Instant> revokedAt) {
    /** Copies the list. */
    public ApiKey {
        scopes = List.copyOf(scopes);
    }
}
