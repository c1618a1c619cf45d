package org.signalpost.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PowerCutTest {
    private static final long SMALL = 4_000;
    /** Large enough for the next segment's file to be made ahead. */
    private static final long AHEAD = 1 << 20;

    private static final int CUTS = 40;

    @TempDir
    Path directory;

    /** What a power cut left, and what had been acknowledged, and at least asked for, when it came. */
    private record Cut(Map<Path, byte[]> image, Set<String> acknowledged, List<String> asked) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void nothing_acknowledged_is_lost_and_nothing_is_made_up_whenever_the_power_goes(long seed) throws IOException {
        cutWhileWriting(seed, SMALL, 700, /* releasing= */ false);
    }

    @ParameterizedTest
    @ValueSource(longs = {4, 5})
    void nor_when_the_next_segment_is_made_ahead(long seed) throws IOException {
        cutWhileWriting(seed, AHEAD, 40_000, /* releasing= */ false);
    }

    @ParameterizedTest
    @ValueSource(longs = {6, 7, 8})
    void nor_when_files_are_used_again(long seed) throws IOException {
        cutWhileWriting(seed, SMALL, 700, /* releasing= */ true);
    }

    @ParameterizedTest
    @ValueSource(longs = {9, 10})
    void nor_when_the_next_segment_is_made_ahead_of_one_that_was_used(long seed) throws IOException {
        cutWhileWriting(seed, AHEAD, 40_000, /* releasing= */ true);
    }

    private void cutWhileWriting(long seed, long segmentOctets, int longest, boolean releasing) throws IOException {
        var random = new Random(seed);
        var disk = new CrashDisk();
        List<String> asked = Collections.synchronizedList(new ArrayList<>());
        Map<String, Long> acknowledged = new ConcurrentHashMap<>();
        // Nothing of the segments before this one is asked for.
        var released = new AtomicLong();
        var cuts = new ArrayList<Cut>();
        try (Journal journal = Journal.open(directory.resolve("running"), disk, segmentOctets);
                var writers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int w = 0; w < 4; w++) {
                String writer = "w" + w;
                var own = new Random(seed * 100 + w);
                writers.execute(() -> {
                    for (int i = 0; i < 60; i++) {
                        String text = writer + "/" + i + "/" + "x".repeat(own.nextInt(longest));
                        asked.add(text);
                        var at = journal.append(1, new EntryId(1, i), text.getBytes(StandardCharsets.US_ASCII));
                        acknowledged.put(text, at.segment());
                        // One of them, so that nothing is released beside another release.
                        if (releasing && writer.equals("w0") && at.segment() > released.get()) {
                            released.set(at.segment());
                            journal.release(at);
                        }
                    }
                });
            }
            while (acknowledged.size() < 240) {
                // In this order: what is acknowledged before the cut is on the disk that the cut leaves.
                Set<String> before = new HashSet<>(acknowledged.keySet());
                Map<Path, byte[]> image = disk.afterPowerCut(random);
                if (cuts.size() < CUTS && before.size() >= 6 * cuts.size()) {
                    long from = released.get();
                    before.removeIf(text -> acknowledged.getOrDefault(text, 0L) < from);
                    cuts.add(new Cut(image, before, List.copyOf(asked)));
                }
                Thread.onSpinWait();
            }
        }
        assertThat(cuts).isNotEmpty();
        assertThat(disk.usedAgain.get() > 0).as("files were used again").isEqualTo(releasing);
        for (int i = 0; i < cuts.size(); i++) {
            check(cuts.get(i), directory.resolve("cut" + i), segmentOctets);
        }
    }

    private static void check(Cut cut, Path log, long segmentOctets) throws IOException {
        CrashDisk.write(cut.image(), log);
        List<String> found = read(log, segmentOctets);
        assertThat(found).containsAll(cut.acknowledged()).doesNotHaveDuplicates();
        assertThat(cut.asked()).containsAll(found);
        try (Journal journal = Journal.open(log, new Disk(), segmentOctets)) {
            journal.append(1, new EntryId(1, 1), "after".getBytes(StandardCharsets.US_ASCII));
        }
        var both = new ArrayList<String>(found);
        both.add("after");
        assertThat(read(log, segmentOctets)).isEqualTo(both);
    }

    private static List<String> read(Path log, long segmentOctets) {
        try (Journal journal = Journal.open(log, new Disk(), segmentOctets)) {
            return journal.read(Position.START, 10_000).stream()
                    .map(entry -> new String(entry.payload(), StandardCharsets.US_ASCII))
                    .toList();
        }
    }
}
