package org.signalpost.relay.bounce;

import java.nio.charset.StandardCharsets;
import org.signalpost.net.AddressLiteral;
import org.signalpost.relay.bounce.Notice.Action;
import org.signalpost.relay.bounce.Notice.Form;
import org.signalpost.relay.bounce.Notice.Recipient;
import org.signalpost.relay.bounce.Notice.Said;
import org.signalpost.relay.delivery.AsciiAddress;

/** The part of a notice that programs read (RFC 3464 section 2). */
final class DeliveryStatus {
    /** An escaped character has up to ten; only what no address can be is cut. */
    private static final int LONGEST_ESCAPED = 900;

    private DeliveryStatus() {}

    static MimePart of(Notice notice) {
        boolean global = notice.own().form() == Form.UTF8
                && !notice.recipients().stream()
                        .allMatch(recipient -> Line.isAscii(recipient.address() + recipient.orcpt()));
        var text = new StringBuilder();
        text.append(
                Line.field("Reporting-MTA", "dns; " + Line.domain(notice.own().hostname())));
        if (!notice.original().envelopeId().isEmpty()) {
            // Not folded: it is compared, and no longer than 100 characters.
            text.append("Original-Envelope-Id: ")
                    .append(Line.exact(notice.original().envelopeId()).replaceAll("[^ -~]", "?"))
                    .append("\r\n");
        }
        text.append(Line.field("Arrival-Date", Line.date(notice.original().arrivedAt())));
        for (Recipient recipient : notice.recipients()) {
            text.append("\r\n").append(group(recipient, global));
        }
        byte[] octets = text.toString().getBytes(StandardCharsets.UTF_8);
        return global
                ? MimePart.eightBit("message/global-delivery-status", octets)
                : MimePart.sevenBit("message/delivery-status", octets);
    }

    private static String group(Recipient recipient, boolean global) {
        var text = new StringBuilder();
        if (recipient.orcpt().indexOf(';') > 0) {
            String original = Line.exact(recipient.orcpt());
            text.append("Original-Recipient: ")
                    .append(global ? original : escaped(original, ""))
                    .append("\r\n");
        }
        text.append("Final-Recipient: ")
                .append(address(recipient.address(), global))
                .append("\r\n");
        text.append(Line.field("Action", word(recipient.action())));
        text.append(Line.field("Status", recipient.status().toString()));
        if (recipient.said() instanceof Said.ByPeer(String peer, String words)) {
            text.append(Line.field("Remote-MTA", "dns; " + Line.ascii(mta(peer))));
            text.append(Line.field("Diagnostic-Code", "smtp; " + Line.ascii(words)));
        }
        text.append(Line.field("Last-Attempt-Date", Line.date(recipient.lastAttempt())));
        if (recipient.action() instanceof Action.Delayed delayed) {
            text.append(Line.field("Will-Retry-Until", Line.date(delayed.until())));
        }
        return text.toString();
    }

    /** A name, or an address literal (RFC 5321 section 4.1.3). */
    private static String mta(String peer) {
        boolean address = AddressLiteral.parse(peer).isPresent();
        return !address ? peer : peer.indexOf(':') < 0 ? "[" + peer + "]" : "[IPv6:" + peer + "]";
    }

    private static String word(Action action) {
        return switch (action) {
            case Action.Failed failed -> "failed";
            case Action.Delayed delayed -> "delayed";
            case Action.Relayed relayed -> "relayed";
        };
    }

    private static String address(String address, boolean global) {
        if (Line.isAscii(address)) {
            return "rfc822; " + Line.exact(address);
        }
        String clean = Line.exact(address);
        return "utf-8; " + (global ? clean : escaped(clean, "\\+= "));
    }

    private static String escaped(String address, String also) {
        String text = AsciiAddress.escaped(address, also);
        return text.substring(0, Math.min(text.length(), LONGEST_ESCAPED));
    }
}
