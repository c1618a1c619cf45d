package org.signalpost.store;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of texts in UTF-8. */
public final class Digests {
    private static final int URL_DIGITS = 32;

    private Digests() {}

    /** The 32 octets. */
    public static byte[] of(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** The 64 digits. A key is kept as these: its secret has 190 bits, so nothing slower is wanted. */
    public static String hex(String text) {
        return HexFormat.of().formatHex(of(text));
    }

    /** The name of a destination: the first half of its digits. */
    static String url(String destination) {
        return hex(destination).substring(0, URL_DIGITS);
    }
}
