package org.signalpost.mailet;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Properties;
import org.signalpost.rewrite.RawMessage;

/**
 * Between James's message objects and octets.
 *
 * <p>No method that changes a header field of such an object is ever called: James would then write the whole message
 * anew, with fields moved, added and their raw octets lost.
 */
final class Octets {
    private static final Session SESSION = Session.getInstance(new Properties());

    private Octets() {}

    /** The octets that James would hand to the next hop. */
    static RawMessage of(MimeMessage message) throws MessagingException, IOException {
        var octets = new ByteArrayOutputStream();
        message.writeTo(octets);
        return RawMessage.of(octets.toByteArray());
    }

    /** A message object that writes exactly these octets. */
    static MimeMessage message(RawMessage octets) throws MessagingException {
        return new Verbatim(octets);
    }

    /** The SHA-256 of the octets in hex: the name of the mail among all mails. */
    static String name(RawMessage octets) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(octets.octets()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** The same octets with one field more on top; the line ends as the first one does. */
    static RawMessage withField(RawMessage octets, String name, String value) {
        byte[] old = octets.octets();
        int first = 0;
        while (first < old.length && old[first] != '\n') {
            first++;
        }
        String end = first < old.length && (first == 0 || old[first - 1] != '\r') ? "\n" : "\r\n";
        byte[] field = (name + ": " + value + end).getBytes(StandardCharsets.US_ASCII);
        var all = new byte[field.length + old.length];
        System.arraycopy(field, 0, all, 0, field.length);
        System.arraycopy(old, 0, all, field.length, old.length);
        return RawMessage.of(all);
    }

    /** Jakarta Mail's own writing would end every header line with CRLF. */
    private static final class Verbatim extends MimeMessage {
        private final RawMessage raw;

        Verbatim(RawMessage raw) throws MessagingException {
            super(SESSION, new ByteArrayInputStream(raw.octets()));
            this.raw = raw;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            raw.writeTo(out);
        }

        @Override
        public void writeTo(OutputStream out, String[] ignored) throws IOException, MessagingException {
            if (ignored == null || ignored.length == 0) {
                raw.writeTo(out);
            } else {
                super.writeTo(out, ignored);
            }
        }
    }
}
