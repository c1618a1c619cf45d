package org.signalpost.store;

import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.signalpost.event.EventRecord;
import org.signalpost.event.MailFeed;
import org.signalpost.journal.Entry;
import org.signalpost.journal.Journal;
import org.signalpost.journal.Position;

/** One log as the projector reads it, and how far it is. The projector's thread writes, any thread reads. */
final class Feed {
    /** What an entry does to the books. */
    interface Effect {
        void on(Books books) throws SQLException;
    }

    /** In octets: a disk that is full of mail that is not booked yet takes no more mail. */
    private static final long MOST_MAIL = 512L << 20;

    private final String name;
    private final Journal log;
    private final Function<Entry, Optional<Effect>> decoder;
    private final Consumer<Position> durable;
    private final long most;
    private volatile Position reached = Position.START;

    // Of the projector's thread.
    private Optional<End> end = Optional.empty();
    private Optional<Instant> complete = Optional.empty();

    private Feed(
            String name,
            Journal log,
            Function<Entry, Optional<Effect>> decoder,
            Consumer<Position> durable,
            long most) {
        this.name = name;
        this.log = log;
        this.decoder = decoder;
        this.durable = durable;
        this.most = most;
    }

    /** The event log, which keeps what was booked for {@code keep} and then lets it go. */
    static Feed events(Journal log, History history) {
        return new Feed(
                "events",
                log,
                entry -> {
                    var event = EventRecord.read(entry);
                    return Optional.of(books -> books.book(event));
                },
                position -> history.durable(position).ifPresent(log::release),
                Long.MAX_VALUE);
    }

    /** The mail log, which belongs to the relay. */
    static Feed mail(MailFeed feed) {
        return mail(feed, MOST_MAIL);
    }

    /** The same with so many octets that may be left to be booked. */
    static Feed mail(MailFeed feed, long most) {
        return new Feed(
                "mail",
                feed.log(),
                entry -> feed.decoder().apply(entry).map(event -> books -> books.book(event)),
                feed.projected(),
                most);
    }

    String name() {
        return name;
    }

    Journal log() {
        return log;
    }

    Optional<Effect> effect(Entry entry) {
        return decoder.apply(entry);
    }

    /** The place behind the last booked entry. */
    Position reached() {
        return reached;
    }

    void reached(Position position) {
        reached = position;
    }

    /** Whether more of the log is still to be booked than there should ever be. */
    boolean isFlooded() {
        return log.octetsBehind(reached) > most;
    }

    /** Where the log ended at a time. */
    private record End(Instant at, Position position) {}

    /** Notes how far the books are at this time: there was something to be booked just now, or there was not. */
    void note(Instant now, boolean some) {
        if (!some) {
            complete = Optional.of(now);
            end = Optional.empty();
        } else if (end.filter(before -> reached.compareTo(before.position()) < 0)
                .isEmpty()) {
            end.ifPresent(before -> complete = Optional.of(before.at()));
            end = Optional.of(new End(now, log.end()));
        }
    }

    /** The newest time known of which everything that was in the log then is booked. */
    Optional<Instant> complete() {
        return complete;
    }

    /** Tells whoever keeps the log that everything before this place is booked and on disk. */
    void durable(Position position) {
        durable.accept(position);
    }

    /** Which part of a log is old enough to go. One thread. */
    static final class History {
        private record Mark(Instant at, Position position) {}

        private final java.time.Duration keep;
        private final java.time.InstantSource clock;
        private final Deque<Mark> marks = new ArrayDeque<>();

        History(java.time.Duration keep, java.time.InstantSource clock) {
            this.keep = keep;
            this.clock = clock;
        }

        /** Notes a durable place; the newest place that was durable {@code keep} ago, if any. */
        Optional<Position> durable(Position position) {
            Instant now = clock.instant();
            marks.addLast(new Mark(now, position));
            Optional<Position> old = Optional.empty();
            while (!marks.isEmpty() && !marks.getFirst().at().plus(keep).isAfter(now)) {
                old = Optional.of(marks.removeFirst().position());
            }
            return old;
        }
    }
}
