package org.signalpost.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file of the next segment, made while the one before is being filled, of one that was used before if there is one:
 * nobody who appends waits until it is. Used by the log's writer alone; made by a thread of its own.
 */
final class Spare implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Spare.class);

    /** A name that no start takes for a segment's. */
    private static final String NAME = "spare";

    /** A smaller file is made in no time. */
    private static final long SMALLEST = 1 << 20;

    private final Path file;
    private final Storage storage;
    private final long size;
    private final UsedFiles used;
    private Optional<Thread> maker = Optional.empty();
    private volatile boolean made;

    /** Removes what an earlier life has left. */
    Spare(Path directory, Storage storage, long size, UsedFiles used) throws IOException {
        this.file = directory.resolve(NAME);
        this.storage = storage;
        this.size = size;
        this.used = used;
        if (storage.list(directory).contains(NAME)) {
            storage.delete(file);
        }
    }

    /** It will be wanted soon; does not wait. */
    void prepare() {
        if (size >= SMALLEST && maker.isEmpty()) {
            maker = Optional.of(
                    Thread.ofPlatform().name("journal spare").daemon().start(this::make));
        }
    }

    private void make() {
        try {
            fresh(file).close();
            made = true;
        } catch (IOException | RuntimeException e) {
            // Whoever wants it makes one, and says so when that fails too.
            LOG.warn("{} could not be made ahead: {}", file, e.toString());
        }
    }

    /**
     * Opens it under this name; waits while it is being made, and makes it when there is none. The directory is not
     * forced.
     */
    Storage.Segment as(Path name) throws IOException {
        finish();
        if (made) {
            made = false;
            try {
                storage.rename(file, name);
                return storage.open(name);
            } catch (IOException e) {
                LOG.warn("{} could not become {}: {}", file, name, e.toString());
                storage.delete(file);
                storage.delete(name);
            }
        }
        return fresh(name);
    }

    /** The log is quiet. */
    void rest() {
        used.shrink();
    }

    private Storage.Segment fresh(Path name) throws IOException {
        if (!used.become(name)) {
            return storage.create(name, size);
        }
        try {
            return storage.open(name);
        } catch (IOException e) {
            storage.delete(name);
            throw e;
        }
    }

    private void finish() {
        if (maker.isPresent()) {
            try {
                maker.get().join();
            } catch (InterruptedException e) {
                LOG.warn("interrupted while {} is made", file);
                made = false;
            }
            maker = Optional.empty();
        }
    }

    /** Removes it and what it could be made of; what can't be removed is removed by the next start. */
    @Override
    public void close() {
        finish();
        if (made) {
            try {
                storage.delete(file);
            } catch (IOException e) {
                LOG.warn("{} could not be removed: {}", file, e.toString());
            }
        }
        used.clear();
    }
}
