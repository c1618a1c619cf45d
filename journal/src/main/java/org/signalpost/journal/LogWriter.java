package org.signalpost.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts records at the end of a log, in the order in which they came: one thread takes what came in while the last force
 * ran, writes it, forces once, and tells. {@link #append} may be called from any thread.
 */
final class LogWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LogWriter.class);
    private static final int QUEUE = 10_000;
    private static final int BATCH_OCTETS = 8 << 20;
    /** For so many waits of 50 ms nothing came: what a busy log needs can go. */
    private static final int QUIET = 100;

    private static final long FAILING = Duration.ofSeconds(10).toNanos();

    private final Segments segments;
    private final Storage storage;
    private final long segmentSize;
    private final BlockingQueue<Pending> queue = new ArrayBlockingQueue<>(QUEUE);
    private final Spare spare;
    private final Thread thread;

    // Written by the writer's own thread only.
    private volatile Optional<Segment> current;
    private long newest;
    private volatile boolean rollWanted;
    private volatile boolean closed;
    private volatile boolean ended;
    private volatile OptionalLong failedAt = OptionalLong.empty();
    private volatile Journal.Figures figures = new Journal.Figures(0, 0, 0, 0);

    LogWriter(Segments segments, Storage storage, long segmentSize, Recovery found, Spare spare) {
        this.segments = segments;
        this.storage = storage;
        this.segmentSize = segmentSize;
        this.current = segments.last();
        this.newest = found.newest();
        this.rollWanted = found.roll();
        this.spare = spare;
        this.thread = Thread.ofPlatform()
                .name("journal " + segments.directory().getFileName())
                .daemon()
                .unstarted(this::write);
    }

    void start() {
        thread.start();
    }

    /** A record that is to be written, and who is told; never compared with another. */
    record Pending(
            int kind,
            EntryId id,
            @SuppressWarnings("ArrayRecordComponent") byte[] payload,
            Journal.Completion completion) {
        private int length() {
            return Frame.HEAD + payload.length;
        }
    }

    /** Queues a record; what can't be queued fails at once. */
    void append(Pending pending) {
        if (closed) {
            pending.completion().failed(closedFailure());
        } else if (!queue.offer(pending)) {
            pending.completion()
                    .failed(new JournalException(JournalException.Cause.OVERLOADED, "the log's queue is full"));
        } else if (ended) {
            refuseTheRest();
        }
    }

    /** Nothing more is put into this segment: what would stand behind its damage could not be read. */
    void leave(Segment segment) {
        rollWanted |= current.filter(now -> now == segment).isPresent();
    }

    Journal.Figures figures() {
        return figures;
    }

    boolean isStrained() {
        return queue.size() * 5 > QUEUE * 4;
    }

    boolean isFailing() {
        OptionalLong at = failedAt;
        return closed || (at.isPresent() && System.nanoTime() - at.getAsLong() < FAILING);
    }

    private static JournalException closedFailure() {
        return new JournalException(JournalException.Cause.CLOSED, "the log is closed");
    }

    private void refuseTheRest() {
        var rest = new ArrayList<Pending>();
        queue.drainTo(rest);
        rest.forEach(pending -> told(pending.completion(), closedFailure()));
    }

    private void write() {
        try {
            Optional<Pending> first = Optional.empty();
            int waits = 0;
            while (!closed || first.isPresent() || !queue.isEmpty()) {
                var batch = new ArrayList<Pending>();
                first = gather(first, batch);
                waits = batch.isEmpty() ? waits + 1 : 0;
                if (!batch.isEmpty()) {
                    store(batch);
                } else if (waits % QUIET == 0) {
                    spare.rest();
                }
            }
        } catch (RuntimeException | Error e) {
            LOG.error("alarm=journal-writer the log {} has ended: {}", segments.directory(), e.toString(), e);
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
            return Optional.ofNullable(queue.poll(50, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            return Optional.empty();
        }
    }

    /** Writes a batch, a group for each segment it reaches into. */
    private void store(List<Pending> batch) {
        int from = 0;
        while (from < batch.size()) {
            Segment segment;
            try {
                segment = withRoomFor(batch.get(from));
            } catch (IOException | RuntimeException e) {
                // All of them, for the next would only have the same disk make the same file again.
                fail(batch.subList(from, batch.size()), e);
                return;
            }
            List<Pending> group = batch.subList(from, from + fitting(segment, batch, from));
            try {
                store(segment, group);
            } catch (IOException | RuntimeException e) {
                fail(group, e);
            }
            from += group.size();
        }
    }

    /** How many from this one on there is room for. */
    private int fitting(Segment segment, List<Pending> batch, int from) {
        long room = segmentSize - segment.end();
        int to = from;
        while (to < batch.size() && batch.get(to).length() <= room) {
            room -= batch.get(to).length();
            to++;
        }
        return to - from;
    }

    private Segment withRoomFor(Pending pending) throws IOException {
        if (current.isEmpty() || rollWanted || current.get().end() + pending.length() > segmentSize) {
            rollWanted = false;
            // Never a number for the second time, whatever became of the file that had it.
            newest++;
            long number = newest;
            current = Optional.empty();
            Path name = Recovery.file(segments.directory(), number);
            Storage.Segment file = spare.as(name);
            var segment = new Segment(segments.generation(), number, file, Frame.SEGMENT_HEAD);
            try {
                storage.forceDirectory(segments.directory());
                file.write(new ByteBuffer[] {Frame.segmentHead(segments.generation(), number)}, 0);
                file.force();
            } catch (IOException e) {
                file.close();
                storage.delete(name);
                throw e;
            }
            segments.add(segment);
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
            buffers[2 * i] = Frame.head(segment.at(at), pending.kind(), pending.id(), pending.payload());
            buffers[2 * i + 1] = ByteBuffer.wrap(pending.payload());
            at += pending.length();
        }
        long began = System.nanoTime();
        segment.file().write(buffers, segment.end());
        segment.file().force();
        figures = figures.and(group.size(), at - segment.end(), System.nanoTime() - began);
        failedAt = OptionalLong.empty();
        segments.advance(segment, at);
        for (int i = 0; i < positions.size(); i++) {
            told(group.get(i).completion(), positions.get(i));
        }
        if (at > segmentSize / 2) {
            spare.prepare();
        }
    }

    private static void told(Journal.Completion completion, Position position) {
        try {
            completion.appended(position);
        } catch (RuntimeException e) {
            LOG.error("alarm=journal-completion a completion failed: {}", e.toString(), e);
        }
    }

    private static void told(Journal.Completion completion, JournalException failure) {
        try {
            completion.failed(failure);
        } catch (RuntimeException e) {
            LOG.error("alarm=journal-completion a completion failed: {}", e.toString(), e);
        }
    }

    private void fail(List<Pending> group, Exception why) {
        String message = String.valueOf(why.getMessage());
        failedAt = OptionalLong.of(System.nanoTime());
        LOG.error("alarm=journal-write {} could not be written: {}", segments.directory(), message);
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
        group.forEach(pending -> told(pending.completion(), failure));
    }

    /** Takes nothing more. */
    void stop() {
        closed = true;
    }

    /** Waits until what was taken is written, or has failed. */
    @Override
    public void close() {
        stop();
        try {
            thread.join();
        } catch (InterruptedException e) {
            LOG.warn("interrupted while the log {} is written", segments.directory());
        }
        spare.close();
    }
}
