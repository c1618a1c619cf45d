package org.signalpost.rewrite.mime;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.signalpost.rewrite.Octets;

/** The fields of one header, in their order, as ranges of octets. Immutable and safe to share. */
public final class Fields {
    /**
     * One field.
     *
     * @param name in lower case
     * @param value unfolded by deleting line ends only, one character an octet, stripped
     * @param from its first octet
     * @param to the octet behind its last line end
     */
    public record Field(String name, String value, int from, int to) {}

    private final List<Field> fields;
    private final boolean wellFormed;
    private final int end;

    private Fields(List<Field> fields, boolean wellFormed, int end) {
        this.fields = List.copyOf(fields);
        this.wellFormed = wellFormed;
        this.end = end;
    }

    /** Reads a header that begins at {@code from}; its entity ends at {@code limit}. */
    static Fields read(byte[] octets, int from, int limit) {
        var fields = new ArrayList<Field>();
        boolean wellFormed = true;
        int at = from;
        while (at < limit) {
            int next = lineEnd(octets, at, limit);
            int text = textEnd(octets, at, next);
            if (text == at) {
                return new Fields(fields, wellFormed, next);
            }
            if (at == from && (starts(octets, at, text, "From ") || starts(octets, at, text, ">From "))) {
                at = next;
                continue;
            }
            int colon = at;
            while (colon < text && octets[colon] > ' ' && octets[colon] < 127 && octets[colon] != ':') {
                colon++;
            }
            if (colon == at || colon >= text || octets[colon] != ':') {
                wellFormed = false;
                at = next;
                continue;
            }
            int start = at;
            at = next;
            while (at < limit && (octets[at] == ' ' || octets[at] == '\t')) {
                next = lineEnd(octets, at, limit);
                // A line of nothing but blanks ends the header for some readers and not for others.
                wellFormed &= !blank(octets, at, textEnd(octets, at, next));
                at = next;
            }
            String name = latin(octets, start, colon).toLowerCase(Locale.ROOT);
            String value = latin(octets, colon + 1, at)
                    .replace("\r\n", "")
                    .replace("\n", "")
                    .strip();
            fields.add(new Field(name, value, start, at));
        }
        // No empty line: different readers see a header or a body here.
        return new Fields(fields, /* wellFormed= */ false, limit);
    }

    private static boolean starts(byte[] octets, int from, int to, String text) {
        return to - from >= text.length()
                && latin(octets, from, from + text.length()).equals(text);
    }

    private static boolean blank(byte[] octets, int from, int to) {
        return latin(octets, from, to).isBlank();
    }

    static String latin(byte[] octets, int from, int to) {
        return new String(octets, from, to - from, StandardCharsets.ISO_8859_1);
    }

    /** The octet behind the line that begins here. */
    static int lineEnd(byte[] octets, int from, int limit) {
        return Math.min(Octets.find(octets, '\n', from, limit) + 1, limit);
    }

    /** The octet behind the line's text, without its line end. */
    static int textEnd(byte[] octets, int from, int next) {
        int end = next;
        if (end > from && octets[end - 1] == '\n') {
            end--;
            if (end > from && octets[end - 1] == '\r') {
                end--;
            }
        }
        return end;
    }

    /** All fields. */
    public List<Field> list() {
        return fields;
    }

    /** Whether every reader sees the same header. */
    public boolean wellFormed() {
        return wellFormed;
    }

    /** Where the body begins. */
    int end() {
        return end;
    }

    /** The values of all fields of this name (lower case). */
    public List<String> values(String name) {
        var values = new ArrayList<String>(1);
        for (Field field : fields) {
            if (field.name().equals(name)) {
                values.add(field.value());
            }
        }
        return values;
    }

    /** The first value of a field of this name (lower case). */
    public Optional<String> first(String name) {
        for (Field field : fields) {
            if (field.name().equals(name)) {
                return Optional.of(field.value());
            }
        }
        return Optional.empty();
    }

    /** Whether there is a field of this name (lower case). */
    public boolean has(String name) {
        return first(name).isPresent();
    }

    /** How many fields have this name (lower case). */
    int count(String name) {
        int count = 0;
        for (Field field : fields) {
            count += field.name().equals(name) ? 1 : 0;
        }
        return count;
    }
}
