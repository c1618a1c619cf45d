package org.signalpost.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The files of one log, in their order, and how far they hold durable records. Safe for any thread. */
final class Segments implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Segments.class);

    private final Path directory;
    private final Storage storage;
    private final long generation;
    private final UsedFiles used;
    private final ConcurrentSkipListMap<Long, Segment> all;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition grown = lock.newCondition();
    private boolean closed;

    /** Files of those that are released go to {@code used}. */
    Segments(Path directory, Storage storage, Recovery found, UsedFiles used) {
        this.directory = directory;
        this.storage = storage;
        this.generation = found.generation();
        this.used = used;
        this.all = new ConcurrentSkipListMap<>(found.segments());
    }

    long generation() {
        return generation;
    }

    Path directory() {
        return directory;
    }

    void add(Segment segment) {
        all.put(segment.number(), segment);
    }

    /** The segment of a position of this life of the log, if it is still there. */
    Optional<Segment> of(Position position) {
        return position.generation() == generation
                ? Optional.ofNullable(all.get(position.segment()))
                : Optional.empty();
    }

    /** Whether it is not released. */
    boolean holds(Segment segment) {
        return all.containsKey(segment.number());
    }

    Optional<Segment> last() {
        return Optional.ofNullable(all.lastEntry()).map(last -> last.getValue());
    }

    /** Those from this number on. */
    Collection<Segment> from(long number) {
        return all.tailMap(number).values();
    }

    boolean isDamaged() {
        return all.values().stream().anyMatch(Segment::isDamaged);
    }

    /** The place behind the last durable entry. */
    Position end() {
        return last().map(segment -> segment.at(segment.end())).orElse(new Position(generation, 0, 0));
    }

    /** What the segment holds before this octet is durable now. */
    void advance(Segment segment, long to) {
        lock.lock();
        try {
            segment.advance(to);
            grown.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until there is a durable entry at or behind this position; false when the time is over. */
    boolean await(Position from, Duration timeout) {
        long nanos = timeout.toNanos();
        lock.lock();
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
            lock.unlock();
        }
    }

    private boolean reaches(Position from) {
        if (from.generation() != generation) {
            return all.values().stream().anyMatch(segment -> segment.readable() > Frame.SEGMENT_HEAD);
        }
        return from(from.segment()).stream()
                .anyMatch(segment -> segment.number() == from.segment()
                        ? segment.readable() > Math.max(from.offset(), Frame.SEGMENT_HEAD)
                        : segment.readable() > Frame.SEGMENT_HEAD);
    }

    /**
     * Removes whole segments before this position, never the last; what is damaged is put aside. The oldest goes first,
     * and while it does not go nothing else does: what became of a record never goes before the record.
     */
    void release(Position before) {
        if (before.generation() != generation) {
            return;
        }
        List<Segment> released = List.copyOf(all.headMap(before.segment()).values());
        if (released.isEmpty()) {
            used.shrink();
        }
        for (Segment segment : released) {
            if (segment.number() == all.lastKey()) {
                return;
            }
            try {
                remove(segment);
            } catch (IOException e) {
                LOG.warn("segment {} of {} could not be removed: {}", segment.number(), directory, e.toString());
                return;
            }
        }
    }

    private void remove(Segment segment) throws IOException {
        Path file = Recovery.file(directory, segment.number());
        // Asked once: who reads it meanwhile may come to another answer.
        boolean damaged = segment.isDamaged();
        Optional<Path> usable = damaged ? Optional.empty() : used.renamed(segment, file);
        if (damaged) {
            // What is behind the damage was read by nobody.
            putAside(file);
        } else if (usable.isEmpty()) {
            storage.delete(file);
        }
        storage.forceDirectory(directory);
        all.remove(segment.number());
        try {
            segment.file().close();
        } finally {
            usable.ifPresent(used::add);
        }
    }

    /** Also one that an earlier try has renamed; one that is gone already is no reason to keep those behind it. */
    private void putAside(Path file) throws IOException {
        List<String> names = storage.list(directory);
        for (Path there : List.of(file, UsedFiles.name(file))) {
            if (names.contains(String.valueOf(there.getFileName()))) {
                Recovery.moveAside(directory, storage, there);
                return;
            }
        }
    }

    /** Nobody waits any longer. */
    void stop() {
        lock.lock();
        try {
            closed = true;
            grown.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() throws IOException {
        for (Segment segment : all.values()) {
            segment.file().close();
        }
    }
}
