package org.signalpost.http.api;

import java.net.URI;
import java.net.URISyntaxException;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.signalpost.http.Exchange;
import org.signalpost.http.Json;
import org.signalpost.http.Problem;
import org.signalpost.http.Reply;
import org.signalpost.http.Route;
import org.signalpost.http.Scope;
import org.signalpost.store.AccountStore;
import org.signalpost.store.ApiKey;
import org.signalpost.store.Digests;
import org.signalpost.store.KeyStore;
import org.signalpost.track.Base62;
import tools.jackson.databind.node.ObjectNode;

/** {@code /keys}: make, list and revoke API keys. Safe to share. */
final class KeyCalls {
    private static final int MOST_NAMES = 100;

    private final KeyStore store;
    private final AccountStore accounts;
    private final Keyring keyring;
    private final Idempotency idempotency;
    private final InstantSource clock;
    private final SecureRandom random;

    /** Keeps keys in this store; the key ring is told of each change. */
    KeyCalls(
            KeyStore store,
            AccountStore accounts,
            Keyring keyring,
            Idempotency idempotency,
            InstantSource clock,
            SecureRandom random) {
        this.store = store;
        this.accounts = accounts;
        this.keyring = keyring;
        this.idempotency = idempotency;
        this.clock = clock;
        this.random = random;
    }

    /** The routes, below the API's beginning. */
    List<Route> routes(Access access) {
        return List.of(
                new Route("POST", "/keys", access.granted(Scope.ADMIN, this::create)),
                new Route("GET", "/keys", access.granted(Scope.ADMIN, this::list)),
                new Route("DELETE", "/keys/{id}", access.granted(Scope.ADMIN, this::revoke)));
    }

    private Reply create(Exchange exchange, Caller caller) {
        byte[] octets = Input.octets(exchange);
        Input input = Input.of(exchange, octets);
        String name = input.text("name", 256);
        ApiKey.Kind kind = kind(input);
        List<String> usual = kind == ApiKey.Kind.PUBLIC ? List.of("send") : List.of("read", "write");
        List<String> scopes =
                input.texts("scopes").orElse(usual).stream().distinct().toList();
        if (scopes.isEmpty() || scopes.stream().anyMatch(word -> Scope.of(word).isEmpty())) {
            input.wrong("scopes", "one or more of read, write, send, contacts, webhooks, admin are wanted");
        } else if (kind == ApiKey.Kind.PUBLIC && !scopes.equals(List.of("send"))) {
            input.wrong("scopes", "a public key has the scope send and no other");
        } else if (kind == ApiKey.Kind.TEST && scopes.contains("send")) {
            input.wrong("scopes", "a test key sends no mail");
        }
        List<String> senders = names(input, "senders", KeyCalls::sender, "addresses, or domains written @example.org");
        List<String> origins = names(input, "origins", KeyCalls::origin, "origins such as https://shop.example");
        if (kind != ApiKey.Kind.PUBLIC && !origins.isEmpty()) {
            input.wrong("origins", "a public key alone has origins");
        }
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        Optional<Instant> expires = Optional.of(input.text("expiresAt", 64))
                .filter(text -> !text.isEmpty())
                .map(text -> Times.read("expiresAt", text, /* isEnd= */ true, ZoneOffset.UTC));
        if (expires.filter(end -> !end.isAfter(now)).isPresent()) {
            input.wrong("expiresAt", "a time to come is wanted");
        }
        long account = account(input, caller);
        input.check();
        return idempotency.once(exchange, caller, octets, Reply::created, promise -> {
            String secret = kind.start() + Base62.random(random, ApiKey.DIGITS);
            var key = new ApiKey(
                    "key_" + Base62.random(random, 22),
                    kind == ApiKey.Kind.TEST ? sandbox(account, now) : account,
                    name,
                    secret.substring(0, kind.start().length() + 4),
                    secret.substring(secret.length() - 4),
                    scopes,
                    senders,
                    origins,
                    now,
                    expires,
                    Optional.empty(),
                    Optional.empty());
            ObjectNode body = json(key).put("key", secret);
            store.add(key, Digests.hex(secret), promise.answer(201, body));
            keyring.refresh();
            return body;
        });
    }

    private static ApiKey.Kind kind(Input input) {
        String word = input.text("type", 16);
        Optional<ApiKey.Kind> kind = Arrays.stream(ApiKey.Kind.values())
                .filter(one -> one.name().toLowerCase(Locale.ROOT).equals(word))
                .findFirst();
        if (kind.isEmpty() && !word.isEmpty()) {
            input.wrong("type", "live, test or public is wanted");
        }
        return kind.orElse(ApiKey.Kind.LIVE);
    }

    /** The operator makes keys for every account, all others for their own. */
    private long account(Input input, Caller caller) {
        String id = input.text("account", 32);
        if (id.isEmpty()) {
            return caller.account();
        }
        OptionalLong number = AccountCalls.number(id);
        boolean known = number.isPresent()
                && (number.getAsLong() == caller.account() || caller.isOperator())
                && accounts.find(number.getAsLong()).isPresent();
        if (!known) {
            input.wrong("account", "there is no such account");
        }
        return number.orElse(caller.account());
    }

    /** The account in which the test keys of another one work: nothing there is ever mixed with what is real. */
    private long sandbox(long account, Instant now) {
        return accounts.all().stream()
                .filter(one -> one.sandboxOf().equals(OptionalLong.of(account)))
                .findFirst()
                .orElseGet(() -> {
                    var owner = accounts.find(account).orElseThrow(Problem::notFound);
                    return accounts.add(
                            new AccountStore.Wanted(owner.name() + " (sandbox)", owner.plan(), OptionalLong.empty()),
                            OptionalLong.of(account),
                            now,
                            made -> Optional.empty());
                })
                .number();
    }

    /** How a list of names is read, one by one. */
    private interface Reader {
        Optional<String> read(String text);
    }

    private static List<String> names(Input input, String field, Reader reader, String wanted) {
        List<String> written = input.texts(field).orElse(List.of());
        List<String> names = written.stream()
                .flatMap(text -> reader.read(text).stream())
                .distinct()
                .toList();
        if (written.size() > MOST_NAMES
                || !written.stream().allMatch(text -> reader.read(text).isPresent())) {
            input.wrong(field, "at most " + MOST_NAMES + " " + wanted + " are wanted");
        }
        return names;
    }

    /** Addresses, and domains written {@code @example.org}; the domains in lower case. */
    private static Optional<String> sender(String text) {
        return text.startsWith("@")
                ? EmailAddress.parse("any" + text).map(address -> address.substring("any".length()))
                : EmailAddress.parse(text);
    }

    /** Scheme, host and port of a page (RFC 6454 section 6.2), in lower case. */
    private static Optional<String> origin(String text) {
        try {
            var uri = new URI(text.toLowerCase(Locale.ROOT));
            boolean web = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
            String bare = uri.getScheme() + "://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
            return web && uri.getHost() != null && bare.equals(uri.toString()) ? Optional.of(bare) : Optional.empty();
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    private Reply list(Exchange exchange, Caller caller) {
        long account = exchange.query("account")
                .map(id -> AccountCalls.number(id)
                        .orElseThrow(() -> Problem.invalid("account", "there is no such account")))
                .orElse(caller.account());
        if (account != caller.account() && !caller.isOperator()) {
            throw Problem.invalid("account", "there is no such account");
        }
        ObjectNode body = Json.object();
        var data = body.putArray("data");
        store.all(account).forEach(key -> data.add(json(key)));
        accounts.all().stream()
                .filter(one -> one.sandboxOf().equals(OptionalLong.of(account)))
                .flatMap(sandbox -> store.all(sandbox.number()).stream())
                .forEach(key -> data.add(json(key)));
        body.putNull("nextCursor").put("hasMore", false);
        return Reply.json(200, body);
    }

    private Reply revoke(Exchange exchange, Caller caller) {
        String id = exchange.parameter("id");
        boolean revoked = accounts.all().stream()
                .filter(account -> caller.isOperator()
                        || account.number() == caller.account()
                        || account.sandboxOf().equals(OptionalLong.of(caller.account())))
                .anyMatch(account -> store.revoke(account.number(), id, clock.instant()));
        if (!revoked) {
            throw Problem.notFound();
        }
        keyring.refresh();
        return Reply.empty(204);
    }

    private static ObjectNode json(ApiKey key) {
        ObjectNode body = Json.object().put("id", key.id());
        Json.put(body, "name", key.name());
        body.put("account", "acc_" + key.account())
                .put("type", key.kind().name().toLowerCase(Locale.ROOT))
                .put("prefix", key.prefix());
        Json.put(body, "lastFour", key.lastFour());
        var scopes = body.putArray("scopes");
        key.scopes().forEach(scopes::add);
        var senders = body.putArray("senders");
        key.senders().forEach(senders::add);
        var origins = body.putArray("origins");
        key.origins().forEach(origins::add);
        body.put("createdAt", Json.time(key.createdAt()));
        Json.put(body, "expiresAt", key.expiresAt());
        Json.put(body, "lastUsedAt", key.lastUsedAt());
        Json.put(body, "revokedAt", key.revokedAt());
        return body;
    }
}
