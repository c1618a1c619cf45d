package org.signalpost.http.api;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.signalpost.http.Exchange;
import org.signalpost.http.Json;
import org.signalpost.http.Problem;
import org.signalpost.http.Reply;
import org.signalpost.store.Digests;
import tools.jackson.databind.node.ObjectNode;

/** How lists are cut into pages: at most {@code limit} elements, and a cursor for those that follow. */
final class Page {
    private static final int USUAL = 50;
    private static final int MOST = 100;

    private final int limit;
    private final String filters;
    private final Optional<String> behind;

    private Page(int limit, String filters, Optional<String> behind) {
        this.limit = limit;
        this.filters = filters;
        this.behind = behind;
    }

    /** Reads {@code limit} and {@code cursor}; a cursor belongs to its filters. */
    static Page of(Exchange exchange, String filters) {
        String text = exchange.query("limit").orElse(Integer.toString(USUAL));
        if (!text.matches("[0-9]{1,3}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > MOST) {
            throw Problem.invalid("limit", "a number from 1 to " + MOST + " is wanted");
        }
        String bound = Digests.hex(filters).substring(0, 8);
        Optional<String> behind = exchange.query("cursor").map(cursor -> place(cursor, bound));
        return new Page(Integer.parseInt(text), bound, behind);
    }

    private static String place(String cursor, String bound) {
        try {
            String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
            if (text.startsWith(bound + " ")) {
                return text.substring(bound.length() + 1);
            }
        } catch (IllegalArgumentException e) {
            throw badCursor().causedBy(e);
        }
        throw badCursor();
    }

    static Problem badCursor() {
        return Problem.invalid("cursor", "it is not one of this list with these filters");
    }

    /** Where the page before ended. */
    Optional<String> behind() {
        return behind;
    }

    /** How many to read: one more than is shown tells whether there are more. */
    int read() {
        return limit + 1;
    }

    /** The answer. */
    <T> Reply reply(List<T> found, Function<T, ObjectNode> json, Function<T, String> place) {
        boolean more = found.size() > limit;
        List<T> shown = more ? found.subList(0, limit) : found;
        ObjectNode body = Json.object();
        var data = body.putArray("data");
        shown.forEach(element -> data.add(json.apply(element)));
        String cursor = more ? filters + " " + place.apply(shown.getLast()) : "";
        Json.put(
                body,
                "nextCursor",
                more
                        ? Base64.getUrlEncoder()
                                .withoutPadding()
                                .encodeToString(cursor.getBytes(StandardCharsets.UTF_8))
                        : "");
        body.put("hasMore", more);
        return Reply.json(200, body);
    }
}
