package org.signalpost.http.api;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.signalpost.http.Exchange;
import org.signalpost.http.Json;
import org.signalpost.http.Problem;
import org.signalpost.track.TrackId;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The fields of a JSON body; collects everything that is wrong, so that one answer names it all. */
final class Input {
    private static final Pattern DECIMAL = Pattern.compile("-?[0-9]{1,20}(\\.[0-9]{1,20})?");
    private static final int LONGEST_BODY = 1 << 20;

    private final ObjectNode body;
    private final List<Problem.Wrong> wrong = new ArrayList<>();

    private Input(ObjectNode body) {
        this.body = body;
    }

    /** The octets of the body. */
    static byte[] octets(Exchange exchange) {
        return exchange.body(LONGEST_BODY);
    }

    static Input of(Exchange exchange) {
        return of(exchange, octets(exchange));
    }

    /** Reads octets that came with this exchange. */
    static Input of(Exchange exchange, byte[] octets) {
        String type = exchange.header("Content-Type").orElse("application/json");
        String bare = type.split(";", 2)[0].strip();
        if (!bare.equalsIgnoreCase("application/json")
                && !bare.toLowerCase(java.util.Locale.ROOT).endsWith("+json")) {
            throw Problem.of(415, "unsupported_media_type", "The body is wanted as application/json.");
        }
        return new Input(Json.read(octets));
    }

    /** An empty object when there is no body. */
    static Input optional(Exchange exchange) {
        byte[] body = exchange.body(LONGEST_BODY);
        return new Input(body.length == 0 ? Json.object() : Json.read(body));
    }

    /** True or false; false when it is not given. */
    boolean flag(String field) {
        JsonNode value = body.path(field);
        if (!value.isMissingNode() && !value.isNull() && !value.isBoolean()) {
            wrong(field, "true or false is wanted");
        }
        return value.asBoolean(/* defaultValue= */ false);
    }

    /** A whole number; it has to be given. */
    long number(String field) {
        JsonNode value = body.path(field);
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            wrong(field, "a whole number is wanted");
            return 0;
        }
        return value.asLong();
    }

    /** Whether the field is there, null or not. */
    boolean has(String field) {
        return body.has(field);
    }

    /** Whether the field is null. */
    boolean isNull(String field) {
        return body.path(field).isNull();
    }

    /** Whether there is something in the field: not null, and not an empty list. */
    boolean isGiven(String field) {
        JsonNode value = body.path(field);
        return !value.isMissingNode() && !value.isNull() && !(value.isArray() && value.isEmpty());
    }

    /** A number, exact, or a text that is one; empty when it is neither. */
    Optional<BigDecimal> decimal(String field) {
        JsonNode value = body.path(field);
        if (value.isNumber()) {
            return Optional.of(value.decimalValue());
        }
        return value.isString() && DECIMAL.matcher(value.asString()).matches()
                ? Optional.of(new BigDecimal(value.asString()))
                : Optional.empty();
    }

    /** What was wrong so far. */
    List<Problem.Wrong> problems() {
        return List.copyOf(wrong);
    }

    /** A list of objects, at least one and at most so many. */
    List<Input> objects(String field, int most) {
        JsonNode value = body.path(field);
        if (!value.isArray()
                || value.isEmpty()
                || value.size() > most
                || value.valueStream().anyMatch(element -> !element.isObject())) {
            wrong(field, "a list of 1 to " + most + " objects is wanted");
            return List.of();
        }
        return value.valueStream()
                .flatMap(
                        element -> element instanceof ObjectNode object ? Stream.of(new Input(object)) : Stream.empty())
                .toList();
    }

    /** The name of a track, if it is given. */
    Optional<TrackId> track(String field) {
        String text = text(field, TrackId.LENGTH);
        Optional<TrackId> id = TrackId.parse(text);
        if (!text.isEmpty() && id.isEmpty()) {
            wrong(field, "the name of a track is wanted: trk_ and 22 digits");
        }
        return id;
    }

    void wrong(String field, String message) {
        wrong.add(new Problem.Wrong(field, message));
    }

    /** A text of at most so many characters, without control characters; empty when it is not given. */
    String text(String field, int most) {
        JsonNode value = body.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return "";
        }
        if (!value.isString()) {
            wrong(field, "a text is wanted");
            return "";
        }
        String text = value.asString();
        if (text.length() > most) {
            wrong(field, "at most " + most + " characters are wanted");
        } else if (text.chars().anyMatch(c -> c < ' ' || c == 0x7f) || !paired(text)) {
            wrong(field, "control characters are not wanted");
        }
        return text;
    }

    private static boolean paired(String text) {
        return text.codePoints().noneMatch(c -> c >= 0xd800 && c <= 0xdfff);
    }

    /** An object as JSON text of at most so many octets; empty when it is not given. */
    String object(String field, int most) {
        JsonNode value = body.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return "";
        }
        if (!value.isObject()) {
            wrong(field, "an object is wanted");
            return "";
        }
        String text = value.toString();
        if (text.length() > most) {
            wrong(field, "at most " + most + " characters of JSON are wanted");
        }
        return text;
    }

    /** A list of texts; empty when it is not given. */
    Optional<List<String>> texts(String field) {
        JsonNode value = body.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isArray() || value.valueStream().anyMatch(element -> !element.isString())) {
            wrong(field, "a list of texts is wanted");
            return Optional.empty();
        }
        return Optional.of(value.valueStream().map(JsonNode::asString).toList());
    }

    /** Throws when anything was wrong. */
    void check() {
        if (!wrong.isEmpty()) {
            throw Problem.invalid(wrong);
        }
    }
}
