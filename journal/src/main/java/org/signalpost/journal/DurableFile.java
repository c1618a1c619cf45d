package org.signalpost.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/** A small file that is there whole or not at all, whatever happens; for keys. Safe to call from any thread. */
public final class DurableFile {
    private DurableFile() {}

    /**
     * Writes the file (mode 0600): under a temporary name, forced, renamed, its directory forced. Blocks.
     *
     * @throws IOException when it can't; what was there before is still there
     */
    public static void write(Path file, byte[] octets) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        if (directory == null) {
            throw new IOException("not a file: " + file);
        }
        Path temporary = Files.createTempFile(
                directory,
                "." + file.getFileName(),
                ".new",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            fill(temporary, octets);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            // On a full disk half a file is in everybody's way.
            Files.deleteIfExists(temporary);
            throw e;
        }
        try (FileChannel entries = FileChannel.open(directory, StandardOpenOption.READ)) {
            entries.force(/* metaData= */ true);
        }
    }

    private static void fill(Path file, byte[] octets) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            var buffer = ByteBuffer.wrap(octets);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(/* metaData= */ true);
        }
    }

    /** Forces a file that is there, or the entries of a directory, to disk. Blocks. */
    public static void force(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(/* metaData= */ true);
        }
    }
}
