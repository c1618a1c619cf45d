package org.signalpost.http.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.signalpost.http.Exchange;
import org.signalpost.http.Json;
import org.signalpost.http.Problem;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The fields of a JSON body; collects everything that is wrong, so that one answer names it all. */
final class Input {
    private static final int LONGEST_BODY = 1 << 20;

    private final ObjectNode body;
    private final List<Problem.Wrong> wrong = new ArrayList<>();

    private Input(ObjectNode body) {
        this.body = body;
    }

    static Input of(Exchange exchange) {
        String type = exchange.header("Content-Type").orElse("application/json");
        String bare = type.split(";", 2)[0].strip();
        if (!bare.equalsIgnoreCase("application/json")
                && !bare.toLowerCase(java.util.Locale.ROOT).endsWith("+json")) {
            throw Problem.of(415, "unsupported_media_type", "The body is wanted as application/json.");
        }
        return new Input(Json.read(exchange.body(LONGEST_BODY)));
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
