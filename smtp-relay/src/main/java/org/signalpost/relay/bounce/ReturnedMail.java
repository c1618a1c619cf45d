package org.signalpost.relay.bounce;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.signalpost.relay.bounce.Notice.Form;
import org.signalpost.relay.bounce.Notice.Ret;
import org.signalpost.rewrite.Octets;
import org.signalpost.rewrite.mime.Fields.Field;
import org.signalpost.rewrite.mime.MimeScanner;

/** The part of a notice that shows the sender the mail: its header, or all of it. */
final class ReturnedMail {
    private static final int LONGEST = 64 << 10;
    private static final int LONGEST_LINE = 998;

    /** No more of a mail is searched for the fields of its header. */
    private static final int SEARCHED = 512 << 10;

    private ReturnedMail() {}

    static MimePart of(Notice notice) {
        byte[] octets = notice.original().message().octets();
        byte[] header = header(octets);
        return notice.original().wanted() == Ret.FULL && octets.length <= LONGEST
                ? whole(octets, header, notice.own().form()).orElseGet(() -> headerAlone(header))
                : headerAlone(header);
    }

    /** Empty when it does not fit the form: a mail inside a mail may not be encoded (RFC 2046 section 5.2.1). */
    private static Optional<MimePart> whole(byte[] octets, byte[] header, Form form) {
        byte[] mail = withCrlf(octets);
        boolean ascii = isAscii(mail);
        if (!hasPlainLines(mail) || (!ascii && form == Form.SEVEN_BIT) || !isUtf8(header)) {
            return Optional.empty();
        }
        String type = isAscii(header) ? "message/rfc822" : "message/global";
        return Optional.of(ascii ? MimePart.sevenBit(type, mail) : MimePart.eightBit(type, mail));
    }

    private static MimePart headerAlone(byte[] header) {
        if (isAscii(header) && hasPlainLines(header)) {
            return MimePart.sevenBit("text/rfc822-headers", header);
        }
        String charset = !isAscii(header) && isUtf8(header) ? "; charset=utf-8" : "";
        return MimePart.quotedPrintable("text/rfc822-headers" + charset, header);
    }

    /** The fields that are fields to every reader, as far as they fit. */
    private static byte[] header(byte[] octets) {
        byte[] top = octets.length > SEARCHED ? Arrays.copyOf(octets, SEARCHED) : octets;
        List<Field> fields =
                MimeScanner.top(top).map(part -> part.fields().list()).orElse(List.of());
        var header = new ByteArrayOutputStream();
        for (Field field : fields) {
            boolean cut = field.to() == top.length && top.length < octets.length;
            if (!cut && header.size() + field.to() - field.from() <= LONGEST) {
                header.write(octets, field.from(), field.to() - field.from());
            }
        }
        return withCrlf(header.toByteArray());
    }

    /** Each line feed that stands alone becomes a line end; what is no line end stays. */
    private static byte[] withCrlf(byte[] octets) {
        var lines = new ByteArrayOutputStream(octets.length + 64);
        for (int i = 0; i < octets.length; i++) {
            if (octets[i] == '\n' && (i == 0 || octets[i - 1] != '\r')) {
                lines.write('\r');
            }
            lines.write(octets[i]);
        }
        return lines.toByteArray();
    }

    /** No NUL, no carriage return alone, no line that SMTP does not carry. */
    private static boolean hasPlainLines(byte[] octets) {
        int column = 0;
        for (int i = 0; i < octets.length; i++) {
            boolean ends = octets[i] == '\r' && i + 1 < octets.length && octets[i + 1] == '\n';
            if (ends) {
                i++;
                column = 0;
            } else if (octets[i] == '\r' || octets[i] == 0 || ++column > LONGEST_LINE) {
                return false;
            }
        }
        return true;
    }

    private static boolean isAscii(byte[] octets) {
        return Octets.areAscii(octets, 0, octets.length);
    }

    private static boolean isUtf8(byte[] octets) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
