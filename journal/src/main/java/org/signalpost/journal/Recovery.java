package org.signalpost.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a start finds: segment by segment, record by record, strictly by length.
 *
 * <p>What stands behind the last whole record of a segment is put into {@code quarantine/}; in the last segment it is a
 * torn write and is erased as well, so that it can never be taken for a record later.
 *
 * @param generation the life of the log
 * @param segments by number
 */
record Recovery(long generation, Map<Long, Segment> segments) {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

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
        var numbers = new ArrayList<Long>();
        for (String name : storage.list(directory)) {
            if (name.matches("[0-9]{8,18}\\.log")) {
                numbers.add(Long.parseLong(name.substring(0, name.length() - ".log".length())));
            }
        }
        numbers.sort(Long::compare);
        var segments = new TreeMap<Long, Segment>();
        long generation = 0;
        for (long number : numbers) {
            Storage.Segment file = storage.open(file(directory, number));
            Optional<Long> life = head(file, number);
            if (life.isEmpty() || (generation != 0 && life.get() != generation)) {
                aside(directory, new Segment(0, number, file, 0), 0, "it has no head of ours");
                file.close();
                continue;
            }
            generation = life.get();
            var segment = new Segment(generation, number, file, Frame.SEGMENT_HEAD);
            boolean last = number == numbers.getLast();
            read(directory, segment, last);
            segments.put(number, segment);
        }
        return new Recovery(generation == 0 ? fresh : generation, segments);
    }

    private static Optional<Long> head(Storage.Segment file, long number) throws IOException {
        var head = ByteBuffer.allocate(Frame.SEGMENT_HEAD);
        file.read(head, 0);
        return Frame.generation(head.flip(), number);
    }

    private static void read(Path directory, Segment segment, boolean last) throws IOException {
        long size = segment.file().size();
        Optional<Entry> entry = segment.record(segment.end(), size);
        while (entry.isPresent()) {
            segment.advance(entry.get().next().offset());
            entry = segment.record(segment.end(), size);
        }
        Optional<ByteBuffer> rest = segment.leftovers(segment.end());
        if (rest.isPresent()) {
            String why = last ? "a torn write at its end" : "a damaged record";
            aside(directory, segment, segment.end(), why);
            if (last) {
                segment.erase(segment.end(), rest.get().remaining());
            }
        }
    }

    /** Keeps what can't be read for whoever wants to look at it. */
    private static void aside(Path directory, Segment segment, long from, String why) throws IOException {
        Optional<ByteBuffer> rest = segment.leftovers(from);
        if (rest.isEmpty()) {
            return;
        }
        Path quarantine = Files.createDirectories(directory.resolve("quarantine"));
        Path kept = quarantine.resolve(segment.number() + "-" + from + ".bin");
        var octets = new byte[rest.get().remaining()];
        rest.get().get(octets);
        Files.write(kept, octets);
        LOG.error(
                "alarm=journal-quarantine segment {} of {}, octet {}: {}; {} octets kept in {}",
                segment.number(),
                directory,
                from,
                why,
                octets.length,
                kept);
    }
}
