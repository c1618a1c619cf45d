package org.signalpost.rewrite.html;

/**
 * Octets of a leaf, from the first to the one behind the last. Immutable and safe to share.
 *
 * @param from the first octet
 * @param to the octet behind the last
 */
public record Range(int from, int to) {
    /** Refuses what is no range. */
    public Range {
        if (from < 0 || to < from) {
            throw new IllegalArgumentException("no range: " + from + " to " + to);
        }
    }

    /** How many octets. */
    public int length() {
        return to - from;
    }
}
