package org.signalpost.http.api;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.signalpost.http.Exchange;
import org.signalpost.http.Json;
import org.signalpost.http.Problem;
import org.signalpost.http.Reply;
import org.signalpost.http.Route;
import org.signalpost.http.Scope;
import org.signalpost.store.Hit;
import org.signalpost.store.Track;
import org.signalpost.store.TrackQuery;
import org.signalpost.store.TrackStore;
import org.signalpost.track.TrackId;
import tools.jackson.databind.node.ObjectNode;

/** {@code /tracks}: list them, look at one and at what happened to it. Safe to share. */
final class TrackReads {
    private static final int MOST_HITS = 100;
    private static final Set<String> STATES =
            Set.of("created", "queued", "delivered", "deferred", "bounced", "skipped");

    private final TrackStore store;
    private final TrackJson json;

    TrackReads(TrackStore store, TrackJson json) {
        this.store = store;
        this.json = json;
    }

    /** The routes, below the API's beginning. */
    List<Route> routes(Access access) {
        return List.of(
                new Route("GET", "/tracks", access.granted(Scope.READ, this::list)),
                new Route("GET", "/tracks/{id}", access.granted(Scope.READ, this::detail)),
                new Route(
                        "GET",
                        "/tracks/{id}/opens",
                        access.granted(Scope.READ, (exchange, caller) -> hits(exchange, caller, Optional.of("open")))),
                new Route(
                        "GET",
                        "/tracks/{id}/clicks",
                        access.granted(Scope.READ, (exchange, caller) -> hits(exchange, caller, Optional.of("click")))),
                new Route(
                        "GET",
                        "/tracks/{id}/events",
                        access.granted(Scope.READ, (exchange, caller) -> hits(exchange, caller, Optional.empty()))));
    }

    private Reply list(Exchange exchange, Caller caller) {
        var query = new TrackQuery(
                exchange.query("campaign"),
                exchange.query("recipient").map(text -> EmailAddress.parse(text).orElse(text)),
                exchange.query("messageId"),
                exchange.query("status").map(TrackReads::state),
                flag(exchange, "opened"),
                flag(exchange, "clicked"),
                exchange.query("from").map(text -> Times.read("from", text, /* isEnd= */ false, ZoneOffset.UTC)),
                exchange.query("to").map(text -> Times.read("to", text, /* isEnd= */ true, ZoneOffset.UTC)));
        if (query.from().isPresent()
                && query.until().isPresent()
                && query.from().get().isAfter(query.until().get())) {
            throw Problem.invalid("from", "it is after to");
        }
        Page page = Page.of(exchange, caller.account() + " " + query);
        List<Track> found = store.page(caller.account(), query, page.behind().map(TrackReads::place), page.read());
        return page.reply(
                found,
                json::summary,
                track -> track.made().createdAt().toEpochMilli() + " "
                        + track.made().id());
    }

    private static String state(String text) {
        if (!STATES.contains(text)) {
            throw Problem.invalid("status", "created, queued, delivered, deferred, bounced or skipped is wanted");
        }
        return text;
    }

    private static TrackStore.Place place(String cursor) {
        int blank = cursor.indexOf(' ');
        String millis = cursor.substring(0, Math.max(blank, 0));
        Optional<TrackId> id = TrackId.parse(cursor.substring(blank + 1));
        if (!millis.matches("[0-9]{1,15}") || id.isEmpty()) {
            throw Page.badCursor();
        }
        return new TrackStore.Place(Instant.ofEpochMilli(Long.parseLong(millis)), id.get());
    }

    private static Optional<Boolean> flag(Exchange exchange, String name) {
        return exchange.query(name).map(text -> switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw Problem.invalid(name, "true or false is wanted");
        });
    }

    /** Whether the caller wants to see machines too. */
    static boolean withMachines(Exchange exchange) {
        String wanted = exchange.query("include").orElse("");
        if (!wanted.isEmpty() && !wanted.equals("machine")) {
            throw Problem.invalid("include", "machine is all that can be included");
        }
        return !wanted.isEmpty();
    }

    private Track own(Exchange exchange, Caller caller) {
        return TrackId.parse(exchange.parameter("id"))
                .flatMap(id -> store.find(caller.account(), id))
                .orElseThrow(Problem::notFound);
    }

    private Reply detail(Exchange exchange, Caller caller) {
        boolean machines = withMachines(exchange);
        Track track = own(exchange, caller);
        TrackId id = track.made().id();
        boolean opened = track.opens() > 0 || (machines && track.machineOpens() > 0);
        boolean clicked = track.clicks() > 0 || (machines && track.botClicks() > 0);
        ObjectNode body = json.detail(
                track,
                opened ? store.first(id, "open", machines, MOST_HITS) : List.of(),
                clicked ? store.first(id, "click", machines, MOST_HITS) : List.of());
        Json.put(body, "unsubscribedAt", store.unsubscribedAt(id));
        return Reply.json(200, body);
    }

    private Reply hits(Exchange exchange, Caller caller, Optional<String> what) {
        boolean machines = withMachines(exchange);
        TrackId id = own(exchange, caller).made().id();
        Page page = Page.of(exchange, id + " " + what + " " + machines);
        Optional<Long> behind = page.behind().map(TrackReads::number);
        List<Hit> found = store.newest(id, what, machines, behind, page.read());
        return page.reply(
                found,
                hit -> what.isPresent()
                        ? TrackJson.hit(hit)
                        : TrackJson.hit(hit).put("type", hit.isOpen() ? "open" : "click"),
                hit -> Long.toString(hit.number()));
    }

    private static long number(String cursor) {
        if (!cursor.matches("[0-9]{1,18}")) {
            throw Page.badCursor();
        }
        return Long.parseLong(cursor);
    }
}
