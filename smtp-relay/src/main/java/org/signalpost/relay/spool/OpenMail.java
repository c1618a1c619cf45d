package org.signalpost.relay.spool;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.signalpost.journal.Position;
import org.signalpost.track.MessageId;

/**
 * What is known, without reading the disk, of a mail that is not settled. Immutable and safe to share.
 *
 * @param sender the envelope sender, empty for the null sender
 * @param priority whether it goes before others
 * @param size octets
 * @param crc of the file that holds it; empty when its octets are in the log
 * @param record where it stands in the log
 * @param standings its recipients that are not settled, in the order of the envelope
 * @param underWay the places of those of whom an attempt is under way
 */
public record OpenMail(
        MessageId id,
        Instant acceptedAt,
        String sender,
        Priority priority,
        long size,
        Optional<Long> crc,
        Position record,
        List<Standing> standings,
        Set<Integer> underWay) {
    /** Copies the collections. */
    public OpenMail {
        standings = List.copyOf(standings);
        underWay = Set.copyOf(underWay);
    }
}
