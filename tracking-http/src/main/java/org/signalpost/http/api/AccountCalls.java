package org.signalpost.http.api;

import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.signalpost.http.Exchange;
import org.signalpost.http.Json;
import org.signalpost.http.Problem;
import org.signalpost.http.Reply;
import org.signalpost.http.Route;
import org.signalpost.http.Scope;
import org.signalpost.store.Account;
import org.signalpost.store.AccountStore;
import org.signalpost.store.Plan;
import tools.jackson.databind.node.ObjectNode;

/** {@code /accounts}: whose tracks are whose, and how much each may do; for the operator. Safe to share. */
final class AccountCalls {
    private final AccountStore store;
    private final Keyring keyring;
    private final Quotas quotas;
    private final Idempotency idempotency;
    private final InstantSource clock;

    AccountCalls(AccountStore store, Keyring keyring, Quotas quotas, Idempotency idempotency, InstantSource clock) {
        this.store = store;
        this.keyring = keyring;
        this.quotas = quotas;
        this.idempotency = idempotency;
        this.clock = clock;
    }

    /** The routes, below the API's beginning. */
    List<Route> routes(Access access) {
        return List.of(
                new Route("POST", "/accounts", access.operator(Scope.ADMIN, this::create)),
                new Route("GET", "/accounts", access.needs(Scope.ADMIN, this::list)),
                new Route("GET", "/accounts/{id}", access.granted(Scope.ADMIN, this::detail)),
                new Route("PATCH", "/accounts/{id}", access.needs(Scope.ADMIN, this::change)));
    }

    /** The number in {@code acc_1}. */
    static OptionalLong number(String id) {
        return id.matches("acc_[1-9][0-9]{0,17}")
                ? OptionalLong.of(Long.parseLong(id.substring("acc_".length())))
                : OptionalLong.empty();
    }

    private Reply create(Exchange exchange, Caller caller) {
        byte[] octets = Input.octets(exchange);
        Input input = Input.of(exchange, octets);
        String name = input.text("name", 256);
        if (name.isEmpty()) {
            input.wrong("name", "it is wanted");
        }
        var wanted = new AccountStore.Wanted(name, plan(input, Plan.FREE), quota(input, OptionalLong.empty()));
        input.check();
        return idempotency.once(exchange, caller, octets, made -> Reply.created("/api/v1/accounts", made), promise -> {
            Account made = store.add(
                    wanted,
                    OptionalLong.empty(),
                    clock.instant().truncatedTo(ChronoUnit.MILLIS),
                    account -> promise.answer(201, json(account, 0)));
            keyring.refresh();
            return json(made, 0);
        });
    }

    private static Plan plan(Input input, Plan usual) {
        String word = input.text("plan", 16);
        Optional<Plan> plan = Plan.of(word);
        if (plan.isEmpty() && !word.isEmpty()) {
            input.wrong("plan", "free, pro, team or unlimited is wanted");
        }
        return plan.orElse(usual);
    }

    private static OptionalLong quota(Input input, OptionalLong usual) {
        if (!input.has("monthlyTracks")) {
            return usual;
        }
        if (input.isNull("monthlyTracks")) {
            return OptionalLong.empty();
        }
        long number = input.number("monthlyTracks");
        if (number < 0) {
            input.wrong("monthlyTracks", "a number from 0 on is wanted, or null");
        }
        return OptionalLong.of(number);
    }

    private Reply list(Exchange exchange) {
        ObjectNode body = Json.object();
        var data = body.putArray("data");
        store.all().forEach(account -> data.add(json(account)));
        return Reply.json(200, body.putNull("nextCursor").put("hasMore", false));
    }

    /** Everybody may look at their own. */
    private Reply detail(Exchange exchange, Caller caller) {
        Account account = find(exchange);
        if (!caller.isOperator() && account.number() != caller.account()) {
            throw Problem.notFound();
        }
        return Reply.json(200, json(account));
    }

    private Account find(Exchange exchange) {
        return number(exchange.parameter("id")).stream()
                .mapToObj(store::find)
                .flatMap(Optional::stream)
                .findFirst()
                .orElseThrow(Problem::notFound);
    }

    private Reply change(Exchange exchange) {
        Account account = find(exchange);
        Input input = Input.of(exchange);
        String name = input.has("name") ? input.text("name", 256) : account.name();
        if (name.isEmpty()) {
            input.wrong("name", "it is wanted");
        }
        var wanted = new AccountStore.Wanted(name, plan(input, account.plan()), quota(input, account.monthlyTracks()));
        input.check();
        store.change(account.number(), wanted);
        keyring.refresh();
        quotas.changed(account.number());
        return Reply.json(200, json(find(exchange)));
    }

    private ObjectNode json(Account account) {
        return json(account, store.used(account.number(), clock.instant()));
    }

    private static ObjectNode json(Account account, long used) {
        ObjectNode body = Json.object()
                .put("id", account.id())
                .put("name", account.name())
                .put("plan", account.plan().word())
                .put("requestsPerMinute", account.plan().perMinute());
        if (account.monthlyTracks().isPresent()) {
            body.put("monthlyTracks", account.monthlyTracks().getAsLong());
        } else {
            body.putNull("monthlyTracks");
        }
        body.put("tracksThisMonth", used);
        if (account.sandboxOf().isPresent()) {
            body.put("sandboxOf", "acc_" + account.sandboxOf().getAsLong());
        } else {
            body.putNull("sandboxOf");
        }
        return body.put("createdAt", Json.time(account.createdAt()));
    }
}
