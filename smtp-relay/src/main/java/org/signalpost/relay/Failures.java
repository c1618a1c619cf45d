package org.signalpost.relay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.Consumer;
import org.signalpost.journal.DurableFile;
import org.signalpost.relay.spool.StoredMail;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps mail whose rewriting failed, when the operator wants that, so that it can be looked into. Safe to share. */
final class Failures implements Consumer<StoredMail> {
    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);
    private static final int MOST = 100;

    private final Path directory;
    private final boolean kept;

    Failures(Path directory, boolean kept) {
        this.directory = directory;
        this.kept = kept;
    }

    @Override
    public void accept(StoredMail mail) {
        if (!kept) {
            return;
        }
        try {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            try (var files = Files.list(directory)) {
                if (files.count() >= MOST) {
                    return;
                }
            }
            DurableFile.write(
                    directory.resolve(mail.id() + ".eml"), mail.message().octets());
        } catch (IOException e) {
            LOG.warn("a mail for diagnosis can't be kept: {}", e.toString());
        }
    }
}
