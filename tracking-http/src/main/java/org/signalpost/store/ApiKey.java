package org.signalpost.store;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.signalpost.track.Base62;

/**
 * An API key as it is kept: never its secret. Immutable and safe to share.
 *
 * @param id {@code key_} and random digits
 * @param account whose it is
 * @param name what it is for
 * @param prefix how the secret begins
 * @param lastFour how the secret ends
 * @param scopes what it may do
 * @param senders the addresses and {@code @domains} in whose name it may submit mail, where that is asked
 * @param origins the web pages that a public key may be used on; empty is all of them
 * @param createdAt when it was made
 * @param expiresAt when it is worth nothing any more
 * @param lastUsedAt when it was used, to the minute
 * @param revokedAt since when it is worth nothing
 */
public record ApiKey(
        String id,
        long account,
        String name,
        String prefix,
        String lastFour,
        List<String> scopes,
        List<String> senders,
        List<String> origins,
        Instant createdAt,
        Optional<Instant> expiresAt,
        Optional<Instant> lastUsedAt,
        Optional<Instant> revokedAt) {
    /** Digits of a secret behind its beginning. */
    public static final int DIGITS = 32;

    /** Copies the lists. */
    public ApiKey {
        scopes = List.copyOf(scopes);
        senders = List.copyOf(senders);
        origins = List.copyOf(origins);
    }

    /** What sort of key it is, which its beginning tells. */
    public enum Kind {
        /** Secret, and real. */
        LIVE("ms_live_"),
        /** Secret, and works in a sandbox. */
        TEST("ms_test_"),
        /** Stands in web pages. */
        PUBLIC("msk_");

        private final String start;

        Kind(String start) {
            this.start = start;
        }

        /** How its secrets begin. */
        public String start() {
            return start;
        }

        /** The kind of a secret; empty when it does not look like one. */
        public static Optional<Kind> of(String secret) {
            return Arrays.stream(values())
                    .filter(kind -> secret.startsWith(kind.start)
                            && secret.length() == kind.start.length() + DIGITS
                            && Base62.isDigits(secret, kind.start.length()))
                    .findFirst();
        }
    }

    /** What sort of key it is. */
    public Kind kind() {
        return Arrays.stream(Kind.values())
                .filter(kind -> prefix.startsWith(kind.start))
                .findFirst()
                .orElse(Kind.LIVE);
    }
}
