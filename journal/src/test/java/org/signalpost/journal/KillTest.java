package org.signalpost.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code kill -9} in the middle of appending, again and again on the same directory. */
class KillTest {
    /** More with {@code -Dkill.rounds=200}. */
    private static final int ROUNDS = Integer.getInteger("kill.rounds", 5);

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void every_acknowledged_record_is_there_once(boolean releasing) throws IOException, InterruptedException {
        var acknowledged = new HashSet<Long>();
        var random = new Random(1);
        long next = 0;
        long needed = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            Appender.class.getName(),
                            directory.toString(),
                            Long.toString(next),
                            Boolean.toString(releasing))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            var told = new HashSet<Long>();
            int until = 20 + random.nextInt(1_200);
            try (BufferedReader out = process.inputReader()) {
                String line = out.readLine();
                for (int i = 0; i < until && line != null; i++) {
                    needed = Math.max(needed, heard(line, acknowledged, told));
                    line = out.readLine();
                }
                // By its handle: what it has said is still to be read.
                process.toHandle().destroyForcibly();
                for (; line != null; line = out.readLine()) {
                    if (line.matches("-?[0-9]+")) {
                        needed = Math.max(needed, heard(line, acknowledged, told));
                    }
                }
            }
            process.waitFor();
            Set<Long> found = found();
            long from = needed;
            acknowledged.removeIf(number -> number < from);
            assertThat(told).as("told in round %d", round).isNotEmpty();
            assertThat(found).as("round %d", round).containsAll(acknowledged);
            next = found.stream().mapToLong(Long::longValue).max().orElse(-1) + 1;
        }
        // Nothing begins anew: what is gone was told as well.
        assertThat(acknowledged.size() + needed).isGreaterThan(ROUNDS * 20L);
        assertThat(needed > 0).as("segments were released").isEqualTo(releasing);
    }

    /** Notes what is acknowledged; gives back the first number that is needed, when that is what was said. */
    private static long heard(String line, Set<Long> acknowledged, Set<Long> told) {
        long number = Long.parseLong(line);
        if (line.startsWith("-")) {
            return -number;
        }
        acknowledged.add(number);
        told.add(number);
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
