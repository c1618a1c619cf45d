package org.signalpost.journal;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;

/** A process that appends records until it is killed, and says each that is acknowledged. */
final class Appender {
    private Appender() {}

    /** The directory, and the first number. */
    public static void main(String[] arguments) throws IOException {
        var random = new Random(7);
        try (var told = new FileOutputStream(FileDescriptor.out);
                Journal journal = Journal.open(Path.of(arguments[0]), new Disk(), 1 << 20)) {
            for (long number = Long.parseLong(arguments[1]); number < Long.MAX_VALUE; number++) {
                byte[] payload = ByteBuffer.allocate(8 + random.nextInt(20_000))
                        .putLong(number)
                        .array();
                journal.append(1, new EntryId(0, number), payload);
                told.write((number + "\n").getBytes(StandardCharsets.US_ASCII));
            }
        }
    }
}
