package org.signalpost.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;

/**
 * Numeric addresses (RFC 4291 section 2.2, and four decimal numbers for IPv4), read by hand: a text that is none is
 * refused, and never looked up as a name.
 */
public final class AddressLiteral {
    private static final int GROUPS = 8;

    /** The longest numeric address there is. */
    private static final int LONGEST = 45;

    private AddressLiteral() {}

    /** The address; empty for everything else. An IPv4 address inside an IPv6 one is that IPv4 address. */
    public static Optional<InetAddress> parse(String text) {
        if (text.isEmpty() || text.length() > LONGEST) {
            return Optional.empty();
        }
        var octets = new byte[16];
        int length = text.indexOf(':') < 0 ? four(text, 0, octets, 0) : six(text, octets);
        if (length == 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.getByAddress(Arrays.copyOf(octets, length)));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("4 or 16 octets are an address", e);
        }
    }

    /** Reads four numbers up to the end of the text; 4, or 0 when they are not there. */
    private static int four(String text, int from, byte[] octets, int at) {
        int number = -1;
        int count = 0;
        int digits = 0;
        for (int i = from; i <= text.length(); i++) {
            char c = i < text.length() ? text.charAt(i) : '.';
            if (c == '.') {
                if (digits == 0 || number > 255 || count == 4) {
                    return 0;
                }
                octets[at + count++] = (byte) number;
                digits = 0;
            } else if (c < '0' || c > '9' || digits == 3 || (digits > 0 && number == 0)) {
                return 0;
            } else {
                number = (digits == 0 ? 0 : number * 10) + c - '0';
                digits++;
            }
        }
        return count == 4 ? 4 : 0;
    }

    /** Reads groups of hexadecimal digits; 16, or 0 when it is no such address. */
    private static int six(String text, byte[] octets) {
        int at = 0;
        int gap = -1;
        int i = 0;
        if (text.startsWith("::")) {
            gap = 0;
            i = 2;
        }
        while (i < text.length()) {
            int end = groupEnd(text, i);
            if (end < text.length() && text.charAt(end) == '.') {
                if (at > 12 || four(text, i, octets, at) == 0) {
                    return 0;
                }
                at += 4;
                break;
            }
            if (end == i || end - i > 4 || at == 2 * GROUPS) {
                return 0;
            }
            int group = Integer.parseInt(text, i, end, 16);
            octets[at++] = (byte) (group >> 8);
            octets[at++] = (byte) group;
            i = end;
            if (i < text.length()) {
                i++;
                if (i < text.length() && text.charAt(i) == ':' && gap < 0) {
                    gap = at;
                    i++;
                } else if (i == text.length()) {
                    return 0;
                }
            }
        }
        return filled(octets, at, gap);
    }

    /** Behind the hexadecimal digits from here on; the text's end, a colon or a dot, else the same place. */
    private static int groupEnd(String text, int from) {
        int end = from;
        while (end < text.length() && isHex(text.charAt(end))) {
            end++;
        }
        boolean ended = end == text.length() || text.charAt(end) == ':' || text.charAt(end) == '.';
        return ended ? end : from;
    }

    private static boolean isHex(char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    }

    private static int filled(byte[] octets, int length, int gap) {
        if (gap < 0) {
            return length == octets.length ? length : 0;
        }
        if (length > octets.length - 2) {
            return 0;
        }
        System.arraycopy(octets, gap, octets, octets.length - (length - gap), length - gap);
        Arrays.fill(octets, gap, octets.length - (length - gap), (byte) 0);
        return octets.length;
    }
}
