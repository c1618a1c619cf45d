package org.signalpost.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurableFilesTest {
    private static final String NAME = "msg_1";

    @TempDir
    Path directory;

    private static byte[] octets(int size) {
        var octets = new byte[size];
        new Random(size).nextBytes(octets);
        return octets;
    }

    private static long crc(byte[] octets) {
        var crc = new CRC32C();
        crc.update(octets);
        return crc.getValue();
    }

    private static void keep(DurableFiles files, String name, byte[] octets) {
        try (DurableFiles.Fresh fresh = files.begin()) {
            for (int from = 0; from < octets.length; from += 1_000) {
                fresh.write(octets, from, Math.min(octets.length, from + 1_000));
            }
            assertThat(fresh.crc()).isEqualTo(crc(octets));
            fresh.keep(name);
        }
    }

    private List<Path> onDisk() throws IOException {
        try (var files = Files.list(directory)) {
            return files.toList();
        }
    }

    private static void damaged(DurableFiles files, long size, long crc) {
        assertThatThrownBy(() -> files.read(NAME, size, crc))
                .isInstanceOfSatisfying(
                        JournalException.class,
                        failure -> assertThat(failure.why()).isEqualTo(JournalException.Cause.DAMAGED));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 999, 1_000, 300_000})
    void a_file_that_was_kept_is_read_as_it_was_written_until_it_is_deleted(int size) throws IOException {
        DurableFiles files = DurableFiles.in(directory);
        keep(files, NAME, octets(size));

        assertThat(files.names()).containsExactly(NAME);
        assertThat(DurableFiles.in(directory).read(NAME, size, crc(octets(size))))
                .isEqualTo(octets(size));
        assertThat(Files.getPosixFilePermissions(directory.resolve(NAME)))
                .hasSize(2)
                .allMatch(permission -> permission.name().startsWith("OWNER"));
        files.delete(NAME);
        files.delete(NAME);
        assertThat(files.names()).isEmpty();
        damaged(files, size, crc(octets(size)));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void after_a_power_cut_a_file_is_there_whole_or_not_at_all(long seed) throws IOException {
        record Cut(Map<Path, byte[]> image, List<String> kept) {}

        var random = new Random(seed);
        var disk = new CrashDisk();
        DurableFiles files = DurableFiles.in(directory.resolve("running"), disk);
        var kept = new ArrayList<String>();
        var cuts = new ArrayList<Cut>();
        disk.afterEachStep(() -> cuts.add(new Cut(disk.afterPowerCut(random), List.copyOf(kept))));
        for (int size : new int[] {0, 10, 511, 4_000, 5_000}) {
            keep(files, "kept" + size, octets(size));
            kept.add("kept" + size);
            DurableFiles.Fresh thrownAway = files.begin();
            thrownAway.write(octets(100), 0, 100);
            thrownAway.close();
        }
        assertThat(cuts).hasSizeGreaterThan(30);
        for (int i = 0; i < cuts.size(); i++) {
            Path found = directory.resolve("cut" + i);
            CrashDisk.write(cuts.get(i).image(), found);
            DurableFiles again = DurableFiles.in(found);
            assertThat(again.names()).containsAll(cuts.get(i).kept());
            for (String name : again.names()) {
                int size = Integer.parseInt(name.replace("kept", ""));
                assertThat(again.read(name, size, crc(octets(size)))).isEqualTo(octets(size));
            }
            assertThat(found.toFile().list()).noneMatch(name -> name.startsWith("incoming-"));
        }
    }

    @ParameterizedTest
    // Where a file can't be made is the start alone.
    @EnumSource(
            value = FailingDisk.Fault.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"CREATE", "DELETE"})
    void a_disk_that_fails_at_any_point_leaves_nothing_and_the_next_file_is_kept(FailingDisk.Fault fault)
            throws IOException {
        var disk = new FailingDisk();
        DurableFiles files = DurableFiles.in(directory, disk);
        for (boolean early : new boolean[] {true, false}) {
            assertThatThrownBy(() -> {
                        if (early) {
                            disk.fail(fault);
                        }
                        try (DurableFiles.Fresh fresh = files.begin()) {
                            if (!early) {
                                disk.fail(fault);
                            }
                            fresh.write(octets(100), 0, 100);
                            fresh.keep(NAME);
                        }
                    })
                    .isInstanceOfSatisfying(
                            JournalException.class,
                            failure -> assertThat(failure.why())
                                    .isEqualTo(
                                            fault == FailingDisk.Fault.FULL
                                                    ? JournalException.Cause.NO_SPACE
                                                    : JournalException.Cause.BROKEN));
            assertThat(onDisk()).isEmpty();
            disk.heal();
        }
        keep(files, NAME, octets(100));
        assertThat(files.read(NAME, 100, crc(octets(100)))).isEqualTo(octets(100));
    }

    @Test
    void every_flipped_bit_and_every_other_length_is_found() throws IOException {
        byte[] whole = octets(100);
        DurableFiles files = DurableFiles.in(directory);
        keep(files, NAME, whole);
        for (int bit = 0; bit < 8 * whole.length; bit++) {
            byte[] flipped = whole.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            Files.write(directory.resolve(NAME), flipped);
            damaged(files, whole.length, crc(whole));
        }
        for (int length = 0; length <= 2 * whole.length; length++) {
            Files.write(directory.resolve(NAME), java.util.Arrays.copyOf(whole, length));
            if (length != whole.length) {
                damaged(files, whole.length, crc(whole));
            }
        }
        Files.write(directory.resolve(NAME), whole);
        assertThat(files.read(NAME, whole.length, crc(whole))).isEqualTo(whole);
    }

    @Test
    void what_was_not_finished_goes_at_the_start_and_is_not_listed_before() throws IOException {
        DurableFiles files = DurableFiles.in(directory);
        keep(files, NAME, octets(10));
        DurableFiles.Fresh unfinished = files.begin();
        unfinished.write(octets(10), 0, 10);
        Files.write(directory.resolve("incoming-7.new"), new byte[1]);

        assertThat(files.names()).containsExactly(NAME);
        DurableFiles again = DurableFiles.in(directory);
        assertThat(onDisk()).containsExactly(directory.resolve(NAME));
        keep(again, "msg_2", octets(20));
        assertThat(again.names()).containsExactly(NAME, "msg_2");
        unfinished.close();
    }

    @Test
    void a_file_is_moved_aside_as_it_is() throws IOException {
        DurableFiles files = DurableFiles.in(directory.resolve("files"));
        keep(files, NAME, octets(10));
        files.moveAside(NAME, directory);
        assertThat(files.names()).isEmpty();
        assertThat(directory.resolve(NAME)).hasBinaryContent(octets(10));
    }
}
