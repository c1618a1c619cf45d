package org.signalpost.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory of large bodies that records of a log name: each is there whole or not at all, whatever happens.
 *
 * <p>Safe to call from any thread; every method blocks for the disk and throws {@link JournalException} when it fails.
 */
public final class DurableFiles {
    private static final Logger LOG = LoggerFactory.getLogger(DurableFiles.class);
    private static final String FRESH = "incoming-";

    private final Path directory;
    private final Storage storage;
    private final AtomicLong count = new AtomicLong();

    private DurableFiles(Path directory, Storage storage) {
        this.directory = directory;
        this.storage = storage;
    }

    /** The directory, which is made when missing; what an earlier process left unfinished is deleted. */
    public static DurableFiles in(Path directory) {
        return in(directory, new Disk());
    }

    static DurableFiles in(Path directory, Storage storage) {
        var files = new DurableFiles(directory, storage);
        try {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            for (String name : storage.list(directory)) {
                if (name.startsWith(FRESH)) {
                    storage.delete(directory.resolve(name));
                }
            }
        } catch (IOException e) {
            throw broken(directory.toString(), e);
        }
        return files;
    }

    /** Begins a file. */
    public Fresh begin() {
        Path file = directory.resolve(FRESH + count.incrementAndGet());
        try {
            return new Fresh(file, storage.create(file, 0));
        } catch (IOException e) {
            throw broken(file.toString(), e);
        }
    }

    /** A file that is being written and has no name yet. For one thread. */
    public final class Fresh implements AutoCloseable {
        private final Path file;
        private final Storage.Segment segment;
        private final CRC32C crc = new CRC32C();
        private long size;
        private boolean open = true;
        private boolean kept;

        private Fresh(Path file, Storage.Segment segment) {
            this.file = file;
            this.segment = segment;
        }

        /** Appends octets. */
        public void write(byte[] octets, int from, int to) {
            try {
                segment.write(new ByteBuffer[] {ByteBuffer.wrap(octets, from, to - from)}, size);
            } catch (IOException e) {
                throw broken(file.toString(), e);
            }
            crc.update(octets, from, to - from);
            size += to - from;
        }

        /** The CRC-32C of what was written. */
        public long crc() {
            return crc.getValue();
        }

        /** Gives it its name; when this returns, it is on disk under it, and when it throws, it is gone. */
        public void keep(String name) {
            try {
                segment.force();
                shut();
                storage.rename(file, directory.resolve(name));
                kept = true;
                storage.forceDirectory(directory);
            } catch (IOException e) {
                forget(kept ? directory.resolve(name) : file);
                throw broken(name, e);
            }
        }

        /** What can't be deleted is not named by any record. */
        private void forget(Path path) {
            try {
                storage.delete(path);
            } catch (IOException e) {
                LOG.warn("{} stays until the next start: {}", path, e.toString());
            }
        }

        private void shut() throws IOException {
            if (open) {
                open = false;
                segment.close();
            }
        }

        /** Deletes it unless it was kept; throws nothing. */
        @Override
        public void close() {
            try {
                shut();
            } catch (IOException e) {
                LOG.warn("{} was not closed cleanly: {}", file, e.toString());
            }
            if (!kept) {
                forget(file);
            }
        }
    }

    /**
     * Reads a file.
     *
     * @throws JournalException {@code DAMAGED} when it is missing, or not of this length and CRC-32C
     */
    public byte[] read(String name, long size, long crc) {
        Path file = directory.resolve(name);
        try (Storage.Segment segment = storage.open(file)) {
            if (segment.size() != size) {
                throw new JournalException(JournalException.Cause.DAMAGED, name + " has another length");
            }
            var octets = new byte[Math.toIntExact(size)];
            int read = segment.read(ByteBuffer.wrap(octets), 0);
            var found = new CRC32C();
            found.update(octets, 0, read);
            if (read != size || found.getValue() != crc) {
                throw new JournalException(JournalException.Cause.DAMAGED, name + " is not what was written");
            }
            return octets;
        } catch (NoSuchFileException e) {
            throw new JournalException(JournalException.Cause.DAMAGED, name + " is missing", e);
        } catch (IOException e) {
            throw broken(name, e);
        }
    }

    /** Deletes a file, if it is there. */
    public void delete(String name) {
        try {
            storage.delete(directory.resolve(name));
        } catch (IOException e) {
            throw broken(name, e);
        }
    }

    /** Moves a file into another directory of the same disk, which is there. */
    public void moveAside(String name, Path elsewhere) {
        try {
            storage.rename(directory.resolve(name), elsewhere.resolve(name));
        } catch (IOException e) {
            throw broken(name, e);
        }
    }

    /** The names of the files, without those that are being written. */
    public List<String> names() {
        try {
            return storage.list(directory).stream()
                    .filter(name -> !name.startsWith(FRESH))
                    .toList();
        } catch (IOException e) {
            throw broken(directory.toString(), e);
        }
    }

    private static JournalException broken(String what, IOException e) {
        return JournalException.of(e, what + ": " + e.getMessage());
    }
}
