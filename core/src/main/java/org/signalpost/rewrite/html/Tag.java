package org.signalpost.rewrite.html;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * One start tag as ranges of the leaf's octets, tokenised as the HTML standard says (section 13.2.5). Immutable and
 * safe to share.
 */
final class Tag {
    /** Integers for each attribute: first and last of the name, first and last of the value, and its quote or 0. */
    static final int STRIDE = 5;

    private final byte[] octets;
    private final int from;
    private final int to;
    private final String name;
    private final int[] attributes;

    Tag(byte[] octets, int from, int to, String name, int[] attributes) {
        this.octets = octets;
        this.from = from;
        this.to = to;
        this.name = name;
        this.attributes = attributes;
    }

    /** The octet of its opening bracket. */
    int from() {
        return from;
    }

    /** The octet behind its closing bracket. */
    int to() {
        return to;
    }

    /** The name of the element in lower case. */
    String name() {
        return name;
    }

    /** The first attribute of this name (lower case), as every browser takes it. */
    Optional<Attribute> attribute(String wanted) {
        for (int i = 0; i < attributes.length; i += STRIDE) {
            if (is(i, wanted)) {
                return Optional.of(at(i));
            }
        }
        return Optional.empty();
    }

    /** Whether there is an attribute of this name. */
    boolean has(String wanted) {
        return attribute(wanted).isPresent();
    }

    /** The value of an attribute with its references undone, one character an octet; empty when there is none. */
    String value(String wanted) {
        return attribute(wanted)
                .map(attribute -> latin(attribute.value()))
                .map(References::inAttribute)
                .orElse("");
    }

    /** All attributes whose name begins so (lower case). */
    java.util.List<Attribute> beginningWith(String start) {
        var found = new java.util.ArrayList<Attribute>();
        for (int i = 0; i < attributes.length; i += STRIDE) {
            if (attributes[i + 1] - attributes[i] >= start.length() && same(attributes[i], start)) {
                found.add(at(i));
            }
        }
        return found;
    }

    private Attribute at(int i) {
        return new Attribute(
                new Range(attributes[i], attributes[i + 1]),
                new Range(attributes[i + 2], attributes[i + 3]),
                attributes[i + 4] != 0);
    }

    private boolean is(int i, String wanted) {
        return attributes[i + 1] - attributes[i] == wanted.length() && same(attributes[i], wanted);
    }

    private boolean same(int at, String wanted) {
        for (int i = 0; i < wanted.length(); i++) {
            int octet = octets[at + i];
            int lower = octet >= 'A' && octet <= 'Z' ? octet + 32 : octet;
            if (lower != wanted.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private String latin(Range range) {
        return new String(octets, range.from(), range.length(), StandardCharsets.ISO_8859_1);
    }

    /** Whether its class names one of these. */
    boolean hasClass(String wanted) {
        String classes = value("class");
        if (!classes.toLowerCase(Locale.ROOT).contains(wanted)) {
            return false;
        }
        for (String word : classes.split("[ \t\r\n\f]+", -1)) {
            if (word.toLowerCase(Locale.ROOT).equals(wanted)) {
                return true;
            }
        }
        return false;
    }

    /**
     * One attribute.
     *
     * @param name where its name stands
     * @param value where its value stands, without quotes; empty behind the name when it has none
     * @param quoted whether the value stands in quotes
     */
    record Attribute(Range name, Range value, boolean quoted) {}
}
