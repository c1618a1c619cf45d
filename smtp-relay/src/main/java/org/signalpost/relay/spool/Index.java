package org.signalpost.relay.spool;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.signalpost.journal.Position;
import org.signalpost.track.MessageId;

/** Where the open mails stand in the log, and whose turn is next; positions, never bodies. Safe for any thread. */
final class Index {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition more = lock.newCondition();
    private final NavigableMap<MessageId, Mail> mails = new TreeMap<>();
    private final Set<MessageId> owing = new TreeSet<>();
    private final Routing routing;
    private final Turns turns;
    private final long segmentOctets;

    /** Over a log whose segments have so many octets. */
    Index(Routing routing, int share, long segmentOctets) {
        this.routing = routing;
        this.turns = new Turns(share);
        this.segmentOctets = segmentOctets;
    }

    /** An open mail, and its recipients that are not settled, by their place. */
    private static final class Mail {
        private final Instant acceptedAt;
        private final String sender;
        private final Priority priority;
        private final long size;
        private Optional<Long> crc;
        private final Map<Integer, Standing> open = new TreeMap<>();
        private final Set<Integer> underWay = new HashSet<>(2);
        private Position record;
        private boolean lost;

        private Mail(LogRecord.Message message, Position record) {
            this.acceptedAt = message.acceptedAt();
            this.sender = message.envelope().sender();
            this.priority = message.priority();
            this.size = message.size();
            this.crc = message.crc();
            this.record = record;
        }
    }

    /** A mail is there. */
    void put(MessageId id, LogRecord.Message message, Position record) {
        lock.lock();
        try {
            remove(id);
            var mail = new Mail(message, record);
            for (int i = 0; i < message.places().size(); i++) {
                LogRecord.Place place = message.places().get(i);
                if (place.phase().isPresent()) {
                    place(mail, standing(id, message, i, place, record));
                }
            }
            if (!mail.open.isEmpty()) {
                mails.put(id, mail);
                owes(id, mail);
            }
            more.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private Standing standing(
            MessageId id, LogRecord.Message message, int index, LogRecord.Place place, Position record) {
        String recipient = message.envelope().recipients().get(index).address();
        var due = new Due(
                id,
                index,
                recipient,
                routing.route(recipient),
                place.attempts(),
                message.acceptedAt(),
                place.held(),
                place.next(),
                message.priority(),
                place.share());
        return new Standing(
                due, place.phase().orElseThrow(), place.since(), record, place.delayTold(), place.delayOwed());
    }

    private void place(Mail mail, Standing standing) {
        mail.open.put(standing.due().index(), standing);
        if (standing.phase() == Standing.Phase.WAITING) {
            turns.add(standing.due());
        }
    }

    private void owes(MessageId id, Mail mail) {
        if (mail.open.values().stream().anyMatch(Standing::owesAny)) {
            owing.add(id);
        } else {
            owing.remove(id);
        }
    }

    /** The mail's record was written again; whose turn is when stays. */
    void move(MessageId id, Position record, Optional<Long> crc) {
        lock.lock();
        try {
            Optional.ofNullable(mails.get(id)).ifPresent(mail -> {
                mail.record = record;
                mail.crc = crc;
                mail.open.replaceAll((index, standing) -> standing.at(record));
            });
        } finally {
            lock.unlock();
        }
    }

    /** The mail's record is damaged: no segment is kept for it any more. */
    void lost(MessageId id) {
        lock.lock();
        try {
            Optional.ofNullable(mails.get(id)).ifPresent(mail -> mail.lost = true);
        } finally {
            lock.unlock();
        }
    }

    private void remove(MessageId id) {
        owing.remove(id);
        Optional.ofNullable(mails.remove(id))
                .ifPresent(mail -> mail.open.values().forEach(standing -> turns.remove(standing.due())));
    }

    /**
     * Applies what has become of one recipient; an unknown one is left alone. The mail's file has to go when this
     * returns true.
     */
    boolean change(MessageId id, LogRecord.State state, Position record) {
        lock.lock();
        try {
            Optional<Mail> known = Optional.ofNullable(mails.get(id));
            Optional<Standing> old = known.flatMap(mail -> Optional.ofNullable(mail.open.remove(state.index())));
            if (known.isEmpty() || old.isEmpty()) {
                return false;
            }
            Mail mail = known.get();
            if (!mail.underWay.contains(state.index())) {
                turns.remove(old.get().due());
            }
            old.get().after(state, record).ifPresent(standing -> place(mail, standing));
            if (mail.underWay.remove(state.index())) {
                turns.ended(old.get().due());
            }
            more.signalAll();
            return settle(id, mail);
        } finally {
            lock.unlock();
        }
    }

    private boolean settle(MessageId id, Mail mail) {
        owes(id, mail);
        if (!mail.open.isEmpty()) {
            return false;
        }
        mails.remove(id);
        return mail.crc.isPresent();
    }

    /** A notice is queued; whether the told mail's file has to go. */
    boolean told(Told notice) {
        lock.lock();
        try {
            Optional<Mail> known = Optional.ofNullable(mails.get(notice.of()));
            if (known.isEmpty()) {
                return false;
            }
            Mail mail = known.get();
            for (int index : notice.recipients()) {
                Optional.ofNullable(mail.open.get(index))
                        .filter(standing -> standing.owes(notice.kind()))
                        .ifPresent(standing -> {
                            if (notice.kind() == Told.Kind.DELAYED) {
                                mail.open.put(index, standing.told());
                            } else {
                                mail.open.remove(index);
                            }
                        });
            }
            return settle(notice.of(), mail);
        } finally {
            lock.unlock();
        }
    }

    /** Gives one back that was taken and not tried. */
    void giveBack(Due due) {
        lock.lock();
        try {
            Optional.ofNullable(mails.get(due.id())).ifPresent(mail -> {
                if (mail.underWay.remove(due.index())) {
                    Optional.ofNullable(mail.open.get(due.index()))
                            .filter(standing -> standing.phase() == Standing.Phase.WAITING)
                            .ifPresent(standing -> turns.add(standing.due()));
                    turns.ended(due);
                }
            });
            more.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Takes one recipient out of the queue, whether it is its turn or not, unless an attempt is under way. */
    Optional<Standing> reserve(MessageId id, int index) {
        lock.lock();
        try {
            Optional<Mail> mail = Optional.ofNullable(mails.get(id));
            Optional<Standing> standing = mail.flatMap(it -> Optional.ofNullable(it.open.get(index)));
            if (standing.isEmpty() || !mail.orElseThrow().underWay.add(index)) {
                return Optional.empty();
            }
            turns.reserve(standing.get().due());
            return standing;
        } finally {
            lock.unlock();
        }
    }

    /** Takes the one whose turn it is on an open route; waits for it no longer than {@code patience}. */
    Optional<Due> take(InstantSource clock, Duration patience, Predicate<String> open) {
        long until = System.nanoTime() + patience.toNanos();
        lock.lock();
        try {
            Optional<Due> due = taken(clock.instant(), open);
            long left = patience.toNanos();
            while (due.isEmpty() && left > 0) {
                more.awaitNanos(Math.min(left, untilNext(clock.instant())));
                due = taken(clock.instant(), open);
                left = until - System.nanoTime();
            }
            return due;
        } catch (InterruptedException e) {
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    private Optional<Due> taken(Instant now, Predicate<String> open) {
        Optional<Due> due = turns.take(now, open);
        due.ifPresent(
                one -> Optional.ofNullable(mails.get(one.id())).ifPresent(mail -> mail.underWay.add(one.index())));
        return due;
    }

    /** Whoever waits for a turn looks again: a route may be open now. */
    void wake() {
        lock.lock();
        try {
            more.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private long untilNext(Instant now) {
        return turns.next()
                .filter(next -> next.isAfter(now))
                .map(next -> Duration.between(now, next).compareTo(Duration.ofSeconds(1)) > 0
                        ? Duration.ofSeconds(1)
                        : Duration.between(now, next))
                .map(Duration::toNanos)
                .orElse(Duration.ofSeconds(1).toNanos());
    }

    private static OpenMail open(MessageId id, Mail mail) {
        return new OpenMail(
                id,
                mail.acceptedAt,
                mail.sender,
                mail.priority,
                mail.size,
                mail.crc,
                mail.record,
                List.copyOf(mail.open.values()),
                Set.copyOf(mail.underWay));
    }

    Optional<OpenMail> find(MessageId id) {
        lock.lock();
        try {
            return Optional.ofNullable(mails.get(id)).map(mail -> open(id, mail));
        } finally {
            lock.unlock();
        }
    }

    /** The open mails behind this one, the oldest first; {@code limit} is how many are looked at. */
    List<OpenMail> behind(Optional<MessageId> id, int limit) {
        lock.lock();
        try {
            NavigableMap<MessageId, Mail> rest =
                    id.map(from -> mails.tailMap(from, /* inclusive= */ false)).orElse(mails);
            var found = new ArrayList<OpenMail>();
            for (Map.Entry<MessageId, Mail> mail : rest.entrySet()) {
                if (found.size() == limit) {
                    break;
                }
                found.add(open(mail.getKey(), mail.getValue()));
            }
            return found;
        } finally {
            lock.unlock();
        }
    }

    /** The mails of which somebody is to be told something. */
    List<OpenMail> owing() {
        lock.lock();
        try {
            return owing.stream()
                    .flatMap(id -> Optional.ofNullable(mails.get(id)).map(mail -> open(id, mail)).stream())
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    /** The oldest position that an open mail needs. */
    Optional<Position> oldest() {
        lock.lock();
        try {
            return mails.values().stream()
                    .filter(mail -> !mail.lost)
                    .map(mail -> mail.record)
                    .min(Comparator.naturalOrder());
        } finally {
            lock.unlock();
        }
    }

    /** The open mails that need something before the segment, the oldest first, at most {@code limit}. */
    List<MessageId> before(long segment, int limit) {
        lock.lock();
        try {
            return mails.entrySet().stream()
                    .filter(mail ->
                            !mail.getValue().lost && mail.getValue().record.segment() < segment)
                    .sorted(Comparator.comparing(mail -> mail.getValue().record))
                    .limit(limit)
                    .map(Map.Entry::getKey)
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    /** Whether less than half of the log from the oldest open mail on is open: only then copying makes it shorter. */
    boolean mostlySettled(Position end) {
        lock.lock();
        try {
            long open = 0;
            long oldest = end.segment();
            for (Mail mail : mails.values()) {
                open += mail.crc.isPresent() ? 1_024 : mail.size;
                oldest = mail.lost ? oldest : Math.min(oldest, mail.record.segment());
            }
            return open < (end.segment() - oldest) * (segmentOctets / 2);
        } finally {
            lock.unlock();
        }
    }

    /** How many recipients are not settled. */
    int size() {
        lock.lock();
        try {
            return mails.values().stream().mapToInt(mail -> mail.open.size()).sum();
        } finally {
            lock.unlock();
        }
    }
}
