package org.signalpost.track;

import java.security.SecureRandom;

/** Base 62, the digits {@code 0-9A-Za-z}: numbers of 128 bits, most significant digit first, and secrets. */
public final class Base62 {
    private static final String DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private Base62() {}

    /** So many digits by chance; 5.95 bits each. */
    public static String random(SecureRandom random, int length) {
        var text = new StringBuilder(length);
        random.ints(length, 0, DIGITS.length()).forEach(digit -> text.append(DIGITS.charAt(digit)));
        return text.toString();
    }

    /** Whether all characters from {@code from} on are digits. */
    public static boolean isDigits(String text, int from) {
        return text.chars().skip(from).allMatch(digit -> value((char) digit) >= 0);
    }

    /** The octets, read as one big endian number, as exactly {@code length} digits. */
    static String write(byte[] octets, int length) {
        var rest = new int[octets.length];
        for (int i = 0; i < octets.length; i++) {
            rest[i] = octets[i] & 0xFF;
        }
        var text = new char[length];
        for (int digit = length - 1; digit >= 0; digit--) {
            int remainder = 0;
            for (int i = 0; i < rest.length; i++) {
                int value = remainder << 8 | rest[i];
                rest[i] = value / 62;
                remainder = value % 62;
            }
            text[digit] = DIGITS.charAt(remainder);
        }
        return new String(text);
    }

    /** Fills the octets from the digits after {@code from}; false for a foreign character or a number too large. */
    static boolean read(String text, int from, byte[] octets) {
        var number = new int[octets.length];
        for (int i = from; i < text.length(); i++) {
            int carry = value(text.charAt(i));
            if (carry < 0) {
                return false;
            }
            for (int octet = number.length - 1; octet >= 0; octet--) {
                int sum = number[octet] * 62 + carry;
                number[octet] = sum & 0xFF;
                carry = sum >> 8;
            }
            if (carry != 0) {
                return false;
            }
        }
        for (int i = 0; i < octets.length; i++) {
            octets[i] = (byte) number[i];
        }
        return true;
    }

    private static int value(char digit) {
        if (digit >= '0' && digit <= '9') {
            return digit - '0';
        }
        if (digit >= 'A' && digit <= 'Z') {
            return digit - 'A' + 10;
        }
        return digit >= 'a' && digit <= 'z' ? digit - 'a' + 36 : -1;
    }
}
