package org.signalpost.rewrite.mime;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a field says to a person: encoded words (RFC 2047) and raw UTF-8 decoded, control characters gone. */
public final class HeaderText {
    private static final Pattern WORD = Pattern.compile("=\\?([^?*]+)(?:\\*[^?]*)?\\?([bBqQ])\\?([^? ]*)\\?=");
    private static final int LONGEST = 1_000;

    private HeaderText() {}

    /** The decoded subject of a mail; empty when there is none. */
    public static String subject(byte[] mail) {
        return MimeScanner.top(mail)
                .flatMap(top -> top.fields().first("subject"))
                .map(HeaderText::decode)
                .orElse("");
    }

    /**
     * Decodes a field's value to at most 1,000 characters, one character an octet; what can't be decoded stays as it
     * is.
     */
    public static String decode(String value) {
        return decode(value, LONGEST);
    }

    /** The same to at most {@code most} characters. */
    public static String decode(String value, int most) {
        if (value.length() <= most && isPlain(value)) {
            return value.strip();
        }
        String joined = value.replaceAll("(=\\?[^?]+\\?[bBqQ]\\?[^? ]*\\?=)[ \t]+(?==\\?)", "$1");
        String text = utf8(joined);
        Matcher matcher = WORD.matcher(text);
        var decoded = new StringBuilder();
        while (matcher.find()) {
            matcher.appendReplacement(decoded, Matcher.quoteReplacement(word(matcher)));
        }
        matcher.appendTail(decoded);
        var clean = new StringBuilder();
        decoded.chars().limit(most).forEach(c -> clean.append(c < ' ' || (c >= 0x7f && c < 0xa0) ? ' ' : (char) c));
        return clean.toString().strip();
    }

    private static boolean isPlain(String value) {
        if (value.contains("=?")) {
            return false;
        }
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) < ' ' || value.charAt(i) >= 0x7f) {
                return false;
            }
        }
        return true;
    }

    /** A value of one character an octet, as the UTF-8 that it is (RFC 6532); itself when it is none. */
    public static String utf8(String latin) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(latin.getBytes(StandardCharsets.ISO_8859_1)))
                    .toString();
        } catch (CharacterCodingException e) {
            return latin;
        }
    }

    private static String word(Matcher matcher) {
        try {
            Charset charset = Charset.forName(matcher.group(1));
            byte[] octets = matcher.group(2).equalsIgnoreCase("b")
                    ? Base64.getMimeDecoder().decode(matcher.group(3))
                    : q(matcher.group(3));
            return new String(octets, charset);
        } catch (IllegalArgumentException e) {
            return matcher.group();
        }
    }

    private static byte[] q(String text) {
        var octets = new java.io.ByteArrayOutputStream();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '=' && i + 2 < text.length()) {
                octets.write(Integer.parseInt(text.substring(i + 1, i + 3), 16));
                i += 2;
            } else {
                octets.write(c == '_' ? ' ' : c);
            }
        }
        return octets.toByteArray();
    }
}
