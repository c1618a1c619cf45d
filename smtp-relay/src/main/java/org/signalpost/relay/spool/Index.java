package org.signalpost.relay.spool;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.signalpost.journal.Position;
import org.signalpost.track.MessageId;

/** Where the open mails stand in the log, and whose turn is next; positions, never bodies. Safe for any thread. */
final class Index {
    private static final Comparator<Due> BY_TURN =
            Comparator.comparing(Due::next).thenComparing(Due::id).thenComparingInt(Due::index);

    private static final long SEGMENT_OCTETS = 64L << 20;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition more = lock.newCondition();
    private final Map<MessageId, Mail> mails = new HashMap<>();
    private final TreeSet<Due> waiting = new TreeSet<>(BY_TURN);

    /** An open mail: its records, the last of which commits it, and its open recipients by their place. */
    private static final class Mail {
        private final List<Position> records;
        private final long octets;
        private final Map<Integer, Due> open = new HashMap<>();

        private Mail(List<Position> records, long octets) {
            this.records = List.copyOf(records);
            this.octets = octets;
        }

        private Position first() {
            return records.stream().min(Comparator.naturalOrder()).orElseThrow();
        }
    }

    /** A mail is there, or stands elsewhere now; {@code records} with the committing one last. */
    void put(MessageId id, LogRecord.Message message, List<Position> records) {
        lock.lock();
        try {
            remove(id);
            var mail = new Mail(records, message.size());
            for (int i = 0; i < message.recipients().size(); i++) {
                LogRecord.Recipient recipient = message.recipients().get(i);
                if (recipient.open()) {
                    String address = message.envelope().recipients().get(i);
                    var due = new Due(id, address, recipient.attempts(), message.acceptedAt(), recipient.next(), i);
                    mail.open.put(i, due);
                    waiting.add(due);
                }
            }
            if (!mail.open.isEmpty()) {
                mails.put(id, mail);
            }
            more.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The mail's records were written again; whose turn is when stays. */
    void move(MessageId id, List<Position> records) {
        lock.lock();
        try {
            Optional.ofNullable(mails.get(id)).ifPresent(old -> {
                var mail = new Mail(records, old.octets);
                mail.open.putAll(old.open);
                mails.put(id, mail);
            });
        } finally {
            lock.unlock();
        }
    }

    private void remove(MessageId id) {
        Optional.ofNullable(mails.remove(id)).ifPresent(mail -> waiting.removeAll(mail.open.values()));
    }

    /** Applies what has become of one recipient; an unknown one is left alone. */
    void change(MessageId id, LogRecord.State state) {
        lock.lock();
        try {
            Mail mail = mails.get(id);
            Due old = mail == null ? null : mail.open.remove(state.index());
            if (mail == null || old == null) {
                return;
            }
            waiting.remove(old);
            if (state.state() instanceof RecipientState.Deferred deferred) {
                var due = new Due(
                        id, old.recipient(), state.attempts(), old.acceptedAt(), deferred.next(), state.index());
                mail.open.put(state.index(), due);
                waiting.add(due);
                more.signalAll();
            } else if (mail.open.isEmpty()) {
                mails.remove(id);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Gives one back that was taken and not tried. */
    void giveBack(Due due) {
        lock.lock();
        try {
            Mail mail = mails.get(due.id());
            if (mail != null && due.equals(mail.open.get(due.index()))) {
                waiting.add(due);
                more.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Takes the one whose turn it is; waits for it no longer than {@code patience}. */
    Optional<Due> take(InstantSource clock, Duration patience) {
        long until = System.nanoTime() + patience.toNanos();
        lock.lock();
        try {
            Optional<Due> due = taken(clock.instant());
            long left = patience.toNanos();
            while (due.isEmpty() && left > 0) {
                more.awaitNanos(Math.min(left, untilNext(clock.instant())));
                due = taken(clock.instant());
                left = until - System.nanoTime();
            }
            return due;
        } catch (InterruptedException e) {
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    private long untilNext(Instant now) {
        return waiting.isEmpty()
                ? Long.MAX_VALUE
                : Math.max(
                        1_000_000, Duration.between(now, waiting.first().next()).toNanos());
    }

    private Optional<Due> taken(Instant now) {
        if (waiting.isEmpty() || waiting.first().next().isAfter(now)) {
            return Optional.empty();
        }
        return Optional.ofNullable(waiting.pollFirst());
    }

    List<Position> records(MessageId id) {
        lock.lock();
        try {
            Mail mail = mails.get(id);
            return mail == null ? List.of() : mail.records;
        } finally {
            lock.unlock();
        }
    }

    /** The open recipients of a mail by their place. */
    Map<Integer, Due> open(MessageId id) {
        lock.lock();
        try {
            Mail mail = mails.get(id);
            return mail == null ? Map.of() : Map.copyOf(mail.open);
        } finally {
            lock.unlock();
        }
    }

    /** The oldest position that an open mail needs. */
    Optional<Position> oldest() {
        lock.lock();
        try {
            return mails.values().stream().map(Mail::first).min(Comparator.naturalOrder());
        } finally {
            lock.unlock();
        }
    }

    /** The open mails that need something before the segment, the oldest first, at most {@code limit}. */
    List<MessageId> before(long segment, int limit) {
        lock.lock();
        try {
            return mails.entrySet().stream()
                    .filter(mail -> mail.getValue().first().segment() < segment)
                    .sorted(Comparator.comparing(mail -> mail.getValue().first()))
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
            long open = mails.values().stream().mapToLong(mail -> mail.octets).sum();
            long oldest = mails.values().stream()
                    .mapToLong(mail -> mail.first().segment())
                    .min()
                    .orElse(end.segment());
            return open < (end.segment() - oldest) * (SEGMENT_OCTETS / 2);
        } finally {
            lock.unlock();
        }
    }

    long octets(MessageId id) {
        lock.lock();
        try {
            Mail mail = mails.get(id);
            return mail == null ? 0 : mail.octets;
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return mails.values().stream().mapToInt(mail -> mail.open.size()).sum();
        } finally {
            lock.unlock();
        }
    }
}
