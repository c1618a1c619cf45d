package org.signalpost.relay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether the disk has room for more mail; looks once a second at most. Safe to share. */
final class Room implements BooleanSupplier {
    private static final Logger LOG = LoggerFactory.getLogger(Room.class);
    private static final long SECOND = 1_000_000_000;

    private final Path directory;
    private final long wanted;
    private volatile long lookedAt;
    private volatile boolean enough = true;

    /** So many octets are to be free. */
    Room(Path directory, long wanted) {
        this.directory = directory;
        this.wanted = wanted;
        this.lookedAt = System.nanoTime() - SECOND;
    }

    @Override
    public boolean getAsBoolean() {
        long now = System.nanoTime();
        if (now - lookedAt >= SECOND) {
            lookedAt = now;
            boolean was = enough;
            enough = look();
            if (was && !enough) {
                LOG.error("alarm=disk less than {} MB free in {}; no mail is taken", wanted >> 20, directory);
            }
        }
        return enough;
    }

    private boolean look() {
        try {
            return Files.getFileStore(directory).getUsableSpace() > wanted;
        } catch (IOException e) {
            // Nothing is known; whether a mail can be kept is found out by keeping it.
            return true;
        }
    }
}
