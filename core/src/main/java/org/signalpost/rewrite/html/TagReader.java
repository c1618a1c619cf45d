package org.signalpost.rewrite.html;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.signalpost.rewrite.Octets;

/**
 * Reads tags and their attributes (the HTML standard, sections 13.2.5.8 and 13.2.5.32 to 40). Holds the attributes of
 * the tag read last, so that only those worth it become a {@link Tag}. One thread.
 */
final class TagReader {
    /** A tree is needed, or there is too much; ends a scan. No stack trace: it is thrown often. */
    static final class Stop extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final boolean tooComplex;

        Stop(boolean tooComplex) {
            super("stop", null, false, false);
            this.tooComplex = tooComplex;
        }

        /** Whether there is more than is taken on; else a tree is needed. */
        boolean isTooComplex() {
            return tooComplex;
        }
    }

    private static final int MOST_ATTRIBUTES = 500;
    private static final String OWN = "data-signalpost-";
    private static final byte[] OWN_OCTETS = Markers.ascii(OWN);

    // What an octet may be, in bits: reading a table is quicker than asking one by one.
    private static final int BLANK = 1;
    private static final int SLASH = 2;
    private static final int CLOSE = 4;
    private static final int EQUALS = 8;
    private static final int ZERO = 16;
    private static final byte[] KIND = new byte[256];

    static {
        for (char c : " \n\t\r\f".toCharArray()) {
            KIND[c] = BLANK;
        }
        KIND['/'] = SLASH;
        KIND['>'] = CLOSE;
        KIND['='] = EQUALS;
        KIND[0] = ZERO;
    }

    static boolean isBlank(byte c) {
        return KIND[c & 0xff] == BLANK;
    }

    private static boolean is(byte c, int kinds) {
        return (KIND[c & 0xff] & kinds) != 0;
    }

    private final byte[] b;

    /** Whether an odd name is left to the tree; false when a tree was there already. */
    private final boolean strict;

    private int[] attributes = new int[8 * Tag.STRIDE];
    private int count;
    private boolean selfClosing;

    TagReader(byte[] octets, boolean strict) {
        this.b = octets;
        this.strict = strict;
    }

    /** The start tag at this octet, which a parser has found to be one; empty when it does not end. */
    static Optional<Tag> tagAt(byte[] octets, int at) {
        var reader = new TagReader(octets, /* strict= */ false);
        int nameEnd = reader.nameEnd(at + 1, octets.length);
        int end = reader.attributes(nameEnd, octets.length);
        return end < 0 ? Optional.empty() : Optional.of(reader.tag(at, nameEnd, end));
    }

    /** The octet behind the tag that begins here, be it a start or an end tag; -1 when it does not end. */
    int behindTag(int at) {
        int name = at + 1 < b.length && b[at + 1] == '/' ? at + 2 : at + 1;
        return attributes(nameEnd(name, b.length), b.length);
    }

    /** Our own attributes of a tag, each with the white space before it. */
    static List<Range> own(byte[] octets, Tag tag) {
        var found = new ArrayList<Range>();
        for (Tag.Attribute attribute : tag.beginningWith(OWN)) {
            found.add(withBlanks(octets, attribute));
        }
        return found;
    }

    private static Range withBlanks(byte[] octets, Tag.Attribute attribute) {
        int from = attribute.name().from();
        int to = Math.max(attribute.name().to(), attribute.value().to() + (attribute.quoted() ? 1 : 0));
        // What follows directly needs the white space for itself.
        boolean apart = to >= octets.length || is(octets[to], BLANK | SLASH | CLOSE);
        while (apart && from > 0 && isBlank(octets[from - 1])) {
            from--;
        }
        return new Range(from, to);
    }

    /** The next place of an octet, -1 when there is none. */
    int find(char wanted, int from, int to) {
        int at = Octets.find(b, wanted, from, to);
        return at < to ? at : -1;
    }

    /** Where the name ends that begins here. */
    int nameEnd(int from, int to) {
        int at = from;
        while (at < to && !is(b[at], BLANK | SLASH | CLOSE)) {
            if (b[at] == 0 && strict) {
                throw new Stop(/* tooComplex= */ false);
            }
            at++;
        }
        return at;
    }

    /** Reads attributes from behind the name of a tag; the octet behind the tag, or -1 when it does not end. */
    int attributes(int from, int to) {
        count = 0;
        selfClosing = false;
        int at = from;
        while (true) {
            while (at < to && is(b[at], BLANK | SLASH)) {
                at++;
            }
            if (at >= to) {
                return -1;
            }
            if (b[at] == '>') {
                selfClosing = b[at - 1] == '/';
                return at + 1;
            }
            at = attribute(at, to);
            if (at < 0) {
                return -1;
            }
        }
    }

    private int attribute(int name, int to) {
        // An equals sign in front belongs to the name.
        int at = name + 1;
        if (b[name] == 0 && strict) {
            throw new Stop(/* tooComplex= */ false);
        }
        while (at < to && KIND[b[at] & 0xff] == 0) {
            at++;
        }
        while (at < to && !is(b[at], BLANK | SLASH | CLOSE | EQUALS)) {
            // A zero octet, or what follows one.
            if (b[at] == 0 && strict) {
                throw new Stop(/* tooComplex= */ false);
            }
            at++;
        }
        int nameEnd = at;
        while (at < to && isBlank(b[at])) {
            at++;
        }
        if (at >= to) {
            return -1;
        }
        if (b[at] != '=') {
            add(name, nameEnd, nameEnd, nameEnd, 0);
            return at;
        }
        at++;
        while (at < to && isBlank(b[at])) {
            at++;
        }
        if (at >= to) {
            return -1;
        }
        byte quote = b[at];
        if (quote == '"' || quote == '\'') {
            int end = find((char) quote, at + 1, to);
            if (end < 0) {
                return -1;
            }
            add(name, nameEnd, at + 1, end, quote);
            return end + 1;
        }
        int value = at;
        while (at < to && !is(b[at], BLANK | CLOSE)) {
            at++;
        }
        add(name, nameEnd, value, at, 0);
        return at < to ? at : -1;
    }

    private void add(int name, int nameEnd, int value, int valueEnd, int quote) {
        if (count >= MOST_ATTRIBUTES) {
            throw new Stop(/* tooComplex= */ true);
        }
        int at = count * Tag.STRIDE;
        if (at == attributes.length) {
            attributes = Arrays.copyOf(attributes, 2 * at);
        }
        attributes[at] = name;
        attributes[at + 1] = nameEnd;
        attributes[at + 2] = value;
        attributes[at + 3] = valueEnd;
        attributes[at + 4] = quote;
        count++;
    }

    /** The tag whose attributes were read last. */
    Tag tag(int open, int nameEnd, int end) {
        if (nameEnd - open == 2 && (b[open + 1] | 0x20) == 'a') {
            return new Tag(b, open, end, "a", Arrays.copyOf(attributes, count * Tag.STRIDE));
        }
        var name = new StringBuilder(nameEnd - open);
        for (int i = open + 1; i < nameEnd; i++) {
            int c = b[i] & 0xff;
            name.append((char) (c >= 'A' && c <= 'Z' ? c + 32 : c));
        }
        return new Tag(b, open, end, name.toString(), Arrays.copyOf(attributes, count * Tag.STRIDE));
    }

    /** Whether an attribute ends as the address of a pixel of ours does: most images are not worth a look. */
    boolean mayBePixel() {
        for (int i = 0; i < count; i++) {
            int end = attributes[i * Tag.STRIDE + 3];
            if (end - attributes[i * Tag.STRIDE + 2] > 30
                    && b[end - 2] == '='
                    && b[end - 3] == 'p'
                    && b[end - 4] == '?') {
                return true;
            }
        }
        return false;
    }

    /** Whether one of the attributes is ours. */
    boolean hasOwn() {
        for (int i = 0; i < count; i++) {
            int at = attributes[i * Tag.STRIDE];
            if ((b[at] | 0x20) == 'd'
                    && attributes[i * Tag.STRIDE + 1] - at >= OWN_OCTETS.length
                    && Markers.sameLower(b, at, OWN_OCTETS)) {
                return true;
            }
        }
        return false;
    }

    /** Whether the tag ended in a slash. */
    boolean selfClosing() {
        return selfClosing;
    }
}
