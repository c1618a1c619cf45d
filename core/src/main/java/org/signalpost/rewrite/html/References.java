package org.signalpost.rewrite.html;

import org.jsoup.parser.Parser;

/** Undoes character references in the value of an attribute (the HTML standard, section 13.2.5.72). */
final class References {
    private static final String[] NAMES = {"&amp;", "&lt;", "&gt;", "&quot;", "&apos;"};
    private static final String CHARACTERS = "&<>\"'";

    private References() {}

    /** The value as a browser has it. The common references are undone here, all others by jsoup's table. */
    static String inAttribute(String text) {
        int and = text.indexOf('&');
        if (and < 0) {
            return text;
        }
        var plain = new StringBuilder(text.length());
        int done = 0;
        while (and >= 0) {
            plain.append(text, done, and);
            int behind = named(text, and, plain);
            behind = behind < 0 ? number(text, and, plain) : behind;
            behind = behind < 0 ? literal(text, and, plain) : behind;
            if (behind < 0) {
                return Parser.unescapeEntities(text, /* inAttribute= */ true);
            }
            done = behind;
            and = text.indexOf('&', done);
        }
        return plain.append(text, done, text.length()).toString();
    }

    private static int named(String text, int at, StringBuilder plain) {
        for (int i = 0; i < NAMES.length; i++) {
            if (text.startsWith(NAMES[i], at)) {
                plain.append(CHARACTERS.charAt(i));
                return at + NAMES[i].length();
            }
        }
        return -1;
    }

    /** A decimal number of a printable ASCII character, with its semicolon. */
    private static int number(String text, int at, StringBuilder plain) {
        int end = at + 2;
        while (end < text.length() && end < at + 6 && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
            end++;
        }
        if (!text.startsWith("&#", at) || end == at + 2 || end >= text.length() || text.charAt(end) != ';') {
            return -1;
        }
        int code = Integer.parseInt(text, at + 2, end, 10);
        if (code < ' ' || code > '~') {
            return -1;
        }
        plain.append((char) code);
        return end + 1;
    }

    /** Letters and digits up to an equals sign: no reference, whatever name they begin with. */
    private static int literal(String text, int at, StringBuilder plain) {
        int end = at + 1;
        while (end < text.length() && isAlphanumeric(text.charAt(end))) {
            end++;
        }
        if (end == at + 1 || end >= text.length() || text.charAt(end) != '=') {
            return -1;
        }
        plain.append(text, at, end);
        return end;
    }

    private static boolean isAlphanumeric(char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }
}
