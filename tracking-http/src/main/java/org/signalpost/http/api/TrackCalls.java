package org.signalpost.http.api;

import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.signalpost.event.Event;
import org.signalpost.http.Exchange;
import org.signalpost.http.Problem;
import org.signalpost.http.Reply;
import org.signalpost.http.Route;
import org.signalpost.http.Scope;
import org.signalpost.store.Track;
import org.signalpost.store.TrackStore;
import org.signalpost.track.NewTrack;
import org.signalpost.track.TrackId;
import tools.jackson.databind.node.ObjectNode;

/** {@code /tracks}: make them, change them, delete them. Safe to share. */
final class TrackCalls {
    private static final int MOST_TOGETHER = 1_000;

    private final TrackStore store;
    private final Desk desk;
    private final Quotas quotas;
    private final Idempotency idempotency;
    private final TrackJson json;
    private final InstantSource clock;

    /** Makes tracks through the desk and reads them from the store. */
    TrackCalls(
            TrackStore store, Desk desk, Quotas quotas, Idempotency idempotency, TrackJson json, InstantSource clock) {
        this.store = store;
        this.desk = desk;
        this.quotas = quotas;
        this.idempotency = idempotency;
        this.json = json;
        this.clock = clock;
    }

    /** The routes, below the API's beginning. */
    List<Route> routes(Access access) {
        return List.of(
                new Route("POST", "/tracks", access.granted(Scope.WRITE, this::create)),
                new Route("POST", "/tracks/batch", access.granted(Scope.WRITE, this::batch)),
                new Route("PATCH", "/tracks/{id}", access.granted(Scope.WRITE, this::change)),
                new Route("DELETE", "/tracks/{id}", access.granted(Scope.WRITE, this::delete)));
    }

    /** A track as the caller wants it. */
    private NewTrack wanted(Input input, TrackId id) {
        return new NewTrack(
                id,
                EmailAddress.wanted(input, "recipient"),
                input.text("subject", 1_000),
                input.text("campaign", 256),
                input.text("messageId", 512),
                input.object("metadata", 16_384),
                clock.instant().truncatedTo(ChronoUnit.MILLIS));
    }

    private Reply create(Exchange exchange, Caller caller) {
        byte[] octets = Input.octets(exchange);
        Input input = Input.of(exchange, octets);
        return idempotency.once(exchange, caller, octets, made -> Reply.created("/api/v1/tracks", made), promise -> {
            NewTrack made = wanted(input, TrackId.of(promise.octets("track")));
            input.check();
            quotas.take(caller.account(), 1);
            ObjectNode body = fresh(made);
            desk.settle(new Event.Made(made, caller.account(), promise.answer(201, body)));
            return body;
        });
    }

    private ObjectNode fresh(NewTrack made) {
        return json.detail(Track.fresh(made), List.of(), List.of()).putNull("unsubscribedAt");
    }

    /** Each track has its own outcome; what is good is made whatever the others are. */
    private Reply batch(Exchange exchange, Caller caller) {
        byte[] octets = Input.octets(exchange);
        Input input = Input.of(exchange, octets);
        List<Input> each = input.objects("tracks", MOST_TOGETHER);
        input.check();
        return idempotency.once(exchange, caller, octets, body -> Reply.json(200, body), promise -> {
            var batch = new TrackBatch(caller, store, quotas, this::fresh);
            for (int i = 0; i < each.size(); i++) {
                Input one = each.get(i);
                Optional<TrackId> own = one.track("id");
                NewTrack made = wanted(one, own.orElse(TrackId.of(promise.octets("track " + i))));
                batch.add(made, own.isPresent(), one.problems());
            }
            ObjectNode body = batch.body();
            desk.keep(batch.made());
            Optional<Event.Answer> answer = promise.answer(200, body);
            answer.ifPresent(given -> desk.keep(List.of(new Event.Answered(given))));
            desk.await();
            return body;
        });
    }

    private Track own(Exchange exchange, Caller caller) {
        return TrackId.parse(exchange.parameter("id"))
                .flatMap(id -> store.find(caller.account(), id))
                .orElseThrow(Problem::notFound);
    }

    private Reply change(Exchange exchange, Caller caller) {
        Track track = own(exchange, caller);
        Input input = Input.of(exchange, Input.octets(exchange));
        var changed = new Event.Changed(
                track.made().id(),
                clock.instant().truncatedTo(ChronoUnit.MILLIS),
                input.has("subject") ? Optional.of(input.text("subject", 1_000)) : Optional.empty(),
                input.has("campaign") ? Optional.of(input.text("campaign", 256)) : Optional.empty(),
                input.has("metadata") ? Optional.of(input.object("metadata", 16_384)) : Optional.empty());
        for (String fixed : List.of("id", "recipient", "messageId", "createdAt")) {
            if (input.has(fixed)) {
                input.wrong(fixed, "it can't be changed");
            }
        }
        input.check();
        desk.settle(changed);
        NewTrack made = track.made();
        var now = new NewTrack(
                made.id(),
                made.recipient(),
                changed.subject().orElse(made.subject()),
                changed.campaign().orElse(made.campaign()),
                made.message(),
                changed.metadata().orElse(made.metadata()),
                made.createdAt());
        return Reply.json(200, json.summary(track.with(now)));
    }

    private Reply delete(Exchange exchange, Caller caller) {
        Track track = own(exchange, caller);
        desk.settle(new Event.Deleted(track.made().id(), clock.instant().truncatedTo(ChronoUnit.MILLIS)));
        return Reply.empty(204);
    }
}
