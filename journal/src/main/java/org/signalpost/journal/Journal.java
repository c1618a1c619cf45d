package org.signalpost.journal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A durable log of records: appended in groups, forced to disk before it is said, read by position.
 *
 * <p>Safe for any number of threads. One process may have a directory open. A batch is what came in while the last
 * force ran; one thread writes it and forces once. Threads that append must not be interrupted: then it is unknown
 * whether the record is kept.
 */
public final class Journal implements AutoCloseable {
    /** The longest payload in octets. */
    public static final int LONGEST_PAYLOAD = 1 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);
    private static final long SEGMENT_SIZE = 64L << 20;
    private static final long SMALLEST_SEGMENT = 4 << 10;

    private final long segmentSize;
    private final FileChannel lock;
    private final boolean foundDamage;
    private final Segments segments;
    private final LogWriter writer;
    private final LogReader reader;

    private Journal(Path directory, Storage storage, long segmentSize, FileChannel lock, Recovery found)
            throws IOException {
        this.segmentSize = segmentSize;
        this.lock = lock;
        this.foundDamage = found.damage();
        var used = new UsedFiles(directory, storage, segmentSize);
        this.segments = new Segments(directory, storage, found, used);
        var spare = new Spare(directory, storage, segmentSize, used);
        this.writer = new LogWriter(segments, storage, segmentSize, found, spare);
        this.reader = new LogReader(segments, writer::leave);
    }

    /**
     * Opens the log in this directory, which is made when missing; reads and repairs what is there.
     *
     * @throws JournalException when the directory can't be used, or another process has it open
     */
    public static Journal open(Path directory) {
        return open(directory, new Disk(), SEGMENT_SIZE);
    }

    /**
     * The same with segments of another size than 64 MB, at least 4 KB: for small disks, and for tests. A record has to
     * fit into a segment; what was written with segments of another size is read all the same.
     */
    public static Journal open(Path directory, long segmentOctets) {
        if (segmentOctets < SMALLEST_SEGMENT) {
            throw new IllegalArgumentException("segments of " + segmentOctets + " octets");
        }
        return open(directory, new Disk(), segmentOctets);
    }

    static Journal open(Path directory, Storage storage, long segmentSize) {
        try {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            FileChannel lock = lock(directory);
            try {
                var found =
                        Recovery.of(directory, storage, InstantSource.system().millis());
                var journal = new Journal(directory, storage, segmentSize, lock, found);
                journal.writer.start();
                return journal;
            } catch (IOException | RuntimeException e) {
                lock.close();
                throw e;
            }
        } catch (IOException e) {
            throw new JournalException(JournalException.Cause.BROKEN, directory + " can't be used: " + e, e);
        }
    }

    private static FileChannel lock(Path directory) throws IOException {
        FileChannel channel = FileChannel.open(
                directory.resolve("lock"),
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            if (channel.tryLock() != null) {
                return channel;
            }
        } catch (OverlappingFileLockException heldByUs) {
            // Open in this very process; said below.
        }
        channel.close();
        throw new JournalException(JournalException.Cause.BROKEN, directory + " is in use by another process");
    }

    /** The octets of a segment. */
    public long segmentOctets() {
        return segmentSize;
    }

    /** The longest payload that this log takes, in octets. */
    public int longestPayload() {
        return (int) Math.min(LONGEST_PAYLOAD, segmentSize - Frame.HEAD - Frame.SEGMENT_HEAD);
    }

    /** Whether something was met, when it was opened or since, that is no whole record: some may be missing. */
    public boolean isDamaged() {
        return foundDamage || segments.isDamaged();
    }

    /** Whether it is closed, or the last records could not be written, within the last ten seconds. */
    public boolean isFailing() {
        return writer.isFailing();
    }

    /** The octets that are free on its disk; 0 when that can't be told. */
    public long freeOctets() {
        try {
            return Files.getFileStore(segments.directory()).getUsableSpace();
        } catch (IOException e) {
            return 0;
        }
    }

    /** What is told when an asynchronous append has ended; called on the log's own thread, must not block. */
    public interface Completion {
        /** The record is on disk at this position. */
        void appended(Position position);

        /** It is unknown, or certain not, to be kept. */
        void failed(JournalException failure);
    }

    /** A caller that waits. */
    private static final class Waiting implements Completion {
        private final CountDownLatch ended = new CountDownLatch(1);
        private volatile Optional<Position> position = Optional.empty();
        private volatile Optional<JournalException> failure = Optional.empty();

        @Override
        public void appended(Position at) {
            position = Optional.of(at);
            ended.countDown();
        }

        @Override
        public void failed(JournalException why) {
            failure = Optional.of(why);
            ended.countDown();
        }

        private Position result() {
            try {
                ended.await();
            } catch (InterruptedException e) {
                throw new JournalException(JournalException.Cause.BROKEN, "interrupted; the record may be kept", e);
            }
            return position.orElseThrow(() -> failure.map(
                            why -> new JournalException(why.why(), String.valueOf(why.getMessage()), why))
                    .orElseThrow());
        }
    }

    /**
     * Appends a record and returns its position once it is forced to disk. Blocks.
     *
     * @throws JournalException when the record is not, or not certainly, kept
     */
    public Position append(int kind, EntryId id, byte[] payload) {
        var waiting = new Waiting();
        append(kind, id, payload, waiting);
        return waiting.result();
    }

    /**
     * Appends a record without waiting for the disk; a full queue fails at once, on the caller's thread. The payload
     * must not be changed until the completion is told.
     *
     * @param kind the caller's kind, 0 to 255
     */
    public void append(int kind, EntryId id, byte[] payload, Completion completion) {
        if (kind < 0 || kind > 255) {
            throw new IllegalArgumentException("a kind is 0 to 255, not " + kind);
        }
        if (payload.length > longestPayload()) {
            completion.failed(new JournalException(
                    JournalException.Cause.TOO_LONG, payload.length + " octets are more than a record holds"));
        } else {
            writer.append(new LogWriter.Pending(kind, id, payload, completion));
        }
    }

    /**
     * What was written since the log was opened.
     *
     * @param records how many, in so many groups with a force each
     * @param octets of all of them
     * @param nanos for writing and forcing
     */
    public record Figures(long records, long octets, long groups, long nanos) {
        Figures and(int more, long length, long time) {
            return new Figures(records + more, octets + length, groups + 1, nanos + time);
        }
    }

    /** What was written until now. */
    public Figures figures() {
        return writer.figures();
    }

    /** Whether more than 80 percent of the queue is taken: whoever can wait had better. */
    public boolean isStrained() {
        return writer.isStrained();
    }

    /**
     * At most {@code limit} durable entries from this position on, oldest first; empty when there are none. From a
     * place that is released, or of another life of the log, it begins with the oldest there is. A damaged entry hides
     * the rest of its segment.
     */
    public List<Entry> read(Position from, int limit) {
        return reader.read(from, limit);
    }

    /** Waits until there is a durable entry at or behind this position; false when the time is over. */
    public boolean await(Position from, Duration timeout) {
        return segments.await(from, timeout);
    }

    /**
     * The entry at exactly this position.
     *
     * @throws JournalException {@code DAMAGED} when there is no whole one
     */
    public Entry entry(Position position) {
        return reader.entry(position);
    }

    /** The place behind the last durable entry. */
    public Position end() {
        return segments.end();
    }

    /** How many octets of records the log holds behind this position. */
    public long octetsBehind(Position position) {
        boolean ours = position.generation() == segments.generation();
        return segments.from(ours ? position.segment() : 0).stream()
                .mapToLong(segment -> segment.end() - Math.max(beginning(segment, position, ours), Frame.SEGMENT_HEAD))
                .filter(octets -> octets > 0)
                .sum();
    }

    private static long beginning(Segment segment, Position position, boolean ours) {
        return ours && segment.number() == position.segment() ? position.offset() : 0;
    }

    /** Nobody needs anything before this position any more: whole segments before it are removed. */
    public void release(Position before) {
        segments.release(before);
    }

    /** Writes what was accepted, and ends. */
    @Override
    public void close() {
        writer.stop();
        segments.stop();
        try {
            writer.close();
            segments.close();
            lock.close();
        } catch (IOException e) {
            LOG.warn("{} was not closed cleanly: {}", segments.directory(), e.toString());
        }
    }
}
