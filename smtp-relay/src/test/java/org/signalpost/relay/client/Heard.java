package org.signalpost.relay.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** What a peer hears, octet by octet. */
final class Heard {
    private Heard() {}

    /** A mail as it was meant, and as it came with its stuffed dots. */
    static final class Mail {
        private final byte[] octets;
        private final byte[] stuffed;

        private Mail(byte[] octets, byte[] stuffed) {
            this.octets = octets;
            this.stuffed = stuffed;
        }

        byte[] octets() {
            return octets;
        }

        byte[] stuffed() {
            return stuffed;
        }
    }

    /** A command; {@code <end>} at the end of the connection. */
    static String line(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        int octet = in.read();
        while (octet >= 0 && octet != '\n') {
            line.write(octet);
            octet = in.read();
        }
        return octet < 0 ? "<end>" : line.toString(StandardCharsets.UTF_8).stripTrailing();
    }

    /** A mail up to the dot behind it. */
    static Mail mail(InputStream in) throws IOException {
        var mail = new ByteArrayOutputStream();
        var stuffed = new ByteArrayOutputStream();
        while (true) {
            byte[] line = rawLine(in);
            if (new String(line, StandardCharsets.ISO_8859_1).equals(".\r\n")) {
                return new Mail(mail.toByteArray(), stuffed.toByteArray());
            }
            stuffed.writeBytes(line);
            int stuffing = line[0] == '.' ? 1 : 0;
            mail.write(line, stuffing, line.length - stuffing);
        }
    }

    private static byte[] rawLine(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        int octet = 0;
        while (octet != '\n') {
            octet = in.read();
            if (octet < 0) {
                throw new IOException("the mail was cut");
            }
            line.write(octet);
        }
        return line.toByteArray();
    }
}
