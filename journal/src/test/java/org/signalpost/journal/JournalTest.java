package org.signalpost.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
    private static final EntryId ID = new EntryId(1, 2);
    private static final long SMALL = 600;

    @TempDir
    Path directory;

    private static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static List<String> texts(Journal journal) {
        return journal.read(Position.START, 10_000).stream()
                .map(entry -> new String(entry.payload(), StandardCharsets.ISO_8859_1))
                .toList();
    }

    private Journal small() {
        return Journal.open(directory, new Disk(), SMALL);
    }

    private List<String> reopened() {
        try (Journal journal = small()) {
            return texts(journal);
        }
    }

    private Path segment(long number) {
        return Recovery.file(directory, number);
    }

    /** The octets of a record that stands there. */
    private static ByteBuffer record(Position at, int kind, EntryId id, byte[] payload) {
        return ByteBuffer.allocate(Frame.HEAD + payload.length)
                .put(Frame.head(at, kind, id, payload))
                .put(payload)
                .flip();
    }

    @Test
    void gives_back_what_was_appended_in_order_and_after_a_restart() {
        try (Journal journal = small()) {
            for (int i = 0; i < 100; i++) {
                Position at = journal.append(i, new EntryId(i, -i), octets("record " + i));
                Entry entry = journal.entry(at);
                assertThat(entry.kind()).isEqualTo(i);
                assertThat(entry.id()).isEqualTo(new EntryId(i, -i));
            }
            assertThat(texts(journal)).hasSize(100);
        }
        assertThat(reopened())
                .isEqualTo(IntStream.range(0, 100).mapToObj(i -> "record " + i).toList());
    }

    @Test
    void a_reader_goes_on_from_where_it_was_over_segments_and_restarts() {
        var read = new ArrayList<String>();
        Position reached = Position.START;
        for (int round = 0; round < 5; round++) {
            try (Journal journal = small()) {
                for (int i = 0; i < 20; i++) {
                    journal.append(1, ID, octets(round + "/" + i));
                }
                List<Entry> some = journal.read(reached, 7);
                while (!some.isEmpty()) {
                    for (Entry entry : some) {
                        read.add(new String(entry.payload(), StandardCharsets.ISO_8859_1));
                        assertThat(entry.next()).isGreaterThan(entry.position()).isGreaterThan(reached);
                        reached = entry.next();
                    }
                    some = journal.read(reached, 7);
                }
            }
        }
        assertThat(read).hasSize(100).doesNotHaveDuplicates();
    }

    @Test
    void waits_for_what_is_not_there_yet() {
        try (Journal journal = small()) {
            assertThat(journal.await(Position.START, Duration.ofMillis(1))).isFalse();
            Position at = journal.append(1, ID, octets("x"));
            assertThat(journal.await(Position.START, Duration.ofSeconds(10))).isTrue();
            assertThat(journal.await(at, Duration.ofSeconds(10))).isTrue();
            assertThat(journal.await(journal.end(), Duration.ofMillis(1))).isFalse();
            Thread.ofVirtual().start(() -> journal.append(1, ID, octets("y")));
            assertThat(journal.await(journal.end(), Duration.ofSeconds(10))).isTrue();
        }
    }

    @Test
    void many_writers_each_get_a_place_of_their_own() {
        Map<Position, String> places = new ConcurrentHashMap<>();
        try (Journal journal = Journal.open(directory)) {
            try (var writers = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int w = 0; w < 64; w++) {
                    String name = "writer " + w;
                    writers.execute(() -> {
                        for (int i = 0; i < 50; i++) {
                            places.put(journal.append(1, ID, octets(name + "/" + i)), name + "/" + i);
                        }
                    });
                }
            }
            assertThat(places).hasSize(64 * 50);
            assertThat(texts(journal)).isEqualTo(List.copyOf(new TreeMap<>(places).values()));
        }
    }

    @Test
    void removes_whole_segments_that_nobody_needs() {
        try (Journal journal = small()) {
            Position last = Position.START;
            for (int i = 0; i < 60; i++) {
                last = journal.append(1, ID, octets("record " + i));
            }
            assertThat(Files.exists(segment(1))).isTrue();
            journal.release(last);
            assertThat(Files.exists(segment(1))).isFalse();
            assertThat(texts(journal)).isNotEmpty().last().isEqualTo("record 59");
            assertThatThrownBy(() -> journal.entry(new Position(last(journal), 1, Frame.SEGMENT_HEAD)))
                    .isInstanceOf(JournalException.class);
        }
        assertThat(reopened()).last().isEqualTo("record 59");
    }

    private static long last(Journal journal) {
        return journal.end().generation();
    }

    @Test
    void a_record_cut_at_any_octet_is_gone_and_all_before_it_are_kept() throws IOException {
        Position last;
        try (Journal journal = small()) {
            journal.append(1, ID, octets("first"));
            last = journal.append(2, ID, octets("the last"));
        }
        byte[] whole = Files.readAllBytes(segment(1));
        int end = (int) last.offset() + Frame.HEAD + "the last".length();
        for (int cut = (int) last.offset(); cut < end; cut++) {
            byte[] torn = whole.clone();
            java.util.Arrays.fill(torn, cut, torn.length, (byte) 0);
            Files.write(segment(1), torn);
            try (Journal journal = small()) {
                assertThat(texts(journal)).containsExactly("first");
                journal.append(3, ID, octets("after"));
            }
            assertThat(reopened()).containsExactly("first", "after");
        }
    }

    @Test
    void a_bit_flipped_in_any_octet_is_found_and_later_segments_are_read() throws IOException {
        try (Journal journal = small()) {
            for (int i = 0; i < 30; i++) {
                journal.append(1, ID, octets("record " + i));
            }
        }
        byte[] whole = Files.readAllBytes(segment(1));
        List<String> all = reopened();
        for (int bit = 0; bit < 8 * (Frame.SEGMENT_HEAD + 3 * (Frame.HEAD + 8)); bit += 7) {
            byte[] damaged = whole.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            Files.write(segment(1), damaged);
            List<String> left = reopened();
            assertThat(all).containsAll(left);
            // A damaged head costs nothing: the records say themselves where they belong.
            assertThat(left.size()).isLessThanOrEqualTo(all.size() - (bit < 8 * Frame.SEGMENT_HEAD ? 0 : 1));
            assertThat(left).last().isEqualTo("record 29");
            if (left.size() < all.size()) {
                assertThat(directory.resolve("quarantine").toFile().list()).isNotEmpty();
            }
        }
    }

    @Test
    void a_record_inside_a_payload_or_copied_to_another_place_is_no_record() throws IOException {
        long generation;
        try (Journal journal = small()) {
            generation = journal.end().generation();
            journal.append(1, ID, octets("first"));
        }
        long end = Frame.SEGMENT_HEAD + Frame.HEAD + 5;
        ByteBuffer copy = record(new Position(generation, 1, Frame.SEGMENT_HEAD), 1, ID, octets("first"));
        byte[] file = Files.readAllBytes(segment(1));
        copy.get(file, (int) end, copy.remaining());
        Files.write(segment(1), file);
        try (Journal journal = small()) {
            assertThat(texts(journal)).containsExactly("first");
            byte[] forged = record(new Position(generation, 1, end + Frame.HEAD), 9, ID, octets("forged"))
                    .array();
            journal.append(1, ID, forged);
        }
        assertThat(reopened()).hasSize(2).first().isEqualTo("first");
    }

    @Test
    void goes_on_after_the_disk_refused_a_write_or_a_force() {
        for (FailingDisk.Fault fault : EnumSet.range(FailingDisk.Fault.FULL, FailingDisk.Fault.DEAD)) {
            Path own = directory.resolve(fault.name());
            var disk = new FailingDisk();
            try (Journal journal = Journal.open(own, disk, SMALL)) {
                journal.append(1, ID, octets("before"));
                disk.fail(fault);
                assertThatThrownBy(() -> journal.append(1, ID, octets("lost")))
                        .isInstanceOfSatisfying(
                                JournalException.class,
                                failure -> assertThat(failure.why())
                                        .isEqualTo(
                                                fault == FailingDisk.Fault.FULL
                                                        ? JournalException.Cause.NO_SPACE
                                                        : JournalException.Cause.BROKEN));
                disk.heal();
                journal.append(1, ID, octets("after"));
                assertThat(texts(journal)).containsExactly("before", "after");
            }
            try (Journal journal = Journal.open(own, new Disk(), SMALL)) {
                assertThat(texts(journal)).containsExactly("before", "after");
            }
        }
    }

    @Test
    void a_second_opening_is_refused() {
        try (Journal journal = small()) {
            assertThatThrownBy(this::small)
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining("in use by another process");
            journal.append(1, ID, octets("still fine"));
        }
    }

    @Test
    void too_much_is_refused_and_a_closed_log_says_so() {
        Journal journal = small();
        assertThatThrownBy(() -> journal.append(1, ID, new byte[Journal.LONGEST_PAYLOAD + 1]))
                .isInstanceOf(JournalException.class);
        journal.close();
        assertThatThrownBy(() -> journal.append(1, ID, new byte[1]))
                .isInstanceOfSatisfying(
                        JournalException.class,
                        failure -> assertThat(failure.why()).isEqualTo(JournalException.Cause.CLOSED));
    }

    @Test
    void a_segment_without_a_head_is_put_aside_and_its_number_is_not_used_again() throws IOException {
        try (Journal journal = small()) {
            journal.append(1, ID, octets("before"));
        }
        // What a crash between the creation of a file and the force of its head leaves.
        Files.write(segment(2), new byte[(int) SMALL]);
        for (int round = 0; round < 3; round++) {
            try (Journal journal = small()) {
                for (int i = 0; i < 30; i++) {
                    journal.append(1, ID, octets("record " + i));
                }
            }
        }
        assertThat(reopened()).hasSize(91).first().isEqualTo("before");
        assertThat(directory.resolve("quarantine").resolve("00000002.log")).exists();
    }

    @Test
    void a_bit_flipped_in_any_octet_of_the_last_segment_costs_no_record_before_it_and_no_later_one()
            throws IOException {
        Position second;
        try (Journal journal = small()) {
            journal.append(1, ID, octets("one"));
            second = journal.append(1, ID, octets("two"));
        }
        byte[] whole = Files.readAllBytes(segment(1));
        for (int bit = 0; bit < 8 * (second.offset() + Frame.HEAD + 3); bit += 7) {
            for (Path file : List.of(segment(2), segment(3))) {
                Files.deleteIfExists(file);
            }
            byte[] damaged = whole.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            Files.write(segment(1), damaged);
            try (Journal journal = small()) {
                journal.append(1, ID, octets("after"));
            }
            List<String> left = reopened();
            assertThat(left).last().isEqualTo("after");
            if (bit >= 8 * second.offset()) {
                assertThat(left).containsExactly("one", "after");
            } else if (bit >= 8 * (Frame.SEGMENT_HEAD + Integer.BYTES)) {
                // Its length still leads to the next one.
                assertThat(left).containsExactly("two", "after");
            }
        }
    }

    @Test
    void a_file_cut_short_is_read_to_its_cut() throws IOException {
        Position last;
        try (Journal journal = small()) {
            journal.append(1, ID, octets("first"));
            last = journal.append(2, ID, octets("the last"));
        }
        byte[] whole = Files.readAllBytes(segment(1));
        for (int cut = (int) last.offset(); cut < last.offset() + Frame.HEAD + 8; cut++) {
            Files.write(segment(1), java.util.Arrays.copyOf(whole, cut));
            try (Journal journal = small()) {
                assertThat(texts(journal)).containsExactly("first");
                journal.append(3, ID, octets("after"));
            }
            assertThat(reopened()).containsExactly("first", "after");
        }
    }

    @Test
    void damage_while_it_runs_is_said_once_and_makes_nobody_spin() throws IOException {
        try (Journal journal = small()) {
            journal.append(1, ID, octets("one"));
            Position second = journal.append(1, ID, octets("two"));
            byte[] file = Files.readAllBytes(segment(1));
            file[(int) second.offset() + Frame.HEAD] ^= 1;
            Files.write(segment(1), file);

            assertThat(journal.read(second, 10)).isEmpty();
            assertThat(journal.await(second, Duration.ofMillis(1))).isFalse();
            journal.append(1, ID, octets("three"));
            assertThat(journal.await(second, Duration.ofSeconds(5))).isTrue();
            Entry third = journal.read(second, 10).getFirst();
            assertThat(third.payload()).isEqualTo(octets("three"));
            journal.release(third.position());
            assertThat(directory.resolve("quarantine").resolve("00000001.log")).exists();
        }
    }

    @Test
    void an_interrupted_reader_hurts_nobody_else() throws InterruptedException {
        try (Journal journal = small()) {
            Position at = journal.append(1, ID, octets("one"));
            Thread reader = Thread.ofPlatform().start(() -> {
                Thread.currentThread().interrupt();
                assertThatThrownBy(() -> journal.read(at, 1)).isInstanceOf(JournalException.class);
            });
            reader.join();
            assertThat(texts(journal)).containsExactly("one");
            journal.append(1, ID, octets("two"));
            assertThat(texts(journal)).containsExactly("one", "two");
        }
    }

    @Test
    void small_segments_take_what_fits_into_one_and_are_read_by_whoever_uses_larger_ones() {
        try (Journal journal = Journal.open(directory, 4 << 10)) {
            assertThat(journal.segmentOctets()).isEqualTo(4 << 10);
            journal.append(1, ID, new byte[journal.longestPayload()]);
            assertThatThrownBy(() -> journal.append(1, ID, new byte[journal.longestPayload() + 1]))
                    .isInstanceOfSatisfying(
                            JournalException.class,
                            failure -> assertThat(failure.why()).isEqualTo(JournalException.Cause.TOO_LONG));
            journal.append(1, ID, octets("two"));
            assertThat(journal.end().segment()).isEqualTo(2);
        }
        try (Journal journal = Journal.open(directory)) {
            assertThat(journal.longestPayload()).isEqualTo(Journal.LONGEST_PAYLOAD);
            journal.append(1, ID, octets("three"));
            assertThat(texts(journal)).hasSize(3).endsWith("two", "three");
        }
        assertThatThrownBy(() -> Journal.open(directory, 100)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void damage_is_known_whether_the_start_or_a_reader_met_it() throws IOException {
        Position second;
        try (Journal journal = small()) {
            journal.append(1, ID, octets("one"));
            second = journal.append(1, ID, octets("two"));
            journal.append(1, ID, octets("three"));
            assertThat(journal.isDamaged()).isFalse();
        }
        byte[] file = Files.readAllBytes(segment(1));
        try (Journal journal = small()) {
            assertThat(journal.isDamaged()).isFalse();
            byte[] damaged = file.clone();
            damaged[(int) second.offset() + Frame.HEAD] ^= 1;
            Files.write(segment(1), damaged);
            assertThatThrownBy(() -> journal.entry(second)).isInstanceOf(JournalException.class);
            assertThat(journal.isDamaged()).isTrue();
        }
        try (Journal journal = small()) {
            assertThat(journal.isDamaged()).as("before anything is read").isTrue();
            assertThat(texts(journal)).containsExactly("one", "three");
        }
    }

    @Test
    void a_completion_that_throws_ends_nothing() {
        try (Journal journal = small()) {
            var thrower = new Journal.Completion() {
                @Override
                public void appended(Position position) {
                    throw new IllegalStateException("appended");
                }

                @Override
                public void failed(JournalException failure) {
                    throw new IllegalStateException("failed");
                }
            };
            journal.append(1, ID, octets("one"), thrower);
            journal.append(1, ID, octets("two"));
            assertThat(texts(journal)).containsExactly("one", "two");
        }
    }

    @Test
    void a_full_queue_is_said_at_once_and_nothing_that_was_taken_is_lost() throws InterruptedException {
        var disk = new FailingDisk();
        var kept = new java.util.concurrent.atomic.AtomicInteger();
        var refused = new java.util.concurrent.atomic.AtomicInteger();
        var counting = new Journal.Completion() {
            @Override
            public void appended(Position position) {
                kept.incrementAndGet();
            }

            @Override
            public void failed(JournalException failure) {
                assertThat(failure.why()).isEqualTo(JournalException.Cause.OVERLOADED);
                refused.incrementAndGet();
            }
        };
        int all = 25_000;
        try (Journal journal = Journal.open(directory, disk, 64 << 20)) {
            journal.append(1, ID, octets("first"));
            disk.hold();
            for (int i = 0; i < all; i++) {
                journal.append(1, ID, octets("x"), counting);
            }
            assertThat(refused.get()).isGreaterThan(0);
            disk.letGo();
        }
        assertThat(kept.get() + refused.get()).isEqualTo(all);
        try (Journal journal = Journal.open(directory, new Disk(), 64 << 20)) {
            assertThat(journal.read(Position.START, 2 * all)).hasSize(1 + kept.get());
        }
    }

    @Test
    void an_octet_that_the_disk_does_not_give_back_costs_what_is_behind_it_in_its_segment() throws IOException {
        var written = new ArrayList<String>();
        try (Journal journal = small()) {
            for (int i = 0; i < 40; i++) {
                written.add("record " + i);
                journal.append(1, ID, octets("record " + i));
            }
        }
        long size = Files.size(segment(2));
        long last = Long.parseLong(storedIn().getLast().replace(".log", ""));
        assertThat(last).isGreaterThanOrEqualTo(3);
        for (long number = 1; number <= last; number++) {
            for (long octet = 0; octet < size; octet += 7) {
                var disk = new FailingDisk();
                disk.wear(segment(number), octet);
                try (Journal journal = Journal.open(directory, disk, SMALL)) {
                    assertThat(journal.isDamaged()).isEqualTo(octet >= Frame.SEGMENT_HEAD);
                    List<String> kept = texts(journal);
                    assertThat(written).containsSubsequence(kept);
                    assertThat(kept)
                            .as("segment %s, octet %s", number, octet)
                            .hasSizeGreaterThan(octet < Frame.SEGMENT_HEAD ? 39 : 20);
                    if (number < last) {
                        assertThat(kept).endsWith("record 39");
                    }
                }
            }
        }
        assertThat(reopened()).as("nothing was erased, nothing moved").isEqualTo(written);
        var disk = new FailingDisk();
        disk.wear(segment(last), Frame.SEGMENT_HEAD + 1);
        try (Journal journal = Journal.open(directory, disk, SMALL)) {
            journal.append(1, ID, octets("new"));
            assertThat(texts(journal)).endsWith("new");
        }
    }

    @Test
    void what_is_behind_a_place_is_counted_in_octets() {
        try (Journal journal = Journal.open(directory, new Disk(), SMALL)) {
            Position first = journal.append(1, ID, octets("first"));
            assertThat(journal.octetsBehind(journal.end())).isZero();
            assertThat(journal.octetsBehind(first)).isEqualTo(Frame.HEAD + 5);
            for (int i = 0; i < 40; i++) {
                journal.append(1, ID, octets("record " + i));
            }
            long all = journal.read(Position.START, 100).stream()
                    .mapToLong(entry -> Frame.HEAD + entry.payload().length)
                    .sum();
            assertThat(journal.end().segment()).isGreaterThan(2);
            assertThat(journal.octetsBehind(first)).isEqualTo(all);
            Position second = journal.read(Position.START, 2).getLast().position();
            assertThat(journal.octetsBehind(second)).isEqualTo(all - Frame.HEAD - 5);
            assertThat(journal.octetsBehind(new Position(9, 1, 300))).isEqualTo(all);
            Position behind = journal.end();
            assertThat(journal.octetsBehind(new Position(behind.generation(), behind.segment(), 1 << 20)))
                    .isZero();
            journal.release(journal.end());
            assertThat(journal.octetsBehind(first)).isEqualTo(journal.end().offset() - Frame.SEGMENT_HEAD);
        }
    }

    private List<String> storedIn() throws IOException {
        return new Disk()
                .list(directory).stream()
                        .filter(name -> name.matches("[0-9]+[.]log"))
                        .sorted()
                        .toList();
    }

    @Test
    void nothing_is_removed_while_something_older_can_not_be() throws IOException {
        var disk = new FailingDisk();
        try (Journal journal = Journal.open(directory, disk, SMALL)) {
            for (int i = 0; i < 40; i++) {
                journal.append(1, ID, octets("record " + i));
            }
            List<String> before = storedIn();
            disk.fail(FailingDisk.Fault.DELETE, FailingDisk.Fault.RENAME);
            journal.release(journal.end());
            journal.release(journal.end());
            assertThat(storedIn()).isEqualTo(before);
            assertThat(texts(journal)).hasSize(40);
            disk.heal();
            journal.release(journal.end());
            assertThat(storedIn()).containsExactly(before.getLast());
        }
    }

    @Test
    void a_full_disk_is_asked_for_a_file_once_for_all_that_wait() throws InterruptedException {
        var disk = new FailingDisk();
        var failed = new AtomicInteger();
        var counting = new Journal.Completion() {
            @Override
            public void appended(Position position) {
                failed.addAndGet(1_000);
            }

            @Override
            public void failed(JournalException failure) {
                failed.incrementAndGet();
            }
        };
        try (Journal journal = Journal.open(directory, disk, SMALL)) {
            journal.append(1, ID, new byte[500]);
            disk.hold();
            journal.append(1, ID, new byte[1], counting);
            disk.awaitHeld();
            for (int i = 0; i < 50; i++) {
                journal.append(1, ID, new byte[500], counting);
            }
            disk.fail(FailingDisk.Fault.CREATE);
            int before = disk.creations.get();
            disk.letGo();
            while (failed.get() < 1_050) {
                Thread.onSpinWait();
            }
            assertThat(disk.creations.get() - before).isLessThanOrEqualTo(2);
        }
    }
}
