package org.signalpost.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** All paths in one table. Immutable and safe to share. */
final class Routes {
    private final List<Route> table;

    Routes(List<Route> table) {
        this.table = List.copyOf(table);
    }

    /** The answer; 404 and 405 are said here. */
    Reply answer(Exchange exchange) {
        var allowed = new TreeSet<String>();
        for (Route route : table) {
            Optional<Map<String, String>> named = route.match(exchange.path());
            if (named.isPresent() && route.method().equals(exchange.method())) {
                return route.call().on(exchange.with(named.get()));
            }
            named.ifPresent(there -> allowed.add(route.method()));
        }
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
