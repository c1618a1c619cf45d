package org.signalpost.http;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.signalpost.journal.Journal;
import org.signalpost.store.Database;
import org.signalpost.store.Projector;

/**
 * Whether the server lives, and whether it does what only it can do: take hits and events, and keep them. That it does
 * also without its books, and while its relay refuses mail; then it says what is degraded. Safe to share.
 */
final class Health {
    private static final Duration LATE = Duration.ofSeconds(60);

    /** A new segment of the log and some. */
    private static final long LEAST_FREE = 96L << 20;

    private final Database database;
    private final Projector projector;
    private final Journal events;
    private final BooleanSupplier takesMail;
    private final AtomicBoolean leaving = new AtomicBoolean();

    Health(Database database, Projector projector, Journal events, BooleanSupplier takesMail) {
        this.database = database;
        this.projector = projector;
        this.events = events;
        this.takesMail = takesMail;
    }

    List<Route> routes() {
        return List.of(
                new Route(
                        "GET",
                        "/health/live",
                        exchange -> Reply.json(200, Json.object().put("status", "live"))),
                new Route("GET", "/health/ready", this::ready));
    }

    /** From now on it is not ready; whether that is news. */
    boolean leave() {
        return leaving.compareAndSet(false, true);
    }

    private Reply ready(Exchange exchange) {
        var missing = new ArrayList<String>();
        var degraded = new ArrayList<String>();
        if (leaving.get()) {
            missing.add("stopping");
        }
        if (events.isFailing()) {
            missing.add("journal");
        }
        if (events.freeOctets() < LEAST_FREE) {
            missing.add("disk");
        }
        if (!takesMail.getAsBoolean()) {
            degraded.add("mail");
        }
        if (!database.isOpen()) {
            degraded.add("database");
        }
        if (projector.lag().compareTo(LATE) > 0) {
            degraded.add("books");
        }
        String status = !missing.isEmpty() ? "not ready" : degraded.isEmpty() ? "ready" : "degraded";
        var body = Json.object().put("status", status);
        missing.forEach(body.putArray("missing")::add);
        degraded.forEach(body.putArray("degraded")::add);
        body.put("database", database.isOpen() ? "open" : "away")
                .put("booksBehindSeconds", projector.lag().toSeconds());
        return Reply.json(missing.isEmpty() ? 200 : 503, body);
    }
}
