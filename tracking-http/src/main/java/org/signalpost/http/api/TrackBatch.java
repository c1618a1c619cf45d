package org.signalpost.http.api;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.signalpost.event.Event;
import org.signalpost.http.Json;
import org.signalpost.http.Problem;
import org.signalpost.store.TrackStore;
import org.signalpost.store.Unavailable;
import org.signalpost.track.NewTrack;
import org.signalpost.track.TrackId;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Tracks that are made together. For one call. */
final class TrackBatch {
    private final Caller caller;
    private final TrackStore store;
    private final Quotas quotas;
    private final Function<NewTrack, ObjectNode> json;
    private final ObjectNode body = Json.object();
    private final ArrayNode data = body.putArray("data");
    private int created;
    private int failed;
    private final List<Event> made = new ArrayList<>();
    private final Set<TrackId> ids = new HashSet<>();

    TrackBatch(Caller caller, TrackStore store, Quotas quotas, Function<NewTrack, ObjectNode> json) {
        this.caller = caller;
        this.store = store;
        this.quotas = quotas;
        this.json = json;
    }

    /** Takes one more; {@code isNamed} when the caller chose its name, and may have registered it before. */
    void add(NewTrack track, boolean isNamed, List<Problem.Wrong> wrong) {
        if (!wrong.isEmpty()) {
            bad(400, "invalid_request", wrong);
        } else if (isNamed && isTaken(track.id())) {
            bad(409, "id_taken", List.of(new Problem.Wrong("id", "it is another account's")));
        } else if (!ids.add(track.id()) || (isNamed && isThere(track.id()))) {
            good(200, json.apply(track));
        } else if (!quotas.grants(caller.account(), 1)) {
            bad(403, "quota_exceeded", List.of());
        } else {
            made.add(new Event.Made(track, caller.account(), Optional.empty()));
            good(201, json.apply(track));
        }
    }

    /** While the database is away nobody knows; registering again changes nothing anyway. */
    private boolean isThere(TrackId id) {
        try {
            return store.find(caller.account(), id).isPresent();
        } catch (Unavailable e) {
            return false;
        }
    }

    private boolean isTaken(TrackId id) {
        try {
            return store.account(id).filter(owner -> owner != caller.account()).isPresent();
        } catch (Unavailable e) {
            return false;
        }
    }

    List<Event> made() {
        return List.copyOf(made);
    }

    private void good(int status, ObjectNode track) {
        created += status == 201 ? 1 : 0;
        outcome(status).set("track", track);
    }

    private void bad(int status, String code, List<Problem.Wrong> wrong) {
        failed++;
        ArrayNode errors = outcome(status).put("code", code).putArray("errors");
        wrong.forEach(one -> errors.addObject().put("field", one.field()).put("message", one.message()));
    }

    private ObjectNode outcome(int status) {
        int index = data.size();
        return data.addObject().put("index", index).put("status", status);
    }

    /** The outcomes, in the order of the tracks. */
    ObjectNode body() {
        return body.put("created", created).put("failed", failed);
    }
}
