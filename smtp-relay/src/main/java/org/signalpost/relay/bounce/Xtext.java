package org.signalpost.relay.bounce;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** The encoding of ENVID and ORCPT in SMTP commands (RFC 3461 section 4): printable ASCII without blanks, + and =. */
public final class Xtext {
    private static final Pattern WRITTEN = Pattern.compile("([!-*,-<>-~]|\\+[0-9A-Fa-f]{2})*");

    private Xtext() {}

    /** Encodes printable ASCII and blanks; anything else is the caller's mistake. */
    public static String encode(String text) {
        var encoded = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!isPrintable(c)) {
                throw new IllegalArgumentException("neither ENVID nor ORCPT can hold U+" + Integer.toHexString(c));
            }
            if (c == ' ' || c == '+' || c == '=') {
                encoded.append(String.format(Locale.ROOT, "+%02X", (int) c));
            } else {
                encoded.append(c);
            }
        }
        return encoded.toString();
    }

    /**
     * The text; empty when this is not xtext, or when what it encodes is not printable ASCII, which a notice could not
     * repeat. Hexadecimal digits in lower case are read as well.
     */
    public static Optional<String> decode(String xtext) {
        if (!WRITTEN.matcher(xtext).matches()) {
            return Optional.empty();
        }
        var text = new StringBuilder(xtext.length());
        for (int i = 0; i < xtext.length(); i++) {
            char c = xtext.charAt(i);
            if (c == '+') {
                c = (char) Integer.parseInt(xtext, i + 1, i + 3, 16);
                i += 2;
            }
            if (!isPrintable(c)) {
                return Optional.empty();
            }
            text.append(c);
        }
        return Optional.of(text.toString());
    }

    private static boolean isPrintable(char c) {
        return c >= ' ' && c <= '~';
    }
}
