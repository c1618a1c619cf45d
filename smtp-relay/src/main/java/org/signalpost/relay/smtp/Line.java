package org.signalpost.relay.smtp;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** One line of a client while it comes, octet by octet, with the CRLF at its end. For one thread. */
final class Line {
    /** RFC 5321 section 4.5.3.1.4. */
    private static final int COMMAND = 512;

    /**
     * MAIL and RCPT with their parameters. RFC 3461 adds 500 octets to RCPT for ORCPT, others add to MAIL; an address
     * and every parameter of its allowed length fit, and the shell reads no longer ones.
     */
    private static final int WITH_PARAMETERS = 999;

    /** RFC 4954 section 4. */
    private static final int ANSWER = 12_288;

    private final int longest;
    private final int longestWithParameters;
    private byte[] octets = new byte[128];
    private int length;

    private Line(int longest, int longestWithParameters) {
        this.longest = longest;
        this.longestWithParameters = longestWithParameters;
    }

    /** A command, of 512 octets at most with its CRLF, or 999 for one that has parameters. */
    static Line command() {
        return new Line(COMMAND, WITH_PARAMETERS);
    }

    /** An answer within a command, of 12,288 octets at most with its CRLF. */
    static Line answer() {
        return new Line(ANSWER, ANSWER);
    }

    /** Adds the next octet; false when that does not belong into a line, or is one too many. */
    boolean add(byte octet) {
        boolean control = (octet >= 0 && octet < ' ') || octet == 0x7F;
        // CR and LF come as a pair only, and no other control character comes at all.
        boolean afterCr = length > 0 && octets[length - 1] == '\r';
        boolean fits = afterCr ? octet == '\n' : (!control || octet == '\r');
        if (!fits || isFull()) {
            return false;
        }
        if (length == octets.length) {
            octets = Arrays.copyOf(octets, Math.min(4 * length, longestWithParameters));
        }
        octets[length++] = octet;
        return true;
    }

    private boolean isFull() {
        return length >= longest && (length == longestWithParameters || !hasParameters());
    }

    private boolean hasParameters() {
        return begins("MAIL ") || begins("RCPT ");
    }

    private boolean begins(String verb) {
        for (int i = 0; i < verb.length(); i++) {
            if (Character.toUpperCase(octets[i]) != verb.charAt(i)) {
                return false;
            }
        }
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
