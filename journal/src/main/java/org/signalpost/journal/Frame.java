package org.signalpost.journal;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * How a record and a segment's head look in a file, big endian.
 *
 * <p>Record: length of the payload (4), CRC-32C (4), kind (1), id (16), payload. The checksum covers the generation,
 * the segment, the offset, the length, kind, id and payload: a copy of a record in another place is no record. Head:
 * magic (8), version (4), generation (8), segment (8), CRC-32C (4).
 */
final class Frame {
    /** The octets of a record before its payload. */
    static final int HEAD = 4 + 4 + 1 + 16;

    /** The octets of a segment before its first record. */
    static final int SEGMENT_HEAD = 32;

    private static final long MAGIC = 0x5369676e4c6f6731L; // "SignLog1"
    private static final int VERSION = 1;

    private Frame() {}

    /** What stands before the payload of a record that stands there. */
    static ByteBuffer head(Position at, int kind, EntryId id, byte[] payload) {
        var buffer = ByteBuffer.allocate(HEAD);
        buffer.putInt(payload.length).putInt(checksum(at, kind, id, payload));
        buffer.put((byte) kind).putLong(id.high()).putLong(id.low());
        return buffer.flip();
    }

    /** The checksum of a record that stands there. */
    static int checksum(Position at, int kind, EntryId id, byte[] payload) {
        var head = ByteBuffer.allocate(3 * 8 + 4 + 1 + 16);
        head.putLong(at.generation()).putLong(at.segment()).putLong(at.offset());
        head.putInt(payload.length).put((byte) kind).putLong(id.high()).putLong(id.low());
        var crc = new CRC32C();
        crc.update(head.flip());
        crc.update(payload);
        return (int) crc.getValue();
    }

    /** The octets a segment begins with. */
    static ByteBuffer segmentHead(long generation, long segment) {
        var head = ByteBuffer.allocate(SEGMENT_HEAD);
        head.putLong(MAGIC).putInt(VERSION).putLong(generation).putLong(segment);
        var crc = new CRC32C();
        crc.update(head.array(), 0, 28);
        return head.putInt((int) crc.getValue()).flip();
    }

    /** The generation that a segment's head names, if it is the head of exactly this segment. */
    static Optional<Long> generation(ByteBuffer head, long segment) {
        if (head.remaining() < SEGMENT_HEAD) {
            return Optional.empty();
        }
        long generation = claimedGeneration(head);
        return segmentHead(generation, segment).equals(head.slice(head.position(), SEGMENT_HEAD))
                ? Optional.of(generation)
                : Optional.empty();
    }

    /** The generation a head names, be it whole or not. */
    static long claimedGeneration(ByteBuffer head) {
        return head.getLong(head.position() + 12);
    }
}
