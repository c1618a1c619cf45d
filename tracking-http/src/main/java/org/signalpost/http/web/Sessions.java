package org.signalpost.http.web;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.signalpost.http.Exchange;

/** Who is signed in to the pages; in memory, so that a restart signs everybody out. Safe to share. */
public final class Sessions {
    static final String COOKIE = "signalpost";

    private static final Duration LASTS = Duration.ofHours(12);
    private static final Duration INVITATION_LASTS = Duration.ofHours(1);
    private static final int MOST = 10_000;

    private final InstantSource clock;
    private final SecureRandom random;
    private final Map<String, Instant> sessions = new ConcurrentHashMap<>();
    private final Map<String, Instant> invitations = new ConcurrentHashMap<>();

    /** Nobody is signed in. */
    public Sessions(InstantSource clock, SecureRandom random) {
        this.clock = clock;
        this.random = random;
    }

    private String secret() {
        var octets = new byte[24];
        random.nextBytes(octets);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(octets);
    }

    /** A word that signs in once, within an hour. */
    public String invitation() {
        String word = secret();
        invitations.put(word, clock.instant().plus(INVITATION_LASTS));
        return word;
    }

    /** Signs in; the field of the head that tells the browser. Empty when the word is worth nothing (any more). */
    Optional<String> accept(String invitation) {
        return Optional.ofNullable(invitations.remove(invitation))
                .filter(until -> clock.instant().isBefore(until))
                .map(valid -> begin());
    }

    /** Signs in; the field of the head that tells the browser. */
    String begin() {
        Instant now = clock.instant();
        sessions.values().removeIf(until -> !now.isBefore(until));
        if (sessions.size() >= MOST) {
            sessions.clear();
        }
        String word = secret();
        sessions.put(word, now.plus(LASTS));
        return COOKIE + "=" + word + "; Path=/; HttpOnly; SameSite=Lax; Max-Age=" + LASTS.toSeconds();
    }

    /** Whether the request comes from somebody who is signed in. */
    boolean knows(Exchange exchange) {
        return exchange.cookie(COOKIE)
                .map(sessions::get)
                .filter(until -> clock.instant().isBefore(until))
                .isPresent();
    }
}
