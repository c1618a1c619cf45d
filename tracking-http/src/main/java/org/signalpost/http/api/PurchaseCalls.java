package org.signalpost.http.api;

import java.math.BigDecimal;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.signalpost.event.Event;
import org.signalpost.event.Purchase;
import org.signalpost.http.Exchange;
import org.signalpost.http.Json;
import org.signalpost.http.Problem;
import org.signalpost.http.Reply;
import org.signalpost.http.Route;
import org.signalpost.http.Scope;
import org.signalpost.store.PurchaseStore;
import org.signalpost.store.Unavailable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /track/purchase}: what was bought. Durable when it is answered; an order counts once. Safe to share. */
final class PurchaseCalls {
    private static final Logger LOG = LoggerFactory.getLogger(PurchaseCalls.class);
    private static final int MOST_ITEMS = 500;
    private static final int LONGEST_ITEMS = 64 << 10;
    private static final int MOST_RECENT = 10_000;

    private final PurchaseStore store;
    private final Desk desk;
    private final Idempotency idempotency;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();

    /** Orders that may not be in the books yet. */
    private final Set<String> recent = new LinkedHashSet<>();

    PurchaseCalls(PurchaseStore store, Desk desk, Idempotency idempotency, InstantSource clock) {
        this.store = store;
        this.desk = desk;
        this.idempotency = idempotency;
        this.clock = clock;
    }

    /** The routes, below the API's beginning. */
    List<Route> routes(Access access) {
        return List.of(
                new Route("POST", "/track/purchase", access.open(Set.of(Scope.SEND, Scope.WRITE), this::buy)),
                new Route("OPTIONS", "/track/purchase", WebPages::preflight));
    }

    private Reply buy(Exchange exchange, Caller caller) {
        byte[] octets = Input.octets(exchange);
        Input input = Input.of(exchange, octets);
        return idempotency.once(exchange, caller, octets, body -> Reply.json(200, body), promise -> {
            Purchase purchase = purchase(input, caller);
            input.check();
            boolean first = claim(purchase);
            boolean again = !first || isBooked(purchase);
            ObjectNode body =
                    Json.object().put("success", true).put("tracked", true).put("duplicate", again);
            try {
                // Kept also when it is known: the one before may not be on the disk yet.
                desk.settle(new Event.Purchased(purchase, promise.answer(200, body)));
            } catch (RuntimeException notKept) {
                if (first) {
                    giveUp(purchase);
                }
                throw notKept;
            }
            return body;
        });
    }

    private Purchase purchase(Input input, Caller caller) {
        String email = EmailAddress.wanted(input, "email");
        String order = input.text("orderId", 256);
        if (order.isEmpty()) {
            input.wrong("orderId", "it is wanted");
        }
        BigDecimal revenue = Money.amount(input, "revenue");
        String code = input.text("currency", 16);
        Optional<String> currency = Money.currency(code);
        if (currency.isEmpty()) {
            input.wrong("currency", "a code of ISO 4217 is wanted, like USD");
        }
        return new Purchase(
                caller.account(),
                order,
                email,
                revenue,
                currency.orElse(""),
                items(input),
                input.text("messageId", 512),
                clock.instant().truncatedTo(ChronoUnit.MILLIS));
    }

    /** What was bought, as it is kept; fields that nobody knows are left out. */
    private static String items(Input input) {
        if (!input.isGiven("items")) {
            return "";
        }
        ArrayNode kept = Json.array();
        int number = 0;
        for (Input item : input.objects("items", MOST_ITEMS)) {
            ObjectNode one = kept.addObject();
            Json.put(one, "id", item.text("id", 256));
            Json.put(one, "name", item.text("name", 1_000));
            one.put("price", item.isGiven("price") ? Money.amount(item, "price") : null);
            one.put("quantity", item.isGiven("quantity") ? Money.amount(item, "quantity") : null);
            for (Problem.Wrong wrong : item.problems()) {
                input.wrong("items[" + number + "]." + wrong.field(), wrong.message());
            }
            number++;
        }
        String text = kept.toString();
        if (text.length() > LONGEST_ITEMS) {
            input.wrong("items", "at most " + LONGEST_ITEMS + " characters are wanted");
        }
        return text;
    }

    private boolean isBooked(Purchase purchase) {
        try {
            return store.isBooked(purchase.account(), purchase.orderId());
        } catch (Unavailable e) {
            LOG.debug("whether an order is booked is not known while the database is away", e);
            return false;
        }
    }

    /** Whether nobody told of the order lately; from now on somebody did. */
    private boolean claim(Purchase purchase) {
        lock.lock();
        try {
            boolean first = recent.add(name(purchase));
            if (recent.size() > MOST_RECENT) {
                recent.remove(recent.iterator().next());
            }
            return first;
        } finally {
            lock.unlock();
        }
    }

    private void giveUp(Purchase purchase) {
        lock.lock();
        try {
            recent.remove(name(purchase));
        } finally {
            lock.unlock();
        }
    }

    private static String name(Purchase purchase) {
        return purchase.account() + " " + purchase.orderId();
    }
}
