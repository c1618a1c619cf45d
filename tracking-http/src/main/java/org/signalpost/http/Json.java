package org.signalpost.http;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** JSON as the API reads and writes it (RFC 8259): no duplicate names, nothing behind the value, all of it bounded. */
public final class Json {
    /**
     * Strings of 64 K characters, numbers of 100 digits, names of 256, and no more values than 1 MiB reasonably has.
     */
    private static final JsonMapper MAPPER = mapper(StreamReadConstraints.builder()
            .maxNestingDepth(64)
            .maxStringLength(64 << 10)
            .maxNumberLength(100)
            .maxNameLength(256)
            .maxTokenCount(100_000)
            .build());

    private static final JsonMapper OWN =
            mapper(StreamReadConstraints.builder().maxNestingDepth(64).build());

    private static JsonMapper mapper(StreamReadConstraints limits) {
        return JsonMapper.builder(JsonFactory.builder()
                        .streamReadConstraints(limits)
                        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                        .build())
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .build();
    }

    private Json() {}

    /** A new object. */
    public static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /** A new list. */
    public static ArrayNode array() {
        return MAPPER.createArrayNode();
    }

    /** The octets of a value, in UTF-8. */
    public static byte[] write(JsonNode value) {
        return MAPPER.writeValueAsBytes(value);
    }

    /**
     * Reads an object.
     *
     * @throws Problem 400 for anything else
     */
    public static ObjectNode read(byte[] octets) {
        try {
            if (MAPPER.readTree(octets) instanceof ObjectNode object) {
                return object;
            }
        } catch (JacksonException e) {
            throw Problem.of(400, "invalid_json", "The body is not JSON within our limits" + place(e) + ".")
                    .causedBy(e);
        }
        throw Problem.of(400, "invalid_json", "The body is not a JSON object.");
    }

    /** Where it went wrong; the parser's own words tell of the parser. */
    private static String place(JacksonException e) {
        return Optional.ofNullable(e.getLocation())
                .filter(at -> at.getLineNr() > 0)
                .map(at -> ": line " + at.getLineNr() + ", column " + at.getColumnNr())
                .orElse("");
    }

    /** Reads what we wrote ourselves; empty when that is not JSON. */
    public static Optional<JsonNode> readOwn(String text) {
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(OWN.readTree(text));
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    /** A time as the API writes it: ISO 8601 in UTC, to the millisecond. */
    public static String time(Instant time) {
        return time.truncatedTo(ChronoUnit.MILLIS).toString();
    }

    /** Puts a text, null for empty text. */
    public static void put(ObjectNode object, String name, String text) {
        if (text.isEmpty()) {
            object.putNull(name);
        } else {
            object.put(name, text);
        }
    }

    /** Puts a time, null when there is none. */
    public static void put(ObjectNode object, String name, Optional<Instant> time) {
        put(object, name, time.map(Json::time).orElse(""));
    }
}
