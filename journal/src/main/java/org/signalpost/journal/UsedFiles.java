package org.signalpost.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files of segments whose records nobody needs any more: the next segments are made of them, which costs less than new
 * files do. Safe for any thread.
 */
final class UsedFiles {
    private static final Logger LOG = LoggerFactory.getLogger(UsedFiles.class);

    /** No start takes it for a segment's. */
    private static final String ENDING = ".used";

    /** How many are kept: as many as a busy log fills between two releases. */
    private static final int MOST = 8;

    /** With less room than this, in octets, none is kept. */
    private static final long ENOUGH_ROOM = 2L << 30;

    private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(1 << 20).asReadOnlyBuffer();

    private final Path directory;
    private final Storage storage;
    private final long size;
    private final Deque<Path> files = new ArrayDeque<>();

    /** Files of this size; removes what an earlier life has left in the directory. */
    UsedFiles(Path directory, Storage storage, long size) throws IOException {
        this.directory = directory;
        this.storage = storage;
        this.size = size;
        for (String name : storage.list(directory)) {
            if (name.endsWith(ENDING)) {
                delete(directory.resolve(name));
            }
        }
    }

    /** What a segment's file is called from then on. */
    static Path name(Path file) {
        return file.resolveSibling(file.getFileName() + ENDING);
    }

    /**
     * Takes a segment's name from it; empty when its file is not wanted or can't be renamed, and is to be deleted. Its
     * octets are as they were until the directory is forced and the file {@link #add added}.
     */
    Optional<Path> renamed(Segment segment, Path file) {
        Path used = name(file);
        try {
            if (isWanted()
                    && segment.file().size() == size
                    && directory.toFile().getUsableSpace() >= ENOUGH_ROOM) {
                storage.rename(file, used);
                return Optional.of(used);
            }
        } catch (IOException e) {
            LOG.warn("{} can't be used again: {}", file, e.toString());
            delete(used);
        }
        return Optional.empty();
    }

    private synchronized boolean isWanted() {
        return files.size() < MOST;
    }

    /** From now on it may be overwritten: no start can find it under a segment's name. */
    synchronized void add(Path file) {
        files.add(file);
    }

    private synchronized Optional<Path> next() {
        return Optional.ofNullable(files.poll());
    }

    /** Gives one this name, filled with zeros, which are on disk; false when there is none. */
    boolean become(Path name) {
        Optional<Path> file = next();
        if (file.isEmpty()) {
            return false;
        }
        try {
            wipe(file.get());
            storage.rename(file.get(), name);
            return true;
        } catch (IOException e) {
            LOG.warn("{} can't be used again: {}", file.get(), e.toString());
            delete(file.get());
            return false;
        }
    }

    private void wipe(Path file) throws IOException {
        try (Storage.Segment open = storage.open(file)) {
            for (long at = 0; at < size; at += ZEROS.capacity()) {
                ByteBuffer zeros = ZEROS.duplicate().limit((int) Math.min(ZEROS.capacity(), size - at));
                open.write(new ByteBuffer[] {zeros}, at);
            }
            open.force();
        }
    }

    /** Lets one go: a log that is not busy needs none. */
    void shrink() {
        // One that can't be deleted stays, lest more and more of them are made.
        next().filter(file -> !delete(file)).ifPresent(this::add);
    }

    /** Removes all. */
    void clear() {
        for (Optional<Path> file = next(); file.isPresent(); file = next()) {
            delete(file.get());
        }
    }

    private boolean delete(Path file) {
        try {
            storage.delete(file);
            return true;
        } catch (IOException e) {
            LOG.warn("{} could not be removed: {}", file, e.toString());
            return false;
        }
    }
}
