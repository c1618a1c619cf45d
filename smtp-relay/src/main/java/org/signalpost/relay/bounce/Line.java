package org.signalpost.relay.bounce;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Makes one line of what others wrote: it can't end a field, a line or a part, whatever it contains. */
final class Line {
    private static final int LONGEST = 512;
    private static final int WIDTH = 72;

    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern(
                    "EEE, d MMM uuuu HH:mm:ss Z", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private Line() {}

    /** Printable ASCII and single blanks, at most 512 octets; a character that is not ASCII becomes a question mark. */
    static String ascii(String text) {
        return clean(text, 0x7e, /* runs= */ false);
    }

    /** The same with all characters of Unicode, at most 512 octets of UTF-8. */
    static String unicode(String text) {
        return clean(text, Character.MAX_CODE_POINT, /* runs= */ false);
    }

    /** An address, or what else is compared: as {@link #unicode}, with every blank that it holds. */
    static String exact(String text) {
        return clean(text, Character.MAX_CODE_POINT, /* runs= */ true);
    }

    private static String clean(String text, int highest, boolean runs) {
        var line = new StringBuilder();
        int octets = 0;
        for (int at = 0; at < text.length() && octets < LONGEST; ) {
            int c = text.codePointAt(at);
            at += Character.charCount(c);
            if (c == ' ' || Character.isISOControl(c) || c == 0x2028 || c == 0x2029) {
                if (runs || (!line.isEmpty() && line.charAt(line.length() - 1) != ' ')) {
                    line.append(' ');
                    octets++;
                }
                continue;
            }
            boolean kept = c <= highest && (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE);
            int width = !kept || c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
            octets += width;
            if (octets <= LONGEST) {
                line.appendCodePoint(kept ? c : '?');
            }
        }
        return runs ? line.toString() : line.toString().strip();
    }

    static boolean isAscii(String text) {
        return text.chars().allMatch(c -> c < 0x80);
    }

    /** Letters, digits, dots, hyphens and underscores; whatever else there is becomes an x. */
    static String word(String text) {
        String word = text.substring(0, Math.min(text.length(), 255)).replaceAll("[^A-Za-z0-9._-]", "x");
        return word.isEmpty() ? "localhost" : word;
    }

    /** A name, or an address in brackets, fit to stand behind an {@code @}. */
    static String domain(String text) {
        return text.matches("\\[[0-9A-Za-z.:]{1,64}\\]") ? text : word(text);
    }

    /** RFC 5322 section 3.3. */
    static String date(Instant instant) {
        return DATE.format(instant);
    }

    /** A field with its line end, folded. */
    static String field(String name, String value) {
        return folded(name + ": " + value, " ") + "\r\n";
    }

    /** Broken at blanks, so that lines stay within 72 characters where that is possible. */
    static String folded(String text, String continuation) {
        var folded = new StringBuilder();
        int column = -1;
        for (String word : text.split(" ", -1)) {
            if (column >= 0 && column + 1 + word.length() > WIDTH) {
                folded.append("\r\n").append(continuation);
                column = continuation.length();
            } else if (column >= 0) {
                folded.append(' ');
                column++;
            }
            folded.append(word);
            column = Math.max(column, 0) + word.length();
        }
        return folded.toString();
    }
}
