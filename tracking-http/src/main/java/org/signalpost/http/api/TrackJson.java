package org.signalpost.http.api;

import java.util.List;
import org.signalpost.http.Json;
import org.signalpost.store.Hit;
import org.signalpost.store.Track;
import org.signalpost.track.NewTrack;
import org.signalpost.track.TrackingUrls;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Tracks and hits as the API shows them. Immutable and safe to share. */
record TrackJson(TrackingUrls urls) {
    /** A track without its opens and clicks. */
    ObjectNode summary(Track track) {
        NewTrack made = track.made();
        ObjectNode body = Json.object().put("id", made.id().toString()).put("recipient", made.recipient());
        Json.put(body, "subject", made.subject());
        Json.put(body, "campaign", made.campaign());
        Json.put(body, "messageId", made.message());
        body.put("pixelUrl", urls.pixel(made.id()))
                .put("createdAt", Json.time(made.createdAt()))
                .put("status", track.status())
                .put("openCount", track.opens())
                .put("uniqueOpens", Math.min(track.opens(), 1))
                .put("clickCount", track.clicks())
                .put("machineOpenCount", track.machineOpens())
                .put("botClickCount", track.botClicks());
        Json.put(body, "firstOpenAt", track.firstOpenAt());
        Json.put(body, "lastOpenAt", track.lastOpenAt());
        body.put("state", track.opens() > 0 ? "opened" : track.machineOpens() > 0 ? "unverifiable" : "not_opened");
        Json.readOwn(made.metadata())
                .ifPresentOrElse(json -> body.set("metadata", json), () -> body.putNull("metadata"));
        return body;
    }

    /** A track with its opens and clicks, oldest first. */
    ObjectNode detail(Track track, List<Hit> opens, List<Hit> clicks) {
        ObjectNode body = summary(track);
        ArrayNode opened = body.putArray("opens");
        opens.forEach(hit -> opened.add(open(hit)));
        ArrayNode clicked = body.putArray("clicks");
        clicks.forEach(hit -> clicked.add(click(hit)));
        return body;
    }

    static ObjectNode hit(Hit hit) {
        return hit.isOpen() ? open(hit) : click(hit);
    }

    private static ObjectNode open(Hit hit) {
        ObjectNode json = Json.object().put("timestamp", Json.time(hit.at()));
        Json.put(json, "emailClient", hit.emailClient());
        Json.put(json, "device", hit.device());
        ObjectNode place = json.putObject("location");
        Json.put(place, "city", hit.city());
        Json.put(place, "country", hit.country());
        json.put("kind", hit.kind());
        Json.put(json, "reason", hit.reason());
        return json;
    }

    private static ObjectNode click(Hit hit) {
        ObjectNode json = open(hit);
        Json.put(json, "browser", hit.browser());
        return json.put("url", hit.url()).put("linkId", hit.link());
    }
}
