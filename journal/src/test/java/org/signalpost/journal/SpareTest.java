package org.signalpost.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpareTest {
    private static final long SEGMENT = 1 << 20;
    private static final EntryId ID = new EntryId(1, 2);

    @TempDir
    Path directory;

    private final FailingDisk disk = new FailingDisk();

    private Path spare() {
        return directory.resolve("spare");
    }

    private static void fillThreeQuarters(Journal journal) {
        for (int i = 0; i < 3; i++) {
            journal.append(1, ID, new byte[(int) SEGMENT / 4]);
        }
    }

    private void waitForSpare() throws InterruptedException {
        for (int i = 0; i < 1_000 && !Files.exists(spare()); i++) {
            Thread.sleep(10);
        }
        assertThat(spare()).exists().hasSize(SEGMENT);
    }

    @Test
    void the_next_segment_is_there_before_it_is_wanted_and_becomes_it() throws InterruptedException {
        try (Journal journal = Journal.open(directory, disk, SEGMENT)) {
            journal.append(1, ID, new byte[10]);
            assertThat(spare()).doesNotExist();
            fillThreeQuarters(journal);
            waitForSpare();
            disk.fail(FailingDisk.Fault.CREATE);
            Position next = journal.append(1, ID, new byte[(int) SEGMENT / 2]);
            assertThat(next.segment()).isEqualTo(2);
            assertThat(Recovery.file(directory, 2)).exists().hasSize(SEGMENT);
            assertThat(journal.read(Position.START, 10)).hasSize(5);
        }
        assertThat(spare()).doesNotExist();
    }

    @Test
    void what_an_earlier_life_has_left_is_no_segment() throws IOException {
        Files.write(spare(), new byte[(int) SEGMENT]);
        try (Journal journal = Journal.open(directory, disk, SEGMENT)) {
            assertThat(journal.isDamaged()).isFalse();
            assertThat(spare()).doesNotExist();
        }
    }

    @Test
    void one_that_cannot_be_made_or_named_costs_nothing_but_time() throws InterruptedException {
        try (Journal journal = Journal.open(directory, disk, SEGMENT)) {
            journal.append(1, ID, new byte[10]);
            fillThreeQuarters(journal);
            waitForSpare();
            disk.fail(FailingDisk.Fault.RENAME);
            // More than is left, and less than the half at which the next one would be made at once.
            journal.append(1, ID, new byte[(int) SEGMENT / 3]);
            assertThat(spare()).doesNotExist();

            disk.fail(FailingDisk.Fault.CREATE);
            journal.append(1, ID, new byte[(int) SEGMENT / 4]);
            disk.heal();
            journal.append(1, ID, new byte[(int) SEGMENT / 2]);
            assertThat(journal.read(Position.START, 10)).hasSize(7);
        }
    }
}
