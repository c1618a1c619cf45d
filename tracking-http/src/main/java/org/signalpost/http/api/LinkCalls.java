package org.signalpost.http.api;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.signalpost.event.Event;
import org.signalpost.http.Exchange;
import org.signalpost.http.Json;
import org.signalpost.http.Problem;
import org.signalpost.http.Reply;
import org.signalpost.http.Route;
import org.signalpost.http.Scope;
import org.signalpost.store.LinkStore;
import org.signalpost.store.TrackStore;
import org.signalpost.track.LinkToken;
import org.signalpost.track.SigningKeys;
import org.signalpost.track.TrackId;
import org.signalpost.track.TrackingUrls;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /tracks/{id}/links}: the links of a track, those of its mail and those made by callers. Safe to share. */
final class LinkCalls {
    /** Links that callers make have numbers behind those that a mail can have. */
    private static final int FIRST_NUMBER = 1 << 20;

    private final TrackStore tracks;
    private final LinkStore links;
    private final Desk desk;
    private final Idempotency idempotency;
    private final SigningKeys keys;
    private final TrackingUrls urls;
    private final InstantSource clock;

    LinkCalls(
            TrackStore tracks,
            LinkStore links,
            Desk desk,
            Idempotency idempotency,
            SigningKeys keys,
            TrackingUrls urls,
            InstantSource clock) {
        this.tracks = tracks;
        this.links = links;
        this.desk = desk;
        this.idempotency = idempotency;
        this.keys = keys;
        this.urls = urls;
        this.clock = clock;
    }

    /** The routes, below the API's beginning. */
    List<Route> routes(Access access) {
        return List.of(
                new Route("POST", "/tracks/{id}/links", access.granted(Scope.WRITE, this::create)),
                new Route("GET", "/tracks/{id}/links", access.granted(Scope.READ, this::list)));
    }

    private TrackId own(Exchange exchange, Caller caller) {
        return TrackId.parse(exchange.parameter("id"))
                .filter(id -> tracks.find(caller.account(), id).isPresent())
                .orElseThrow(Problem::notFound);
    }

    private Reply create(Exchange exchange, Caller caller) {
        TrackId track = own(exchange, caller);
        byte[] octets = Input.octets(exchange);
        Input input = Input.of(exchange, octets);
        String url = input.text("url", 2_048);
        String name = input.text("name", 256);
        if (!LinkToken.followable(url) || url.getBytes(StandardCharsets.UTF_8).length > LinkToken.LONGEST_DESTINATION) {
            input.wrong(
                    "url",
                    "an http or https address of at most " + LinkToken.LONGEST_DESTINATION
                            + " octets is wanted, with a host and without user information");
        }
        input.check();
        return idempotency.once(exchange, caller, octets, Reply::created, promise -> {
            // Any number that is not a mail's will do; 30 bits of chance are enough for the links of one track.
            int chance = ByteBuffer.wrap(promise.octets("link")).getInt() & 0x3fff_ffff;
            int number = FIRST_NUMBER + chance;
            ObjectNode body = Json.object().put("id", number).put("url", url);
            Json.put(body, "name", name);
            body.put("trackedUrl", tracked(track, number, url));
            desk.settle(new Event.LinkMade(
                    track,
                    clock.instant().truncatedTo(ChronoUnit.MILLIS),
                    number,
                    url,
                    name,
                    promise.answer(201, body)));
            return body;
        });
    }

    private String tracked(TrackId track, int number, String url) {
        return urls.link(new LinkToken(LinkToken.Kind.API, track, number, url).sign(keys));
    }

    private Reply list(Exchange exchange, Caller caller) {
        TrackId track = own(exchange, caller);
        ObjectNode body = Json.object();
        ArrayNode data = body.putArray("data");
        var clicks = links.clicks(track);
        for (LinkStore.Link link : links.made(track)) {
            ObjectNode one = one(data, link.number(), link.url(), clicks.getOrDefault(link.number(), LinkStore.NONE));
            Json.put(one, "name", link.name());
            one.put("trackedUrl", tracked(track, link.number(), link.url())).putNull("skippedReason");
        }
        links.explanation(track).flatMap(Json::readOwn).ifPresent(explanation -> {
            for (JsonNode link : explanation.path("links")) {
                int number = link.path("n").asInt();
                boolean wrapped =
                        !link.path("url").isNull() && !link.path("url").isMissingNode();
                ObjectNode one = one(
                        data,
                        number,
                        link.path("href").asString(""),
                        wrapped ? clicks.getOrDefault(number, LinkStore.NONE) : LinkStore.NONE);
                Json.put(one, "name", link.path("text").asString(""));
                Json.put(one, "trackedUrl", wrapped ? link.path("url").asString("") : "");
                Json.put(
                        one, "skippedReason", wrapped ? "" : link.path("reason").asString("not-wrapped"));
            }
        });
        return Reply.json(200, body.put("hasMore", false).putNull("nextCursor"));
    }

    private static ObjectNode one(ArrayNode data, int number, String url, LinkStore.Clicks clicks) {
        return data.addObject()
                .put("id", number)
                .put("url", url)
                .put("clickCount", clicks.people())
                .put("botClickCount", clicks.machines());
    }
}
