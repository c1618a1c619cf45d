package org.signalpost.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.signalpost.event.MailFeed;
import org.signalpost.journal.Entry;
import org.signalpost.journal.Journal;
import org.signalpost.journal.JournalException;
import org.signalpost.journal.Position;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what the event log and the mail log say into the books: batch by batch, each in one transaction with the place
 * it has reached, so that nothing is counted twice or left out whatever happens in between.
 *
 * <p>Runs on a thread of its own that is never interrupted. While the database is away it waits and tries again, for
 * ever. An entry that can't be booked is found by halving its batch, put aside, and passed over.
 */
public final class Projector implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Projector.class);

    private static final int BATCH = 8_000;

    /** A batch from which on there is much to do for everybody. */
    private static final int BUSY = 10;

    private static final Duration IDLE = Duration.ofMillis(20);
    private static final Duration RETRY = Duration.ofMillis(250);
    /** From this lag on the books do not make way any more: a flood is over by then, or is none. */
    private static final Duration LATE = Duration.ofMinutes(2);

    private static final Duration LOOK = Duration.ofSeconds(1);
    /** H2 writes over what is dead; the sooner what replaces it is on disk, the less a power cut can take. */
    private static final Duration FORCE = Duration.ofSeconds(5);

    private static final Duration CHECKPOINT = Duration.ofMinutes(1);

    /** How long an event stays in its log after it was booked. */
    private static final Duration KEEP = Duration.ofDays(2);

    private final Database database;
    private final Classifier classifier;
    private final Runnable opened;
    private final InstantSource clock;
    private final Feed events;
    private final List<Feed> feeds;
    private final Thread thread;
    private final Pace pace = new Pace();
    private volatile boolean away;
    private volatile Instant current;

    private final Timer looks = new Timer(LOOK);
    private final Timer tidies = new Timer(LOOK);
    private final Timer forces = new Timer(FORCE);
    private final Timer checkpoints = new Timer(CHECKPOINT);
    private boolean unforced;

    /**
     * Opens nothing.
     *
     * @param opened is run each time the database was opened, on the projector's thread
     */
    public Projector(
            Database database,
            Journal events,
            MailFeed mail,
            Classifier classifier,
            InstantSource clock,
            Runnable opened) {
        this.database = database;
        this.classifier = classifier;
        this.opened = opened;
        this.clock = clock;
        this.events = Feed.events(events, new Feed.History(KEEP, clock));
        this.feeds = List.of(this.events, Feed.mail(mail));
        this.current = clock.instant();
        this.thread = Thread.ofPlatform().name("projector").unstarted(this::run);
    }

    /** Begins to work. */
    public void start() {
        thread.start();
    }

    /** Waits until the event at this place is booked; false when the time is over first. */
    public boolean awaitEvent(Position position, Duration patience) {
        return pace.await(() -> events.reached().compareTo(position) > 0, patience);
    }

    /** Waits until everything that is in the event log now is booked; false when the time is over first. */
    public boolean awaitAll(Duration patience) {
        Position end = events.log().end();
        return pace.await(() -> events.reached().compareTo(end) >= 0, patience);
    }

    /** How long ago everything in the logs was booked. */
    public Duration lag() {
        Duration lag = Duration.between(current, clock.instant());
        return lag.isNegative() ? Duration.ZERO : lag;
    }

    private void run() {
        boolean known = false;
        while (!pace.isStopping()) {
            try {
                if (!known) {
                    open();
                    known = true;
                }
                if (looks.isDue()) {
                    database.look();
                }
                boolean worked = work();
                comeBack();
                unforced |= worked;
                if (unforced ? forces.isDue() : checkpoints.isDue()) {
                    checkpoint();
                }
                if (!worked) {
                    idle();
                }
            } catch (Unavailable e) {
                known = false;
                goAway(e);
                pace.pause(RETRY);
            } catch (JournalException e) {
                LOG.error("a log can't be read, trying again: {}", e.getMessage());
                pace.pause(RETRY);
            } catch (RuntimeException e) {
                LOG.error("the projector failed, trying again", e);
                known = false;
                pace.pause(RETRY);
            }
        }
    }

    private boolean work() {
        boolean worked = false;
        for (Feed feed : feeds) {
            boolean some = batch(feed);
            feed.note(clock.instant(), some);
            worked |= some;
        }
        if (feeds.stream().allMatch(feed -> feed.complete().isPresent())) {
            feeds.stream()
                    .flatMap(feed -> feed.complete().stream())
                    .min(Comparator.naturalOrder())
                    .ifPresent(time -> current = time);
        }
        return worked;
    }

    private boolean isFlooded() {
        return feeds.stream().anyMatch(Feed::isFlooded);
    }

    /** What the books say is the only truth about how far they are, also after the database fell back. */
    private void open() {
        database.open();
        for (Feed feed : feeds) {
            feed.reached(database.transaction(connection -> position(connection, feed)));
        }
        opened.run();
    }

    private Position position(Connection connection, Feed feed) throws SQLException {
        try (var books = new Books(connection, classifier)) {
            return books.position(feed.name());
        }
    }

    private boolean batch(Feed feed) {
        List<Entry> entries = feed.log().read(feed.reached(), BATCH);
        if (entries.isEmpty()) {
            return false;
        }
        long start = System.nanoTime();
        book(feed, entries);
        if (tidies.isDue()) {
            database.tidy();
        }
        if (entries.size() >= BUSY) {
            pace.makeWay(System.nanoTime() - start, () -> lag().compareTo(LATE) > 0 || isFlooded());
        }
        return true;
    }

    private void book(Feed feed, List<Entry> entries) {
        try {
            var effects = new ArrayList<Feed.Effect>(entries.size());
            for (Entry entry : entries) {
                feed.effect(entry).ifPresent(effects::add);
            }
            commit(feed, entries, books -> {
                for (Feed.Effect effect : effects) {
                    effect.on(books);
                }
            });
        } catch (Unavailable e) {
            throw e;
        } catch (RuntimeException e) {
            if (entries.size() == 1) {
                putAside(feed, entries.getFirst(), e);
            } else {
                int half = entries.size() / 2;
                book(feed, entries.subList(0, half));
                book(feed, entries.subList(half, entries.size()));
            }
        }
    }

    private void putAside(Feed feed, Entry entry, RuntimeException why) {
        LOG.error("an entry of the {} log at {} can't be booked and is put aside", feed.name(), entry.position(), why);
        String reason = Optional.ofNullable(why.getMessage()).orElse(why.toString());
        commit(feed, List.of(entry), books -> books.putAside(feed.name(), entry, reason));
    }

    private void commit(Feed feed, List<Entry> entries, Feed.Effect effect) {
        Position next = entries.getLast().next();
        database.transaction(connection -> {
            try (var books = new Books(connection, classifier)) {
                effect.on(books);
                books.reached(feed.name(), next);
            }
            return next;
        });
        pace.advance(() -> feed.reached(next));
    }

    private void checkpoint() {
        List<Position> reached = feeds.stream().map(Feed::reached).toList();
        database.checkpoint();
        // Not before: what could not be forced is still to be forced soon.
        unforced = false;
        forces.begin();
        checkpoints.begin();
        // What is let go of in the logs must be in a file that has a name.
        database.look();
        for (int i = 0; i < reached.size(); i++) {
            feeds.get(i).durable(reached.get(i));
        }
    }

    /**
     * Waits for events; mail events may wait as long as that. A closed log gives no rest, so there is a pause of ours.
     */
    private void idle() {
        if (!events.log().await(events.reached(), IDLE)) {
            pace.pause(Duration.ofMillis(1));
        }
    }

    private void goAway(Unavailable why) {
        if (!away) {
            LOG.warn("{}; hits wait in the log until it is back", why.getMessage());
        }
        away = true;
    }

    private void comeBack() {
        if (away) {
            LOG.warn("the database is back");
        }
        away = false;
    }

    /** Ends after the batch at hand and makes it durable; waits for at most ten seconds. */
    @Override
    public void close() {
        pace.stop();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(10));
            if (database.isOpen()) {
                checkpoint();
            }
        } catch (InterruptedException | Unavailable e) {
            LOG.warn("the books may have to be brought up to date at the next start: {}", e.getMessage());
        }
    }
}
