package org.signalpost.http.api;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import org.signalpost.http.Exchange;
import org.signalpost.http.Problem;
import org.signalpost.http.Route;
import org.signalpost.http.Scope;
import org.signalpost.store.ApiKey;
import org.signalpost.store.KeyStore;

/** Who may ask what: bearer keys and their scopes (RFC 6750). Safe to share. */
public final class Access {
    private final byte[] adminKey;
    private final KeyStore keys;

    /** The admin key may do everything, also while the database is away; all others are in {@code keys}. */
    public Access(String adminKey, KeyStore keys) {
        this.adminKey = adminKey.getBytes(StandardCharsets.UTF_8);
        this.keys = keys;
    }

    /** The same call, for those who have the scope. */
    public Route.Call needs(Scope scope, Route.Call call) {
        return exchange -> {
            if (!scopes(secret(exchange)).contains(scope)) {
                throw Problem.of(403, "insufficient_scope", "The key lacks the scope " + scope.word() + ".");
            }
            return call.on(exchange);
        };
    }

    /** Whoever asks, for the log: how the key begins, never the key. */
    static String who(Exchange exchange) {
        String secret = secret(exchange);
        return secret.substring(0, Math.min(secret.length(), 12));
    }

    private static String secret(Exchange exchange) {
        String value = exchange.header("Authorization").orElse("");
        if (!value.regionMatches(/* ignoreCase= */ true, 0, "Bearer ", 0, 7)) {
            throw refused();
        }
        return value.substring(7).strip();
    }

    private Set<Scope> scopes(String secret) {
        return granted(secret).orElseThrow(Access::refused);
    }

    /** What the secret may do; empty when it is none of ours. */
    public Optional<Set<Scope>> granted(String secret) {
        if (MessageDigest.isEqual(adminKey, secret.getBytes(StandardCharsets.UTF_8))) {
            return Optional.of(EnumSet.allOf(Scope.class));
        }
        if (!secret.matches("ms_(live|test)_[0-9A-Za-z]{32}")) {
            return Optional.empty();
        }
        return keys.valid(hash(secret)).map(Access::scopes);
    }

    private static Set<Scope> scopes(ApiKey key) {
        var scopes = EnumSet.noneOf(Scope.class);
        key.scopes().forEach(word -> Scope.of(word).ifPresent(scopes::add));
        return scopes;
    }

    /** What is kept of a secret: its SHA-256 in hexadecimal. A secret has 190 bits, so nothing slower is wanted. */
    static String hash(String secret) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** One text for every cause. */
    private static Problem refused() {
        return Problem.of(401, "not_authenticated", "A valid API key is wanted: Authorization: Bearer ms_live_...")
                .with("WWW-Authenticate", "Bearer");
    }
}
