package org.signalpost.relay.bounce;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.signalpost.relay.bounce.Notice.Form;
import org.signalpost.rewrite.OctetSearch;
import org.signalpost.rewrite.RawMessage;
import org.signalpost.rewrite.mime.MimeScanner;

/** Writes a notice: a multipart/report (RFC 6522) of a letter, the delivery status, and the mail it is about. */
final class NoticeWriter {
    /** What may stand behind To as it is; of a local part in quotes nothing else is asked. */
    private static final Pattern MAILBOX = Pattern.compile(
            "(\"([^\"\\\\]|\\\\[ -~])*\"|[^ <>()\\[\\],;:\\\\\"@]+)@(\\[[0-9A-Za-z.:]+\\]|[^ <>()\\[\\],;:\\\\\"@]+)");

    private static final Pattern MESSAGE_ID = Pattern.compile("<[!-;=?-~]{1,900}>");

    private NoticeWriter() {}

    static RawMessage write(Notice notice) {
        List<MimePart> parts = List.of(Letter.of(notice), DeliveryStatus.of(notice), ReturnedMail.of(notice));
        String boundary = boundary(notice.own().id(), parts);
        var out = new ByteArrayOutputStream();
        out.writeBytes(header(notice).getBytes(UTF_8));
        out.writeBytes(
                ("MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status;\r\n boundary=\""
                                + boundary + "\"\r\n")
                        .getBytes(US_ASCII));
        if (parts.stream().anyMatch(MimePart::isEightBit)) {
            out.writeBytes("Content-Transfer-Encoding: 8bit\r\n".getBytes(US_ASCII));
        }
        for (MimePart part : parts) {
            out.writeBytes(("\r\n--" + boundary + "\r\n").getBytes(US_ASCII));
            part.writeTo(out);
        }
        out.writeBytes(("\r\n--" + boundary + "--\r\n").getBytes(US_ASCII));
        return RawMessage.of(out.toByteArray());
    }

    private static String header(Notice notice) {
        String hostname = Line.domain(notice.own().hostname());
        return "From: Mail Delivery System <postmaster@" + hostname + ">\r\n"
                + "To: " + to(notice.original().sender(), notice.own().form()) + "\r\n"
                + Line.field("Subject", Letter.subject(notice.recipients()))
                + Line.field("Date", Line.date(notice.own().at()))
                + "Message-ID: <" + Line.word(notice.own().id()) + "@" + hostname + ">\r\n"
                + messageId(notice.original().message())
                        .map(id -> "In-Reply-To: " + id + "\r\n")
                        .orElse("")
                + "Auto-Submitted: auto-replied\r\n";
    }

    /** An address that can't stand in a header of this form, or is none, is left to the envelope. */
    private static String to(String sender, Form form) {
        boolean fits = Line.unicode(sender).equals(sender) && (form == Form.UTF8 || Line.isAscii(sender));
        return fits && MAILBOX.matcher(sender).matches() ? "<" + sender + ">" : "undisclosed-recipients:;";
    }

    private static Optional<String> messageId(RawMessage mail) {
        return MimeScanner.top(mail.octets())
                .flatMap(top -> top.fields().first("message-id"))
                .map(MESSAGE_ID::matcher)
                .filter(Matcher::find)
                .map(Matcher::group);
    }

    /** One that occurs in no part. */
    private static String boundary(String id, List<MimePart> parts) {
        String word = Line.word(id);
        String start = "=_" + word.substring(0, Math.min(word.length(), 40)) + "_";
        int number = 0;
        while (occurs(start + number, parts)) {
            number++;
        }
        return start + number;
    }

    private static boolean occurs(String boundary, List<MimePart> parts) {
        var search = new OctetSearch(boundary.getBytes(US_ASCII));
        return parts.stream().anyMatch(part -> part.contains(search));
    }
}
