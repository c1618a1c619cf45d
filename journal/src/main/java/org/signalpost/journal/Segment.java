package org.signalpost.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** One file of the log, and up to where it holds durable records. The end only grows, under the log's lock. */
final class Segment {
    private static final int CHUNK = 1 << 20;
    private static final int MOST_HOPS = 64;

    private final long generation;
    private final long number;
    private final Storage.Segment file;
    private volatile long end;
    private volatile boolean hasDamage;
    private volatile boolean hasPutAside;
    private final java.util.Set<Long> told = new java.util.HashSet<>();
    private volatile long damage = Long.MAX_VALUE;

    Segment(long generation, long number, Storage.Segment file, long end) {
        this.generation = generation;
        this.number = number;
        this.file = file;
        this.end = end;
    }

    long number() {
        return number;
    }

    /** The octet behind the last durable record. */
    long end() {
        return end;
    }

    void advance(long to) {
        end = to;
    }

    /** The octet up to which it can be read: its end, unless something before it is damaged. */
    long readable() {
        return Math.min(end, damage);
    }

    /** What begins here can't be read, nor what follows; whether that is news. */
    synchronized boolean damaged(long at) {
        boolean news = at < damage;
        damage = Math.min(damage, at);
        return news;
    }

    /** A damaged record was met here; whether that is news. */
    synchronized boolean reported(long at) {
        hasDamage = true;
        return told.add(at);
    }

    boolean isDamaged() {
        return hasDamage || damage < end;
    }

    /** The start found octets in it that are no record. */
    void putsAside() {
        hasPutAside = true;
    }

    boolean hasPutAside() {
        return hasPutAside;
    }

    Storage.Segment file() {
        return file;
    }

    Position at(long offset) {
        return new Position(generation, number, offset);
    }

    /** The whole record at this octet, or empty when there is none that is right. */
    Optional<Entry> record(long offset, long limit) throws IOException {
        var head = ByteBuffer.allocate(Frame.HEAD);
        if (offset + Frame.HEAD > limit || file.read(head, offset) < Frame.HEAD) {
            return Optional.empty();
        }
        head.flip();
        int length = head.getInt();
        int checksum = head.getInt();
        int kind = head.get() & 0xff;
        var id = new EntryId(head.getLong(), head.getLong());
        if (length < 0 || length > Journal.LONGEST_PAYLOAD || offset + Frame.HEAD + length > limit) {
            return Optional.empty();
        }
        var payload = new byte[length];
        if (file.read(ByteBuffer.wrap(payload), offset + Frame.HEAD) < length
                || Frame.checksum(at(offset), kind, id, payload) != checksum) {
            return Optional.empty();
        }
        return Optional.of(new Entry(at(offset), at(offset + Frame.HEAD + length), kind, id, payload));
    }

    /**
     * Where a right record follows a damaged one that begins here, going strictly by lengths; empty when none does. The
     * checksum binds a record to its place, so nothing inside another's payload is taken for one.
     */
    java.util.OptionalLong behindDamage(long offset, long limit) throws IOException {
        long at = offset;
        for (int hops = 0; hops < MOST_HOPS && at + Frame.HEAD <= limit; hops++) {
            var length = ByteBuffer.allocate(Integer.BYTES);
            if (file.read(length, at) < Integer.BYTES) {
                break;
            }
            int octets = length.flip().getInt();
            if (octets < 0 || octets > Journal.LONGEST_PAYLOAD || (octets == 0 && isZero(at))) {
                break;
            }
            at += Frame.HEAD + octets;
            if (record(at, limit).isPresent()) {
                return java.util.OptionalLong.of(at);
            }
        }
        return java.util.OptionalLong.empty();
    }

    private boolean isZero(long at) throws IOException {
        var head = ByteBuffer.allocate(Frame.HEAD);
        file.read(head, at);
        for (byte octet : head.array()) {
            if (octet != 0) {
                return false;
            }
        }
        return true;
    }

    /** A copy of octets, for quarantine. */
    ByteBuffer octets(long from, long to) throws IOException {
        var copy = ByteBuffer.allocate(Math.toIntExact(to - from));
        file.read(copy, from);
        return copy.flip();
    }

    /** The octets from here to the end of the file; nothing when they are all zero. */
    Optional<ByteBuffer> leftovers(long from) throws IOException {
        long size = file.size();
        long last = from;
        for (long at = from; at < size; at += CHUNK) {
            var chunk = ByteBuffer.allocate((int) Math.min(CHUNK, size - at));
            int count = file.read(chunk, at);
            for (int i = 0; i < count; i++) {
                if (chunk.get(i) != 0) {
                    last = at + i + 1;
                }
            }
        }
        if (last == from) {
            return Optional.empty();
        }
        var rest = ByteBuffer.allocate(Math.toIntExact(last - from));
        file.read(rest, from);
        return Optional.of(rest.flip());
    }

    /** Overwrites with zeros and forces, so that what was never acknowledged is never taken for a record. */
    void erase(long from, long length) throws IOException {
        for (long at = from; at < from + length; at += CHUNK) {
            var zeros = ByteBuffer.allocate((int) Math.min(CHUNK, from + length - at));
            file.write(new ByteBuffer[] {zeros}, at);
        }
        file.force();
    }
}
