package org.signalpost.rewrite.html;

import java.nio.charset.Charset;
import java.util.Optional;

/**
 * One HTML leaf with its transfer encoding undone, ready to be scanned.
 *
 * <p>Immutable by agreement; safe to share.
 */
public final class HtmlLeaf {
    private final byte[] octets;
    private final byte[] scanned;
    private final Optional<Charset> charset;

    /**
     * @param octets the decoded leaf
     * @param scanned what markup is searched in: the octets themselves, or a copy of the same length in which octets
     *     that only look like markup (inside a double-byte state) are 0x80
     * @param charset what non-ASCII values are decoded with; empty when it is not known
     */
    public HtmlLeaf(byte[] octets, byte[] scanned, Optional<Charset> charset) {
        if (octets.length != scanned.length) {
            throw new IllegalArgumentException("a mask of another length");
        }
        this.octets = octets;
        this.scanned = scanned;
        this.charset = charset;
    }

    /** The decoded leaf itself, not a copy; not to be changed. */
    public byte[] octets() {
        return octets;
    }

    /** What markup is searched in, as long as the leaf; not to be changed. */
    public byte[] scanned() {
        return scanned;
    }

    /** What non-ASCII values are decoded with; empty when it is not known. */
    public Optional<Charset> charset() {
        return charset;
    }
}
