package org.signalpost.journal;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Random;

/**
 * A process that appends records until it is killed, and says each that is acknowledged. When it releases it keeps
 * three segments; before it lets older ones go it says, with a minus, which number is the first that is needed.
 */
final class Appender {
    private Appender() {}

    /** The directory, the first number, and whether to release. */
    public static void main(String[] arguments) throws IOException {
        var random = new Random(7);
        boolean releasing = Boolean.parseBoolean(arguments[2]);
        try (var told = new FileOutputStream(FileDescriptor.out);
                Journal journal = Journal.open(Path.of(arguments[0]), new Disk(), 1 << 20)) {
            var firsts = new ArrayDeque<Position>();
            var numbers = new ArrayDeque<Long>();
            for (long number = Long.parseLong(arguments[1]); number < Long.MAX_VALUE; number++) {
                byte[] payload = ByteBuffer.allocate(8 + random.nextInt(20_000))
                        .putLong(number)
                        .array();
                Position at = journal.append(1, new EntryId(0, number), payload);
                told.write((number + "\n").getBytes(StandardCharsets.US_ASCII));
                if (firsts.isEmpty() || firsts.getLast().segment() != at.segment()) {
                    firsts.add(at);
                    numbers.add(number);
                }
                if (releasing && firsts.size() > 3) {
                    firsts.removeFirst();
                    numbers.removeFirst();
                    told.write(("-" + numbers.getFirst() + "\n").getBytes(StandardCharsets.US_ASCII));
                    journal.release(firsts.getFirst());
                }
            }
        }
    }
}
