package org.signalpost.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} in the middle of appending, again and again on the same directory. */
class KillTest {
    /** More with {@code -Dkill.rounds=200}. */
    private static final int ROUNDS = Integer.getInteger("kill.rounds", 5);

    @TempDir
    Path directory;

    @Test
    void every_acknowledged_record_is_there_once() throws IOException, InterruptedException {
        var acknowledged = new HashSet<Long>();
        var random = new Random(1);
        long next = 0;
        long needed = 0;
        long total = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            Appender.class.getName(),
                            directory.toString(),
                            Long.toString(next))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            long told = 0;
            int until = 20 + random.nextInt(1_200);
            try (BufferedReader out = process.inputReader()) {
                String line = out.readLine();
                for (int i = 0; i < until && line != null; i++) {
                    needed = Math.max(needed, heard(line, acknowledged));
                    told++;
                    line = out.readLine();
                }
                // By its handle: what it has said is still to be read.
                process.toHandle().destroyForcibly();
                for (; line != null; line = out.readLine()) {
                    if (line.matches("-?[0-9]+")) {
                        needed = Math.max(needed, heard(line, acknowledged));
                    }
                }
            }
            process.waitFor();
            Set<Long> found = found();
            long from = needed;
            acknowledged.removeIf(number -> number < from);
            assertThat(told).as("told in round %d", round).isPositive();
            total += told;
            assertThat(found).as("round %d", round).containsAll(acknowledged);
            next = found.stream().mapToLong(Long::longValue).max().orElse(-1) + 1;
        }
        assertThat(total).isGreaterThan(ROUNDS * 20L);
        assertThat(needed).as("segments were released").isPositive();
    }

    /** Notes what is acknowledged; gives back the first number that is needed, when that is what was said. */
    private static long heard(String line, Set<Long> acknowledged) {
        long number = Long.parseLong(line);
        if (line.startsWith("-")) {
            return -number;
        }
        acknowledged.add(number);
        return 0;
    }

    private Set<Long> found() {
        var found = new HashSet<Long>();
        try (Journal journal = Journal.open(directory, new Disk(), 1 << 20)) {
            Position at = Position.START;
            for (var some = journal.read(at, 500); !some.isEmpty(); some = journal.read(at, 500)) {
                for (Entry entry : some) {
                    assertThat(found.add(entry.id().low())).as("once").isTrue();
                    assertThat(java.nio.ByteBuffer.wrap(entry.payload()).getLong())
                            .isEqualTo(entry.id().low());
                    at = entry.next();
                }
            }
        }
        return found;
    }
}
