package org.signalpost.relay.spool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.signalpost.journal.DurableFile;
import org.signalpost.journal.DurableFiles;
import org.signalpost.journal.Entry;
import org.signalpost.journal.JournalException;
import org.signalpost.track.MessageId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where records of the mail log, and files, go that can't be read, for somebody to look at. Safe for any thread. */
public final class Quarantine {
    private static final Logger LOG = LoggerFactory.getLogger(Quarantine.class);

    private final Path directory;

    /** The directory is made when it is needed. */
    public Quarantine(Path directory) {
        this.directory = directory;
    }

    void put(Entry entry, String why) {
        var id = new MessageId(entry.id().high(), entry.id().low());
        LOG.error("alarm=quarantined message={} at={} kind={} reason={}", id, entry.position(), entry.kind(), why);
        try {
            make();
            String name = id + "-" + entry.position().segment() + "-"
                    + entry.position().offset();
            DurableFile.write(directory.resolve(name), entry.payload());
        } catch (IOException e) {
            LOG.error("alarm=quarantine message={} can't be put aside: {}", id, e.toString());
        }
    }

    /** Moves a file; where that can't be done it stays. */
    void put(DurableFiles files, String name) {
        try {
            make();
            files.moveAside(name, directory);
        } catch (IOException | JournalException e) {
            LOG.error("alarm=quarantine file={} can't be put aside: {}", name, e.toString());
        }
    }

    private void make() throws IOException {
        Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
}
