package org.signalpost.http.api;

import java.time.Duration;
import java.util.List;
import org.signalpost.event.Event;
import org.signalpost.event.EventLog;
import org.signalpost.http.Problem;
import org.signalpost.journal.JournalException;
import org.signalpost.journal.Position;
import org.signalpost.store.Projector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where calls hand in what is to be written: on disk when they return, and in the books if those are quick. */
final class Desk {
    private static final Logger LOG = LoggerFactory.getLogger(Desk.class);

    /** How long a call waits for the books, so that its caller reads what it wrote. */
    private static final Duration OWN_WRITE = Duration.ofSeconds(2);

    private final EventLog log;
    private final Projector projector;

    Desk(EventLog log, Projector projector) {
        this.log = log;
        this.projector = projector;
    }

    /** Keeps the events and waits for the books. */
    void settle(Event event) {
        Position at = keep(event);
        // It is kept whether or not the books are quick enough.
        boolean booked = projector.awaitEvent(at, OWN_WRITE);
        LOG.debug("kept {} booked={}", event.track(), booked);
    }

    /** Keeps the events; all of them, or it is not certain which. */
    void keep(List<Event> events) {
        try {
            log.keep(events);
        } catch (JournalException e) {
            throw refused(e);
        }
    }

    private Position keep(Event event) {
        try {
            return log.keep(event);
        } catch (JournalException e) {
            throw refused(e);
        }
    }

    private static Problem refused(JournalException e) {
        return Problem.of(503, "not_kept", "This could not be kept just now; try again.")
                .with("Retry-After", "1")
                .causedBy(e);
    }

    /** Waits until everything that was kept before is in the books, for two seconds at most. */
    void await() {
        boolean booked = projector.awaitAll(OWN_WRITE);
        LOG.debug("booked={}", booked);
    }
}
