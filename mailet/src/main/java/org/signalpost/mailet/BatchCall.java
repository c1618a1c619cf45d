package org.signalpost.mailet;

import java.io.ByteArrayOutputStream;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.signalpost.track.NewTrack;
import org.signalpost.track.TrackId;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** The JSON of {@code POST /tracks/batch}: what is asked, and what is answered. Pure. */
final class BatchCall {
    private static final JsonFactory JSON = new JsonFactory();

    private BatchCall() {}

    /** The body of the call. */
    static byte[] body(List<NewTrack> tracks) {
        var octets = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), octets)) {
            json.writeStartObject();
            json.writeArrayPropertyStart("tracks");
            tracks.forEach(track -> track(json, track));
            json.writeEndArray();
            json.writeEndObject();
        }
        return octets.toByteArray();
    }

    private static void track(JsonGenerator json, NewTrack track) {
        json.writeStartObject();
        json.writeStringProperty("id", track.id().toString());
        json.writeStringProperty("recipient", track.recipient());
        json.writeStringProperty("subject", track.subject());
        json.writeStringProperty("campaign", track.campaign());
        json.writeStringProperty("messageId", track.message());
        if (!track.metadata().isEmpty()) {
            json.writeName("metadata");
            json.writeRawValue(track.metadata());
        }
        json.writeEndObject();
    }

    /**
     * Which of the tracks are kept, by the answer: those whose outcome is 201, or 200 for one that was there before.
     *
     * @throws RuntimeException when it is no such answer
     */
    static Set<TrackId> kept(List<NewTrack> tracks, byte[] answer) {
        var kept = new HashSet<TrackId>();
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), answer)) {
            require(json.nextToken() == JsonToken.START_OBJECT, "no object");
            boolean found = false;
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                boolean data = json.currentName().equals("data");
                JsonToken value = json.nextToken();
                if (data) {
                    require(value == JsonToken.START_ARRAY, "data is no list");
                    found = true;
                    outcomes(json, tracks, kept);
                } else {
                    json.skipChildren();
                }
            }
            require(
                    found && json.currentToken() == JsonToken.END_OBJECT && json.nextToken() == null,
                    "no data, or more");
        }
        return kept;
    }

    private static void outcomes(JsonParser json, List<NewTrack> tracks, Set<TrackId> kept) {
        while (json.nextToken() == JsonToken.START_OBJECT) {
            int index = -1;
            int status = 0;
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = json.currentName();
                JsonToken value = json.nextToken();
                if (value == JsonToken.VALUE_NUMBER_INT && name.equals("index")) {
                    index = json.getIntValue();
                } else if (value == JsonToken.VALUE_NUMBER_INT && name.equals("status")) {
                    status = json.getIntValue();
                } else {
                    json.skipChildren();
                }
            }
            if (index >= 0 && index < tracks.size() && (status == 200 || status == 201)) {
                kept.add(tracks.get(index).id());
            }
        }
        require(json.currentToken() == JsonToken.END_ARRAY, "data is no list of objects");
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise);
        }
    }
}
