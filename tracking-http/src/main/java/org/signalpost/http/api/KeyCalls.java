package org.signalpost.http.api;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.signalpost.http.Exchange;
import org.signalpost.http.Json;
import org.signalpost.http.Problem;
import org.signalpost.http.Reply;
import org.signalpost.http.Route;
import org.signalpost.http.Scope;
import org.signalpost.store.ApiKey;
import org.signalpost.store.KeyStore;
import org.signalpost.track.Base62;
import tools.jackson.databind.node.ObjectNode;

/** {@code /keys}: make, list and revoke API keys. Safe to share. */
public final class KeyCalls {
    private static final int MOST_SENDERS = 100;

    private final KeyStore store;
    private final SendingKeys sending;
    private final InstantSource clock;
    private final SecureRandom random;

    /** Keeps keys in this store; {@code sending} is told of each change. */
    public KeyCalls(KeyStore store, SendingKeys sending, InstantSource clock, SecureRandom random) {
        this.store = store;
        this.sending = sending;
        this.clock = clock;
        this.random = random;
    }

    /** The routes, below the API's beginning. */
    public List<Route> routes(Access access) {
        return List.of(
                new Route("POST", "/keys", access.needs(Scope.ADMIN, this::create)),
                new Route("GET", "/keys", access.needs(Scope.ADMIN, this::list)),
                new Route("DELETE", "/keys/{id}", access.needs(Scope.ADMIN, this::revoke)));
    }

    private Reply create(Exchange exchange) {
        Input input = Input.of(exchange);
        String name = input.text("name", 256);
        List<String> scopes = input.texts("scopes").orElse(List.of("read", "write")).stream()
                .distinct()
                .toList();
        if (scopes.isEmpty() || scopes.stream().anyMatch(word -> Scope.of(word).isEmpty())) {
            input.wrong("scopes", "one or more of read, write, send, contacts, webhooks, admin are wanted");
        }
        List<String> senders = senders(input);
        input.check();
        String secret = "ms_live_" + Base62.random(random, 32);
        var key = new ApiKey(
                "key_" + Base62.random(random, 22),
                name,
                secret.substring(0, 12),
                scopes,
                senders,
                clock.instant().truncatedTo(ChronoUnit.MILLIS),
                Optional.empty());
        store.add(key, Access.hash(secret));
        sending.refresh();
        return Reply.json(201, json(key).put("key", secret));
    }

    /** Addresses, and domains written {@code @example.org}; the domains in lower case. */
    private static List<String> senders(Input input) {
        List<String> written = input.texts("senders").orElse(List.of());
        List<String> senders = written.stream()
                .flatMap(text -> sender(text).stream())
                .distinct()
                .toList();
        if (written.size() > MOST_SENDERS
                || !written.stream().allMatch(text -> sender(text).isPresent())) {
            input.wrong(
                    "senders", "at most " + MOST_SENDERS + " addresses are wanted, or domains written @example.org");
        }
        return senders;
    }

    private static Optional<String> sender(String text) {
        return text.startsWith("@")
                ? EmailAddress.parse("any" + text).map(address -> address.substring("any".length()))
                : EmailAddress.parse(text);
    }

    private Reply list(Exchange exchange) {
        ObjectNode body = Json.object();
        var data = body.putArray("data");
        store.all().forEach(key -> data.add(json(key)));
        body.putNull("nextCursor").put("hasMore", false);
        return Reply.json(200, body);
    }

    private Reply revoke(Exchange exchange) {
        if (!store.revoke(exchange.parameter("id"), clock.instant())) {
            throw Problem.notFound();
        }
        sending.refresh();
        return Reply.empty(204);
    }

    private static ObjectNode json(ApiKey key) {
        ObjectNode body = Json.object().put("id", key.id());
        Json.put(body, "name", key.name());
        body.put("prefix", key.prefix());
        var scopes = body.putArray("scopes");
        key.scopes().forEach(scopes::add);
        var senders = body.putArray("senders");
        key.senders().forEach(senders::add);
        body.put("createdAt", Json.time(key.createdAt()));
        Json.put(body, "revokedAt", key.revokedAt());
        return body;
    }
}
