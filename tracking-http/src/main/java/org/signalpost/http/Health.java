package org.signalpost.http;

import java.time.Duration;
import java.util.List;
import org.signalpost.store.Database;
import org.signalpost.store.Projector;

/** Whether the server lives, and whether everything it needs is there. Safe to share. */
final class Health {
    private static final Duration LATE = Duration.ofSeconds(30);

    private final Database database;
    private final Projector projector;

    Health(Database database, Projector projector) {
        this.database = database;
        this.projector = projector;
    }

    List<Route> routes() {
        return List.of(
                new Route(
                        "GET",
                        "/health/live",
                        exchange -> Reply.json(200, Json.object().put("status", "live"))),
                new Route("GET", "/health/ready", this::ready));
    }

    /** Not ready means: the books are away or far behind. Mail, pixels and links work all the same. */
    private Reply ready(Exchange exchange) {
        boolean late = projector.lag().compareTo(LATE) > 0;
        boolean ready = database.isOpen() && !late;
        var body = Json.object()
                .put("status", ready ? "ready" : "not ready")
                .put("database", database.isOpen() ? "open" : "away")
                .put("booksBehindSeconds", projector.lag().toSeconds());
        return Reply.json(ready ? 200 : 503, body);
    }
}
