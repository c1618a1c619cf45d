package org.signalpost.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
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
    private static final int QUEUE = 10_000;
    private static final int BATCH_OCTETS = 8 << 20;
    private static final int READ_OCTETS = 16 << 20;

    private static final long FAILING = Duration.ofSeconds(10).toNanos();

    private final Path directory;
    private final Storage storage;
    private final long segmentSize;
    private final long generation;
    private final FileChannel lock;
    private final ConcurrentSkipListMap<Long, Segment> segments;
    private final BlockingQueue<Pending> queue = new ArrayBlockingQueue<>(QUEUE);
    private final ReentrantLock state = new ReentrantLock();
    private final Condition grown = state.newCondition();
    private final Spare spare;
    private final Thread writer;

    // Written by the writer thread only.
    private volatile Optional<Segment> current;
    private long newest;
    private volatile boolean rollWanted;
    private final boolean foundDamage;
    private volatile boolean closed;
    private volatile boolean ended;
    private volatile OptionalLong failedAt = OptionalLong.empty();

    private Journal(Path directory, Storage storage, long segmentSize, FileChannel lock, Recovery found)
            throws IOException {
        this.directory = directory;
        this.storage = storage;
        this.segmentSize = segmentSize;
        this.lock = lock;
        this.generation = found.generation();
        this.segments = new ConcurrentSkipListMap<>(found.segments());
        this.current = Optional.ofNullable(segments.lastEntry()).map(Map.Entry::getValue);
        this.newest = found.newest();
        this.rollWanted = found.roll();
        this.foundDamage = found.damage();
        this.spare = new Spare(directory, storage, segmentSize);
        this.writer = Thread.ofPlatform()
                .name("journal " + directory.getFileName())
                .daemon()
                .unstarted(this::write);
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
        return foundDamage || segments.values().stream().anyMatch(Segment::isDamaged);
    }

    /** Whether it is closed, or the last records could not be written, within the last ten seconds. */
    public boolean isFailing() {
        OptionalLong at = failedAt;
        return closed || (at.isPresent() && System.nanoTime() - at.getAsLong() < FAILING);
    }

    /** The octets that are free on its disk; 0 when that can't be told. */
    public long freeOctets() {
        try {
            return Files.getFileStore(directory).getUsableSpace();
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

    private static final class Pending {
        private final int kind;
        private final EntryId id;
        private final byte[] payload;
        private final Completion completion;

        private Pending(int kind, EntryId id, byte[] payload, Completion completion) {
            this.kind = kind;
            this.id = id;
            this.payload = payload;
            this.completion = completion;
        }

        private int length() {
            return Frame.HEAD + payload.length;
        }
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
        } else if (closed) {
            completion.failed(closedFailure());
        } else if (!queue.offer(new Pending(kind, id, payload, completion))) {
            completion.failed(new JournalException(JournalException.Cause.OVERLOADED, "the log's queue is full"));
        } else if (ended) {
            refuseTheRest();
        }
    }

    /** Whether more than 80 percent of the queue is taken: whoever can wait had better. */
    public boolean isStrained() {
        return queue.size() * 5 > QUEUE * 4;
    }

    private static JournalException closedFailure() {
        return new JournalException(JournalException.Cause.CLOSED, "the log is closed");
    }

    private void refuseTheRest() {
        var rest = new ArrayList<Pending>();
        queue.drainTo(rest);
        rest.forEach(pending -> told(pending.completion, closedFailure()));
    }

    private void write() {
        try {
            Optional<Pending> first = Optional.empty();
            while (!closed || first.isPresent() || !queue.isEmpty()) {
                var batch = new ArrayList<Pending>();
                first = gather(first, batch);
                if (!batch.isEmpty()) {
                    store(batch);
                }
            }
        } catch (RuntimeException | Error e) {
            LOG.error("alarm=journal-writer the log {} has ended: {}", directory, e.toString(), e);
            closed = true;
        } finally {
            // In this order: whoever adds to the queue after it was emptied sees that it has ended.
            ended = true;
            refuseTheRest();
        }
    }

    /** Fills the batch; gives back the one that would have made it too large. */
    private Optional<Pending> gather(Optional<Pending> first, List<Pending> batch) {
        long octets = 0;
        Optional<Pending> next = first.isPresent() ? first : waited();
        while (next.isPresent()) {
            Pending pending = next.get();
            if (octets > 0 && octets + pending.length() > BATCH_OCTETS) {
                return next;
            }
            batch.add(pending);
            octets += pending.length();
            next = Optional.ofNullable(queue.poll());
        }
        return Optional.empty();
    }

    private Optional<Pending> waited() {
        try {
            return Optional.ofNullable(queue.poll(50, java.util.concurrent.TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            return Optional.empty();
        }
    }

    /** Writes a batch, a group for each segment it reaches into. */
    private void store(List<Pending> batch) {
        int from = 0;
        while (from < batch.size()) {
            int to = from;
            try {
                Segment segment = withRoomFor(batch.get(from));
                long room = segmentSize - segment.end();
                while (to < batch.size() && batch.get(to).length() <= room) {
                    room -= batch.get(to).length();
                    to++;
                }
                store(segment, batch.subList(from, to));
            } catch (IOException | RuntimeException e) {
                to = Math.max(to, from + 1);
                fail(batch.subList(from, to), e);
            }
            from = to;
        }
    }

    private Segment withRoomFor(Pending pending) throws IOException {
        if (current.isEmpty() || rollWanted || current.get().end() + pending.length() > segmentSize) {
            rollWanted = false;
            // Never a number for the second time, whatever became of the file that had it.
            newest++;
            long number = newest;
            current = Optional.empty();
            Path name = Recovery.file(directory, number);
            Optional<Storage.Segment> prepared = spare.as(name);
            Storage.Segment file = prepared.isPresent() ? prepared.get() : storage.create(name, segmentSize);
            var segment = new Segment(generation, number, file, Frame.SEGMENT_HEAD);
            try {
                storage.forceDirectory(directory);
                file.write(new ByteBuffer[] {Frame.segmentHead(generation, number)}, 0);
                file.force();
            } catch (IOException e) {
                file.close();
                storage.delete(name);
                throw e;
            }
            segments.put(number, segment);
            current = Optional.of(segment);
        }
        return current.orElseThrow();
    }

    private void store(Segment segment, List<Pending> group) throws IOException {
        // Head and payload of each, as they are.
        var buffers = new ByteBuffer[2 * group.size()];
        var positions = new ArrayList<Position>(group.size());
        long at = segment.end();
        for (int i = 0; i < group.size(); i++) {
            Pending pending = group.get(i);
            positions.add(segment.at(at));
            buffers[2 * i] = Frame.head(segment.at(at), pending.kind, pending.id, pending.payload);
            buffers[2 * i + 1] = ByteBuffer.wrap(pending.payload);
            at += pending.length();
        }
        segment.file().write(buffers, segment.end());
        segment.file().force();
        failedAt = OptionalLong.empty();
        state.lock();
        try {
            segment.advance(at);
            grown.signalAll();
        } finally {
            state.unlock();
        }
        for (int i = 0; i < positions.size(); i++) {
            told(group.get(i).completion, positions.get(i));
        }
        if (at > segmentSize / 2) {
            spare.prepare();
        }
    }

    private static void told(Completion completion, Position position) {
        try {
            completion.appended(position);
        } catch (RuntimeException e) {
            LOG.error("alarm=journal-completion a completion failed: {}", e.toString(), e);
        }
    }

    private static void told(Completion completion, JournalException failure) {
        try {
            completion.failed(failure);
        } catch (RuntimeException e) {
            LOG.error("alarm=journal-completion a completion failed: {}", e.toString(), e);
        }
    }

    private void fail(List<Pending> group, Exception why) {
        String message = String.valueOf(why.getMessage());
        failedAt = OptionalLong.of(System.nanoTime());
        LOG.error("alarm=journal-write {} could not be written: {}", directory, message);
        current.ifPresent(segment -> {
            // Nothing of what was not forced is believed, also not by the next start.
            try {
                long octets = group.stream().mapToLong(Pending::length).sum();
                segment.erase(segment.end(), Math.min(octets, segmentSize - segment.end()));
            } catch (IOException e) {
                LOG.error(
                        "alarm=journal-erase the unforced end of segment {} stays: {}", segment.number(), e.toString());
            }
        });
        current = Optional.empty();
        var failure = JournalException.of(why, "the log could not be written: " + message);
        group.forEach(pending -> told(pending.completion, failure));
    }

    /**
     * At most {@code limit} durable entries from this position on, oldest first; empty when there are none. From a
     * place that is released, or of another life of the log, it begins with the oldest there is. A damaged entry hides
     * the rest of its segment.
     */
    public List<Entry> read(Position from, int limit) {
        var entries = new ArrayList<Entry>();
        boolean ours = from.generation() == generation;
        long octets = 0;
        for (Segment segment : segments.tailMap(ours ? from.segment() : 0L).values()) {
            boolean first = ours && segment.number() == from.segment();
            long offset = first ? Math.max(from.offset(), Frame.SEGMENT_HEAD) : Frame.SEGMENT_HEAD;
            long end = segment.readable();
            while (offset < end) {
                if (entries.size() >= limit || octets > READ_OCTETS) {
                    return entries;
                }
                Optional<Entry> entry = whole(segment, offset, end);
                if (entry.isEmpty()) {
                    OptionalLong behind = behindDamage(segment, offset);
                    if (behind.isEmpty()) {
                        break;
                    }
                    offset = behind.getAsLong();
                    continue;
                }
                entries.add(entry.get());
                octets += entry.get().payload().length;
                offset = entry.get().next().offset();
            }
        }
        return entries;
    }

    /** Where reading goes on behind a damaged record; what none is behind hides the rest of its segment. */
    private OptionalLong behindDamage(Segment segment, long offset) {
        OptionalLong behind = OptionalLong.empty();
        try {
            behind = segment.behindDamage(offset, segment.end());
        } catch (IOException e) {
            LOG.debug("looking behind damage: {}", e.toString());
        }
        if (behind.isEmpty() && segments.containsKey(segment.number()) && segment.damaged(offset)) {
            LOG.error("alarm=journal-damaged the rest of segment {} of {} is not read", segment.number(), directory);
            rollWanted |= current.filter(now -> now == segment).isPresent();
        }
        return behind;
    }

    private Optional<Entry> whole(Segment segment, long offset, long end) {
        Optional<Entry> entry = Optional.empty();
        String why = "its checksum is wrong";
        try {
            entry = segment.record(offset, end);
        } catch (ClosedByInterruptException e) {
            throw new JournalException(JournalException.Cause.BROKEN, "interrupted while reading", e);
        } catch (IOException e) {
            why = e.toString();
        }
        if (entry.isEmpty()) {
            told(segment, offset, why);
        }
        return entry;
    }

    /** Says once that a record is damaged; its segment will be put aside instead of being removed. */
    private void told(Segment segment, long offset, String why) {
        if (segments.containsKey(segment.number()) && segment.reported(offset)) {
            LOG.error("alarm=journal-damaged segment {} of {}, octet {}: {}", segment.number(), directory, offset, why);
        }
    }

    /** Waits until there is a durable entry at or behind this position; false when the time is over. */
    public boolean await(Position from, Duration timeout) {
        long nanos = timeout.toNanos();
        state.lock();
        try {
            while (!reaches(from)) {
                if (nanos <= 0 || closed) {
                    return false;
                }
                nanos = grown.awaitNanos(nanos);
            }
            return true;
        } catch (InterruptedException e) {
            return false;
        } finally {
            state.unlock();
        }
    }

    private boolean reaches(Position from) {
        if (from.generation() != generation) {
            return segments.values().stream().anyMatch(segment -> segment.readable() > Frame.SEGMENT_HEAD);
        }
        return segments.tailMap(from.segment()).values().stream()
                .anyMatch(segment -> segment.number() == from.segment()
                        ? segment.readable() > Math.max(from.offset(), Frame.SEGMENT_HEAD)
                        : segment.readable() > Frame.SEGMENT_HEAD);
    }

    /**
     * The entry at exactly this position.
     *
     * @throws JournalException {@code DAMAGED} when there is no whole one
     */
    public Entry entry(Position position) {
        Segment segment = position.generation() == generation ? segments.get(position.segment()) : null;
        if (segment == null) {
            throw new JournalException(JournalException.Cause.DAMAGED, "there is no segment for " + position);
        }
        try {
            Optional<Entry> entry = segment.record(position.offset(), segment.end());
            if (entry.isEmpty()) {
                told(segment, position.offset(), "its checksum is wrong");
            }
            return entry.orElseThrow(() ->
                    new JournalException(JournalException.Cause.DAMAGED, "there is no whole record at " + position));
        } catch (IOException e) {
            throw new JournalException(JournalException.Cause.BROKEN, position + " can't be read: " + e, e);
        }
    }

    /** The place behind the last durable entry. */
    public Position end() {
        return Optional.ofNullable(segments.lastEntry())
                .map(last -> last.getValue().at(last.getValue().end()))
                .orElse(new Position(generation, 0, 0));
    }

    /** Nobody needs anything before this position any more: whole segments before it are removed. */
    public void release(Position before) {
        if (before.generation() != generation) {
            return;
        }
        for (Segment segment : List.copyOf(segments.headMap(before.segment()).values())) {
            if (segment.number() == segments.lastKey()) {
                return;
            }
            try {
                segments.remove(segment.number());
                segment.file().close();
                Path file = Recovery.file(directory, segment.number());
                if (segment.isDamaged()) {
                    // What is behind the damage was read by nobody.
                    Recovery.moveAside(directory, storage, file);
                } else {
                    storage.delete(file);
                }
                storage.forceDirectory(directory);
            } catch (IOException e) {
                LOG.warn("segment {} of {} could not be removed: {}", segment.number(), directory, e.toString());
            }
        }
    }

    /** Writes what was accepted, and ends. */
    @Override
    public void close() {
        state.lock();
        try {
            closed = true;
            grown.signalAll();
        } finally {
            state.unlock();
        }
        try {
            writer.join();
            spare.close();
            for (Segment segment : segments.values()) {
                segment.file().close();
            }
            lock.close();
        } catch (IOException | InterruptedException e) {
            LOG.warn("{} was not closed cleanly: {}", directory, e.toString());
        }
    }
}
