package org.signalpost.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a start finds: segment by segment, record by record, strictly by length.
 *
 * <p>What stands behind the last whole record of a segment is put into {@code quarantine/}; in the last segment it is a
 * torn write and is erased as well, so that it can never be taken for a record later. A file whose head is not ours and
 * whose records are not either goes there whole. What the disk does not give back is left where it is, with an alarm.
 *
 * @param generation the life of the log
 * @param segments by number
 * @param newest the highest number that any file has
 * @param roll whether the last segment must not be written to any more
 * @param damage whether anything was put aside
 */
record Recovery(long generation, Map<Long, Segment> segments, long newest, boolean roll, boolean damage) {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);
    private static final String QUARANTINE = "quarantine";

    /** Copies the map. */
    Recovery {
        segments = new TreeMap<>(segments);
    }

    /** The file of a segment. */
    static Path file(Path directory, long number) {
        return directory.resolve(String.format(java.util.Locale.ROOT, "%08d.log", number));
    }

    /** Reads the directory; {@code fresh} is the generation of a log that begins now. */
    static Recovery of(Path directory, Storage storage, long fresh) throws IOException {
        var files = new TreeMap<Long, Storage.Segment>();
        long unread = 0;
        for (String name : storage.list(directory)) {
            if (name.matches("[0-9]{8,18}\\.log")) {
                long number = Long.parseLong(name.substring(0, name.length() - ".log".length()));
                try {
                    files.put(number, storage.open(file(directory, number)));
                } catch (IOException e) {
                    LOG.error("alarm=journal-unreadable {} of {} can't be opened: {}", name, directory, e.toString());
                    unread = Math.max(unread, number);
                }
            }
        }
        long generation = generation(files).orElse(fresh);
        var segments = new TreeMap<Long, Segment>();
        boolean roll = false;
        boolean damage = unread > 0;
        for (var numbered : files.entrySet()) {
            long number = numbered.getKey();
            var segment = new Segment(generation, number, numbered.getValue(), Frame.SEGMENT_HEAD);
            try {
                if (!isOurs(segment)) {
                    segment.file().close();
                    keepAside(directory, storage, file(directory, number));
                    damage = true;
                    continue;
                }
                roll = !read(directory, segment, number == files.lastKey());
                damage |= segment.hasPutAside();
            } catch (IOException e) {
                LOG.error(
                        "alarm=journal-unreadable segment {} of {} can't be read from octet {} on: {}",
                        number,
                        directory,
                        segment.end(),
                        e.toString());
                segment.reported(segment.end());
                roll = true;
                damage = true;
            }
            segments.put(number, segment);
        }
        long newest = Math.max(files.isEmpty() ? 0 : files.lastKey(), unread);
        return new Recovery(generation, segments, newest, roll, damage);
    }

    /** What the first whole head says; without one, what a head claims whose first record agrees. */
    private static Optional<Long> generation(Map<Long, Storage.Segment> files) {
        Optional<Long> claimed = Optional.empty();
        for (var file : files.entrySet()) {
            try {
                ByteBuffer head = head(file.getValue());
                Optional<Long> whole = Frame.generation(head, file.getKey());
                if (whole.isPresent()) {
                    return whole;
                }
                Optional<Long> claim = claim(head, file.getKey(), file.getValue());
                claimed = claim.isPresent() ? claim : claimed;
            } catch (IOException e) {
                LOG.error("alarm=journal-unreadable the head of segment {}: {}", file.getKey(), e.toString());
            }
        }
        return claimed;
    }

    private static Optional<Long> claim(ByteBuffer head, long number, Storage.Segment file) throws IOException {
        if (head.remaining() < Frame.SEGMENT_HEAD) {
            return Optional.empty();
        }
        long claim = Frame.claimedGeneration(head);
        boolean agrees = beginsWithRecord(new Segment(claim, number, file, Frame.SEGMENT_HEAD));
        return agrees ? Optional.of(claim) : Optional.empty();
    }

    private static ByteBuffer head(Storage.Segment file) throws IOException {
        var head = ByteBuffer.allocate(Frame.SEGMENT_HEAD);
        file.read(head, 0);
        return head.flip();
    }

    /** Damage to a head is no reason to lose the records behind it. */
    private static boolean isOurs(Segment segment) throws IOException {
        Optional<Long> life = Optional.empty();
        try {
            life = Frame.generation(head(segment.file()), segment.number());
        } catch (IOException e) {
            LOG.error("alarm=journal-unreadable the head of segment {}: {}", segment.number(), e.toString());
        }
        if (life.isPresent()) {
            return life.get() == segment.at(0).generation();
        }
        boolean ours = beginsWithRecord(segment);
        if (ours) {
            LOG.error("alarm=journal-head the head of segment {} is damaged; its records are read", segment.number());
        }
        return ours;
    }

    private static boolean beginsWithRecord(Segment segment) throws IOException {
        return segment.record(Frame.SEGMENT_HEAD, segment.file().size()).isPresent();
    }

    /** Finds the end; false when the segment may hold something behind it that is no record of ours. */
    private static boolean read(Path directory, Segment segment, boolean last) throws IOException {
        long size = segment.file().size();
        Optional<Entry> entry = segment.record(segment.end(), size);
        boolean clean = true;
        while (true) {
            while (entry.isPresent()) {
                segment.advance(entry.get().next().offset());
                entry = segment.record(segment.end(), size);
            }
            java.util.OptionalLong behind = segment.behindDamage(segment.end(), size);
            if (behind.isEmpty()) {
                break;
            }
            long damaged = segment.end();
            try {
                keep(directory, segment, segment.octets(damaged, behind.getAsLong()), "a damaged record");
            } catch (IOException e) {
                LOG.error("alarm=journal-quarantine segment {}: {}", segment.number(), e.toString());
                clean = false;
            }
            segment.advance(behind.getAsLong());
            entry = segment.record(segment.end(), size);
        }
        Optional<ByteBuffer> rest = segment.leftovers(segment.end());
        if (rest.isEmpty()) {
            return clean;
        }
        try {
            keep(directory, segment, rest.get(), last ? "a torn write at its end" : "a damaged record");
            if (last) {
                segment.erase(segment.end(), rest.get().limit());
            }
            return clean;
        } catch (IOException e) {
            LOG.error("alarm=journal-quarantine segment {}: {}; nothing is erased", segment.number(), e.toString());
            return false;
        }
    }

    /** Keeps what can't be read for whoever wants to look at it; forced before it may be erased. */
    private static void keep(Path directory, Segment segment, ByteBuffer rest, String why) throws IOException {
        segment.putsAside();
        Path quarantine = Files.createDirectories(directory.resolve(QUARANTINE));
        Path kept = quarantine.resolve(segment.number() + "-" + segment.end() + ".bin");
        var octets = new byte[rest.remaining()];
        rest.get(octets);
        DurableFile.write(kept, octets);
        LOG.error(
                "alarm=journal-quarantine segment {} of {}, octet {}: {}; {} octets kept in {}",
                segment.number(),
                directory,
                segment.end(),
                why,
                octets.length,
                kept);
    }

    /** Puts a whole file out of the way. */
    static void moveAside(Path directory, Storage storage, Path file) throws IOException {
        Path kept = Files.createDirectories(directory.resolve(QUARANTINE)).resolve(file.getFileName());
        storage.rename(file, kept);
        LOG.error("alarm=journal-quarantine {} can't be read as a whole and is kept as {}", file, kept);
    }

    private static void keepAside(Path directory, Storage storage, Path file) {
        try {
            moveAside(directory, storage, file);
        } catch (IOException e) {
            LOG.error("alarm=journal-quarantine {} can't be put aside: {}", file, e.toString());
        }
    }
}
