package org.signalpost.journal;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads entries by their place, and says once of each damage that it is there. Safe for any thread. */
final class LogReader {
    private static final Logger LOG = LoggerFactory.getLogger(LogReader.class);
    private static final int READ_OCTETS = 16 << 20;

    private final Segments segments;
    private final Consumer<Segment> hidden;

    /** {@code hidden} is told of a segment whose rest can't be read, so that nothing more is put there. */
    LogReader(Segments segments, Consumer<Segment> hidden) {
        this.segments = segments;
        this.hidden = hidden;
    }

    /** At most {@code limit} durable entries from this position on; see {@link Journal#read}. */
    List<Entry> read(Position from, int limit) {
        var entries = new ArrayList<Entry>();
        boolean ours = from.generation() == segments.generation();
        long octets = 0;
        for (Segment segment : segments.from(ours ? from.segment() : 0L)) {
            boolean first = ours && segment.number() == from.segment();
            long offset = first ? Math.max(from.offset(), Frame.SEGMENT_HEAD) : Frame.SEGMENT_HEAD;
            long end = segment.readable();
            while (offset < end) {
                if (entries.size() >= limit || octets > READ_OCTETS) {
                    return entries;
                }
                Optional<Entry> entry = whole(segment, offset, end);
                if (entry.isEmpty()) {
                    OptionalLong behind = behindDamage(segment, offset);
                    if (behind.isEmpty()) {
                        break;
                    }
                    offset = behind.getAsLong();
                    continue;
                }
                entries.add(entry.get());
                octets += entry.get().payload().length;
                offset = entry.get().next().offset();
            }
        }
        return entries;
    }

    /** Where reading goes on behind a damaged record; what none is behind hides the rest of its segment. */
    private OptionalLong behindDamage(Segment segment, long offset) {
        OptionalLong behind = OptionalLong.empty();
        try {
            behind = segment.behindDamage(offset, segment.end());
        } catch (IOException e) {
            LOG.debug("looking behind damage: {}", e.toString());
        }
        if (behind.isEmpty() && segments.holds(segment) && segment.damaged(offset)) {
            LOG.error(
                    "alarm=journal-damaged the rest of segment {} of {} is not read",
                    segment.number(),
                    segments.directory());
            hidden.accept(segment);
        }
        return behind;
    }

    private Optional<Entry> whole(Segment segment, long offset, long end) {
        Optional<Entry> entry = Optional.empty();
        String why = "its checksum is wrong";
        try {
            entry = segment.record(offset, end);
        } catch (ClosedByInterruptException e) {
            throw new JournalException(JournalException.Cause.BROKEN, "interrupted while reading", e);
        } catch (IOException e) {
            why = e.toString();
        }
        if (entry.isEmpty()) {
            told(segment, offset, why);
        }
        return entry;
    }

    /** Says once that a record is damaged; its segment will be put aside instead of being removed. */
    private void told(Segment segment, long offset, String why) {
        if (segments.holds(segment) && segment.reported(offset)) {
            LOG.error(
                    "alarm=journal-damaged segment {} of {}, octet {}: {}",
                    segment.number(),
                    segments.directory(),
                    offset,
                    why);
        }
    }

    /** The entry at exactly this position; see {@link Journal#entry}. */
    Entry entry(Position position) {
        Segment segment = segments.of(position)
                .orElseThrow(() ->
                        new JournalException(JournalException.Cause.DAMAGED, "there is no segment for " + position));
        try {
            Optional<Entry> entry = segment.record(position.offset(), segment.end());
            if (entry.isEmpty()) {
                told(segment, position.offset(), "its checksum is wrong");
            }
            return entry.orElseThrow(() ->
                    new JournalException(JournalException.Cause.DAMAGED, "there is no whole record at " + position));
        } catch (IOException e) {
            throw new JournalException(JournalException.Cause.BROKEN, position + " can't be read: " + e, e);
        }
    }
}
