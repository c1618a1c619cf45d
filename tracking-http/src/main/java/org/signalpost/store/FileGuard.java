package org.signalpost.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.signalpost.journal.DurableFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that H2's file is brought up to date whole or not at all. H2 commits each statement that changes tables by
 * itself: a kill between two of them leaves tables that no version of the program knows. So the file as it was lies
 * beside it meanwhile, or an empty one where there was none. For one thread, with the database closed.
 */
final class FileGuard {
    private static final Logger LOG = LoggerFactory.getLogger(FileGuard.class);
    private static final int MEGABYTE = 1 << 20;

    /** What is left to the logs, in octets. */
    private static final long ROOM = 256L << 20;

    private final Path directory;
    private final Path file;
    private final Path before;

    FileGuard(Path file) {
        Path absolute = file.toAbsolutePath();
        this.directory = Optional.ofNullable(absolute.getParent()).orElse(absolute);
        this.file = file;
        this.before = file.resolveSibling(file.getFileName() + ".before");
    }

    /** Whether there is a file to be brought up to date. */
    boolean isThere() {
        return Files.exists(file);
    }

    /** Puts the file back as it was when somebody was killed while bringing it up to date. */
    void recover() {
        try {
            if (!Files.exists(before)) {
                return;
            }
            LOG.warn("the database was being brought up to date when the program ended; that begins anew");
            if (Files.size(before) == 0) {
                Files.deleteIfExists(file);
                Files.delete(before);
            } else {
                Files.move(before, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
            DurableFile.force(directory);
        } catch (IOException e) {
            throw new Unavailable("the file of the database can't be put back as it was: " + e, e);
        }
    }

    /**
     * Keeps the file as it is.
     *
     * @throws Unavailable when it can't be copied, or would leave too little room for the logs
     */
    void begin() {
        Path copy = file.resolveSibling(file.getFileName() + ".copying");
        try {
            Files.createDirectories(directory);
            if (isThere()) {
                copy(copy);
            } else {
                Files.write(copy, new byte[0]);
            }
            DurableFile.force(copy);
            Files.move(copy, before, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            DurableFile.force(directory);
        } catch (IOException e) {
            throw new Unavailable("the file of the database can't be copied: " + e, e);
        }
    }

    private void copy(Path copy) throws IOException {
        long size = Files.size(file);
        long free = Files.getFileStore(directory).getUsableSpace();
        // The migration may write all of it once more.
        if (free < 2 * size + ROOM) {
            throw new IOException("bringing it up to date wants " + (2 * size + ROOM) / MEGABYTE + " MB, and "
                    + free / MEGABYTE + " MB are free");
        }
        LOG.info("the database is copied before it is brought up to date ({} MB)", size / MEGABYTE);
        try {
            Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            // Half a copy is of no use, and the logs need the room.
            Files.deleteIfExists(copy);
            throw e;
        }
    }

    /** The file is up to date: what it was is no longer kept. */
    void done() {
        try {
            if (Files.deleteIfExists(before)) {
                DurableFile.force(directory);
            }
        } catch (IOException e) {
            throw new Unavailable("the copy of the database can't be removed: " + e, e);
        }
    }
}
