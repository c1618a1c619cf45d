package org.signalpost.journal;

/**
 * A place in a log: what a consumer remembers, and what a reader asks for.
 *
 * <p>Immutable and safe to share.
 *
 * @param generation which life of the log; a restored or copied directory begins a new one
 * @param segment the number of the segment's file, from 1
 * @param offset the octet in that file
 */
public record Position(long generation, long segment, long offset) implements Comparable<Position> {
    /** Before everything. */
    public static final Position START = new Position(0, 0, 0);

    @Override
    public int compareTo(Position other) {
        int first = Long.compare(generation, other.generation);
        int second = first != 0 ? first : Long.compare(segment, other.segment);
        return second != 0 ? second : Long.compare(offset, other.offset);
    }
}
