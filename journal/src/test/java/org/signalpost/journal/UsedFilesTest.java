package org.signalpost.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UsedFilesTest {
    private static final int SEGMENT = 1 << 20;
    private static final EntryId ID = new EntryId(1, 2);
    private static final byte[] FULL = new byte[SEGMENT - Frame.HEAD - Frame.SEGMENT_HEAD];

    @TempDir
    Path directory;

    private final FailingDisk disk = new FailingDisk();

    @BeforeEach
    void nothing_is_zero() {
        java.util.Arrays.fill(FULL, (byte) 0x55);
    }

    private List<Path> files(String ending) throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(file -> file.toString().endsWith(ending)).sorted().toList();
        }
    }

    private static Object inode(Path file) throws IOException {
        return Files.getAttribute(file, "unix:ino");
    }

    /** Fills so many segments, and waits for the next one's file; where the last begins. */
    private Position filled(Journal journal, int segments) throws InterruptedException {
        Position last = Position.START;
        for (int i = 0; i < segments; i++) {
            last = journal.append(1, ID, FULL);
        }
        waitForSpare();
        return last;
    }

    /** The same, and all but the last are released. */
    private void fill(Journal journal, int segments) throws InterruptedException {
        journal.release(filled(journal, segments));
    }

    private void waitForSpare() throws InterruptedException {
        for (int i = 0; i < 1_000 && !Files.exists(directory.resolve("spare")); i++) {
            Thread.sleep(10);
        }
        assertThat(directory.resolve("spare")).exists();
    }

    @Test
    void a_segment_is_made_of_a_released_one_and_holds_nothing_of_it() throws Exception {
        try (Journal journal = Journal.open(directory, disk, SEGMENT)) {
            fill(journal, 2);
            List<Path> used = files(".used");
            assertThat(used).hasSize(1);
            Object inode = inode(used.getFirst());

            // The spare of before was made already; the one after it is made of the used file.
            journal.append(1, ID, FULL);
            waitForSpare();
            assertThat(files(".used")).isEmpty();
            assertThat(inode(directory.resolve("spare"))).isEqualTo(inode);
            assertThat(Files.readAllBytes(directory.resolve("spare"))).containsOnly(0);

            Position next = journal.append(1, ID, new byte[] {7});
            assertThat(inode(Recovery.file(directory, next.segment()))).isEqualTo(inode);
            assertThat(journal.entry(next).payload()).containsExactly(7);
        }
        try (Journal journal = Journal.open(directory, disk, SEGMENT)) {
            assertThat(journal.isDamaged()).isFalse();
            assertThat(journal.read(Position.START, 10)).hasSize(3);
        }
    }

    @Test
    void a_few_are_kept_and_a_log_that_is_not_busy_lets_them_go() throws Exception {
        try (Journal journal = Journal.open(directory, disk, SEGMENT)) {
            fill(journal, 12);
            assertThat(files(".used")).hasSize(8);
            assertThat(files(".log")).hasSize(1);
            for (int left = 7; left >= 0; left--) {
                journal.release(journal.end());
                assertThat(files(".used")).hasSize(left);
            }
            fill(journal, 3);
            assertThat(files(".used")).isNotEmpty();
        }
        assertThat(files(".used")).isEmpty();
    }

    @Test
    void what_an_earlier_life_has_left_is_removed() throws Exception {
        Path left = Files.write(directory.resolve("00000001.log.used"), new byte[SEGMENT]);
        try (Journal journal = Journal.open(directory, disk, SEGMENT)) {
            assertThat(left).doesNotExist();
            assertThat(journal.isDamaged()).isFalse();
        }
    }

    @Test
    void one_that_cannot_be_deleted_stops_nothing_and_is_not_forgotten() throws Exception {
        try (Journal journal = Journal.open(directory, disk, SEGMENT)) {
            fill(journal, 3);
            int used = files(".used").size();
            assertThat(used).isPositive();
            disk.fail(FailingDisk.Fault.DELETE);
            journal.release(journal.end());
            disk.heal();
            assertThat(files(".used")).hasSize(used);
            journal.release(journal.end());
            assertThat(files(".used")).hasSize(used - 1);
        }
        Path left = Files.write(directory.resolve("00000001.log.used"), new byte[SEGMENT]);
        disk.fail(FailingDisk.Fault.DELETE);
        try (Journal journal = Journal.open(directory, disk, SEGMENT)) {
            assertThat(left).exists();
            assertThat(journal.isDamaged()).isFalse();
        }
    }

    @Test
    void a_damaged_segment_goes_to_quarantine_also_after_a_try_that_failed() throws Exception {
        try (Journal journal = Journal.open(directory, disk, SEGMENT)) {
            Position last = filled(journal, 3);
            Position first = new Position(last.generation(), 1, Frame.SEGMENT_HEAD);
            disk.fail(FailingDisk.Fault.DIRECTORY);
            journal.release(last);
            disk.heal();
            assertThat(files(".used")).hasSize(1);
            disk.wear(Recovery.file(directory, 1), first.offset() + 100);
            assertThat(journal.read(first, 10)).hasSizeLessThan(3);
            journal.release(last);
            assertThat(files(".log")).hasSize(1);
            assertThat(directory.resolve("quarantine")).isNotEmptyDirectory();
        }
    }

    @Test
    void one_that_cannot_be_renamed_is_deleted() throws Exception {
        try (Journal journal = Journal.open(directory, disk, SEGMENT)) {
            Position last = filled(journal, 3);
            disk.fail(FailingDisk.Fault.RENAME);
            journal.release(last);
            disk.heal();
            assertThat(files(".used")).isEmpty();
            assertThat(files(".log")).hasSize(1);
            fill(journal, 2);
            assertThat(journal.isDamaged()).isFalse();
        }
    }

    @Test
    void one_that_is_gone_is_made_anew() throws Exception {
        try (Journal journal = Journal.open(directory, disk, SEGMENT)) {
            fill(journal, 2);
            Files.delete(files(".used").getFirst());
            journal.append(1, ID, FULL);
            waitForSpare();
            Position next = journal.append(1, ID, FULL);
            assertThat(Recovery.file(directory, next.segment())).hasSize(SEGMENT);
            assertThat(journal.isDamaged()).isFalse();
        }
    }

    @Test
    void nothing_is_overwritten_that_a_power_cut_could_bring_back() throws Exception {
        try (Journal journal = Journal.open(directory, disk, SEGMENT)) {
            Position last = filled(journal, 2);
            disk.fail(FailingDisk.Fault.DIRECTORY);
            journal.release(last);
            disk.heal();
            byte[] renamed = Files.readAllBytes(files(".used").getFirst());
            assertThat(journal.entry(new Position(last.generation(), 1, Frame.SEGMENT_HEAD))
                            .payload())
                    .isEqualTo(FULL);
            journal.append(1, ID, FULL);
            waitForSpare();
            assertThat(Files.readAllBytes(files(".used").getFirst())).isEqualTo(renamed);
            journal.release(journal.end());
            assertThat(files(".log")).hasSize(1);
        }
        try (Journal journal = Journal.open(directory, disk, SEGMENT)) {
            assertThat(files(".used")).isEmpty();
            assertThat(journal.isDamaged()).isFalse();
        }
    }
}
