package org.signalpost.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;

/** All paths in one table. Immutable and safe to share. */
final class Routes {
    private final List<Entry> table;
    private final Consumer<Exchange> strays;

    /** A route whose path is cut into segments already. */
    private record Entry(Route route, List<String> segments) {
        /** The named segments when the path is one of this route. */
        Optional<Map<String, String>> match(List<String> given) {
            if (segments.size() != given.size()) {
                return Optional.empty();
            }
            var named = new HashMap<String, String>(2);
            for (int i = 0; i < given.size(); i++) {
                String wanted = segments.get(i);
                if (wanted.startsWith("{") && !given.get(i).isEmpty()) {
                    named.put(wanted.substring(1, wanted.length() - 1), given.get(i));
                } else if (!wanted.equals(given.get(i))) {
                    return Optional.empty();
                }
            }
            return Optional.of(named);
        }
    }

    /** A request that no call is reached by is shown to {@code strays} before it is refused. */
    Routes(List<Route> table, Consumer<Exchange> strays) {
        this.strays = strays;
        this.table = table.stream()
                .map(route -> new Entry(route, segments(route.path())))
                .toList();
    }

    private static List<String> segments(String path) {
        return List.of(path.split("/", -1));
    }

    /** The answer; 404, 405, and 415 for an encoded body, are said here. */
    Reply answer(Exchange exchange) {
        if (exchange.isEncoded()) {
            strays.accept(exchange);
            throw Problem.of(415, "encoded_body", "A body is taken as it is, without Content-Encoding.");
        }
        List<String> segments = segments(exchange.path());
        var allowed = new TreeSet<String>();
        for (Entry entry : table) {
            Optional<Map<String, String>> named = entry.match(segments);
            if (named.isPresent() && entry.route().method().equals(exchange.method())) {
                return entry.route().call().on(exchange.with(named.get()));
            }
            named.ifPresent(there -> allowed.add(entry.route().method()));
        }
        strays.accept(exchange);
        if (allowed.isEmpty()) {
            throw Problem.notFound();
        }
        if (allowed.contains("GET")) {
            allowed.add("HEAD");
        }
        throw Problem.of(405, "method_not_allowed", exchange.method() + " is not for this address.")
                .with("Allow", String.join(", ", allowed));
    }

    /** The same routes below several beginnings. */
    static List<Route> below(List<String> beginnings, List<Route> routes) {
        var all = new ArrayList<Route>();
        for (String beginning : beginnings) {
            routes.forEach(route -> all.add(new Route(route.method(), beginning + route.path(), route.call())));
        }
        return all;
    }
}
