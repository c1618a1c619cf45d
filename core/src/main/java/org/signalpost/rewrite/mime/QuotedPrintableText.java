package org.signalpost.rewrite.mime;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes octets in quoted-printable (RFC 2045 section 6.7); lines of text stay lines. One text, one thread. */
final class QuotedPrintableText {
    private static final int WIDTH = 76;
    private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);

    private final byte[] octets;
    private final byte[] lineEnd;
    private final ByteArrayOutputStream text;
    private int column;

    private QuotedPrintableText(byte[] octets, byte[] lineEnd) {
        this.octets = octets;
        this.lineEnd = lineEnd;
        this.text = new ByteArrayOutputStream(octets.length + octets.length / 2);
    }

    /** The text; any CR or LF that is no line end of the mail is encoded. */
    static byte[] of(byte[] octets, byte[] lineEnd) {
        var writing = new QuotedPrintableText(octets, lineEnd);
        int at = 0;
        while (at < octets.length) {
            at = writing.write(at);
        }
        return writing.text.toByteArray();
    }

    /** Writes what stands here; where to go on. */
    private int write(int at) {
        if (endsLine(at)) {
            text.writeBytes(lineEnd);
            column = 0;
            return at + lineEnd.length;
        }
        boolean last = at + 1 == octets.length || endsLine(at + 1);
        byte octet = octets[at];
        boolean blank = octet == ' ' || octet == '\t';
        boolean literal = blank ? !last : octet > ' ' && octet < 127 && octet != '=';
        int width = literal ? 1 : 3;
        if (column + width > (last ? WIDTH : WIDTH - 1)) {
            text.write('=');
            text.writeBytes(lineEnd);
            column = 0;
        }
        if (literal) {
            text.write(octet);
        } else {
            text.write('=');
            text.write(HEX[octet >> 4 & 0xf]);
            text.write(HEX[octet & 0xf]);
        }
        column += width;
        return at + 1;
    }

    private boolean endsLine(int at) {
        int to = at + lineEnd.length;
        return to <= octets.length && Arrays.equals(octets, at, to, lineEnd, 0, lineEnd.length);
    }
}
