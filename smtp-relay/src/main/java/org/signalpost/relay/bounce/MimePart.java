package org.signalpost.relay.bounce;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.signalpost.rewrite.OctetSearch;

/** One part of a notice, its lines ended by CRLF. Immutable and safe to share. */
final class MimePart {
    private static final int WIDTH = 75;

    private final String type;
    private final String encoding;
    private final byte[] octets;

    private MimePart(String type, String encoding, byte[] octets) {
        this.type = type;
        this.encoding = encoding;
        this.octets = octets;
    }

    /** Octets as they stand, which are ASCII in lines of ordinary length. */
    static MimePart sevenBit(String type, byte[] octets) {
        return new MimePart(type, "7bit", octets);
    }

    /** Octets as they stand, in lines of ordinary length. */
    static MimePart eightBit(String type, byte[] octets) {
        return new MimePart(type, "8bit", octets);
    }

    /** Text, which stays as it is when it is ASCII, and becomes quoted-printable when not. */
    static MimePart text(String type, String text) {
        byte[] octets = text.getBytes(StandardCharsets.UTF_8);
        return Line.isAscii(text)
                ? sevenBit(type + "; charset=us-ascii", octets)
                : quotedPrintable(type + "; charset=utf-8", octets);
    }

    /** RFC 2045 section 6.7; CRLF are the line ends, any other control but a tab is encoded. */
    static MimePart quotedPrintable(String type, byte[] content) {
        var encoded = new ByteArrayOutputStream(content.length * 2);
        int column = 0;
        for (int i = 0; i < content.length; i++) {
            byte octet = content[i];
            if (endsLine(content, i)) {
                encoded.writeBytes(ascii("\r\n"));
                column = 0;
                i++;
                continue;
            }
            boolean blank = octet == ' ' || octet == '\t';
            boolean last = i + 1 == content.length || endsLine(content, i + 1);
            boolean plain = blank ? !last : octet > ' ' && octet < 0x7f && octet != '=';
            int width = plain ? 1 : 3;
            if (column + width > WIDTH) {
                encoded.writeBytes(ascii("=\r\n"));
                column = 0;
            }
            encoded.writeBytes(ascii(plain ? String.valueOf((char) octet) : "=%02X".formatted(octet & 0xff)));
            column += width;
        }
        return new MimePart(type, "quoted-printable", encoded.toByteArray());
    }

    private static boolean endsLine(byte[] content, int at) {
        return content[at] == '\r' && at + 1 < content.length && content[at + 1] == '\n';
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    boolean isEightBit() {
        return encoding.equals("8bit");
    }

    boolean contains(OctetSearch search) {
        return search.find(octets).length > 0;
    }

    /** Writes header and body. */
    void writeTo(ByteArrayOutputStream out) {
        out.writeBytes(ascii(Line.field("Content-Type", type)));
        out.writeBytes(ascii(Line.field("Content-Transfer-Encoding", encoding) + "\r\n"));
        out.writeBytes(octets);
    }
}
