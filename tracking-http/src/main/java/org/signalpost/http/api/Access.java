package org.signalpost.http.api;

import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.signalpost.http.Exchange;
import org.signalpost.http.Problem;
import org.signalpost.http.Reply;
import org.signalpost.http.Route;
import org.signalpost.http.Scope;
import org.signalpost.store.ApiKey;

/** Who may ask what, and how often: bearer keys, their scopes (RFC 6750) and their plans. Safe to share. */
public final class Access {
    /** Wrong keys from one address in a minute before it is told to wait. */
    private static final int MOST_FAILURES = 30;

    private static final int MOST_ACCOUNTS = 100_000;
    private static final int MOST_ADDRESSES = 100_000;

    private final Keyring keys;
    private final String origin;
    private final RateLimit<Long> calls;
    private final RateLimit<String> visitors;
    private final RateLimit<String> failures;

    /** Callers are those of the key ring; pages of {@code origin}, which is our own, may ask with any key. */
    public Access(Keyring keys, String origin, InstantSource clock) {
        this.keys = keys;
        this.origin = origin;
        this.calls = new RateLimit<>(clock, MOST_ACCOUNTS);
        this.visitors = new RateLimit<>(clock, MOST_ADDRESSES);
        this.failures = new RateLimit<>(clock, MOST_ADDRESSES);
    }

    /** What answers somebody who is known. */
    interface Call {
        Reply on(Exchange exchange, Caller caller);
    }

    /** The same call, for those who have the scope and are of the account that runs this server. */
    public Route.Call needs(Scope scope, Route.Call call) {
        return operator(scope, (exchange, caller) -> call.on(exchange));
    }

    /** The same call, for those who have the scope and are of the account that runs this server. */
    Route.Call operator(Scope scope, Call call) {
        return granted(scope, (exchange, caller) -> {
            if (!caller.isOperator()) {
                throw Problem.of(403, "insufficient_scope", "This is for the operator of the server alone.");
            }
            return call.on(exchange, caller);
        });
    }

    /** The same call, for those of any account who have the scope. */
    Route.Call granted(Scope scope, Call call) {
        return exchange -> {
            Caller caller = caller(exchange);
            RateLimit.Take take = taken(exchange, caller);
            WebPages.guard(exchange, caller, origin);
            granted(take);
            if (caller.kind() == ApiKey.Kind.PUBLIC) {
                throw lacks(Set.of(scope));
            }
            demand(caller, Set.of(scope));
            return call.on(exchange, caller);
        };
    }

    /** The same call, for those of any account who have one of the scopes; for public keys, on their pages, too. */
    Route.Call open(Set<Scope> scopes, Call call) {
        return exchange -> {
            Caller caller = caller(exchange);
            RateLimit.Take take = taken(exchange, caller);
            if (caller.kind() == ApiKey.Kind.PUBLIC) {
                WebPages.admit(exchange, caller);
            }
            WebPages.guard(exchange, caller, origin);
            granted(take);
            demand(caller, scopes);
            return call.on(exchange, caller);
        };
    }

    /**
     * Counts a call that no address is there for like any other, when it comes with a key.
     *
     * @throws Problem when the key is not valid, or there were too many calls
     */
    public void stray(Exchange exchange) {
        if (secret(exchange).isPresent()) {
            granted(taken(exchange, caller(exchange)));
        }
    }

    private RateLimit.Take taken(Exchange exchange, Caller caller) {
        int most = caller.plan().perMinute();
        // A visitor of a page must not use up what the account's servers may do.
        RateLimit.Take take = caller.kind() == ApiKey.Kind.PUBLIC
                ? visitors.take(caller.key() + " " + exchange.address(), most)
                : calls.take(caller.account(), most);
        exchange.promise("X-RateLimit-Limit", Integer.toString(take.limit()));
        exchange.promise("X-RateLimit-Remaining", Integer.toString(take.remaining()));
        exchange.promise("X-RateLimit-Reset", Long.toString(take.reset()));
        return take;
    }

    private static void granted(RateLimit.Take take) {
        if (!take.granted()) {
            throw Problem.of(429, "rate_limit_exceeded", "The plan grants " + take.limit() + " calls a minute.")
                    .with("Retry-After", Long.toString(take.seconds()));
        }
    }

    private static void demand(Caller caller, Set<Scope> scopes) {
        if (scopes.stream().noneMatch(caller.scopes()::contains)) {
            throw lacks(scopes);
        }
    }

    private static Problem lacks(Set<Scope> scopes) {
        String words = scopes.stream().map(Scope::word).sorted().collect(Collectors.joining(" or "));
        return Problem.of(403, "insufficient_scope", "The key lacks the scope " + words + ".");
    }

    private Caller caller(Exchange exchange) {
        return secret(exchange).flatMap(keys::caller).orElseThrow(() -> refused(exchange));
    }

    /** Whoever asks, for the log: how the key begins, never the key. */
    static String who(Exchange exchange) {
        String secret = secret(exchange).orElse("");
        return secret.substring(0, Math.min(secret.length(), 12));
    }

    private static Optional<String> secret(Exchange exchange) {
        return exchange.header("Authorization")
                .filter(value -> value.regionMatches(/* ignoreCase= */ true, 0, "Bearer ", 0, 7))
                .map(value -> value.substring(7).strip());
    }

    /** What the secret may do; empty when it is none of ours, or not the operator's. */
    public Optional<Set<Scope>> granted(String secret) {
        return keys.caller(secret)
                .filter(caller -> caller.isOperator() && caller.kind() != ApiKey.Kind.PUBLIC)
                .map(Caller::scopes);
    }

    /** One text for every cause; whoever goes on guessing is told to wait. */
    private Problem refused(Exchange exchange) {
        RateLimit.Take take = failures.take(exchange.address(), MOST_FAILURES);
        return take.granted()
                ? Problem.of(401, "not_authenticated", "A valid API key is wanted: Authorization: Bearer ms_live_...")
                        .with("WWW-Authenticate", "Bearer")
                : Problem.of(429, "too_many_failures", "Too many calls without a valid key; wait.")
                        .with("Retry-After", Long.toString(take.seconds()));
    }
}
