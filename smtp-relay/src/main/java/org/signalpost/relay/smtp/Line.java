package org.signalpost.relay.smtp;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** One line of a client while it comes, octet by octet, with the CRLF at its end. For one thread. */
final class Line {
    private final int longest;
    private byte[] octets = new byte[128];
    private int length;

    /** No more than {@code longest} octets, the CRLF among them. */
    Line(int longest) {
        this.longest = longest;
    }

    /** Adds the next octet; false when that does not belong into a line, or is one too many. */
    boolean add(byte octet) {
        boolean control = (octet >= 0 && octet < ' ') || octet == 0x7F;
        // CR and LF come as a pair only, and no other control character comes at all.
        boolean afterCr = length > 0 && octets[length - 1] == '\r';
        boolean fits = afterCr ? octet == '\n' : (!control || octet == '\r');
        if (!fits || length == longest) {
            return false;
        }
        if (length == octets.length) {
            octets = Arrays.copyOf(octets, Math.min(4 * length, longest));
        }
        octets[length++] = octet;
        return true;
    }

    /** Whether its end has come. */
    boolean isWhole() {
        return length > 1 && octets[length - 1] == '\n';
    }

    boolean isUtf8() {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets, 0, length)) != null;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    /** All of it. */
    byte[] octets() {
        return Arrays.copyOf(octets, length);
    }

    /** Without the line end. */
    String text() {
        return new String(octets, 0, length - 2, StandardCharsets.UTF_8);
    }
}
