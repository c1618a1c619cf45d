package org.signalpost.relay.bounce;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.signalpost.relay.bounce.Notice.Action;
import org.signalpost.relay.bounce.Notice.Recipient;
import org.signalpost.relay.bounce.Notice.Said;
import org.signalpost.rewrite.mime.HeaderText;

/** The part of a notice that people read. */
final class Letter {
    private static final String INDENT = "    ";

    private Letter() {}

    /** What the mail client shows in its list. */
    static String subject(List<Recipient> recipients) {
        List<String> subjects = recipients.stream()
                .map(recipient -> switch (recipient.action()) {
                    case Action.Failed failed -> "Your mail could not be delivered";
                    case Action.Delayed delayed -> "Your mail is delayed";
                    case Action.Relayed relayed -> "Your mail was passed on";
                })
                .distinct()
                .toList();
        return subjects.size() == 1 ? subjects.getFirst() : "What became of your mail";
    }

    static MimePart of(Notice notice) {
        var text = new StringBuilder();
        text.append(paragraph(
                "This is the mail system at " + Line.domain(notice.own().hostname()) + ", writing about your mail:"));
        String subject =
                Line.unicode(HeaderText.subject(notice.original().message().octets()));
        if (!subject.isEmpty()) {
            text.append(indented("Subject: " + subject));
        }
        text.append(indented("Accepted: " + Line.date(notice.original().arrivedAt())))
                .append("\r\n");
        var groups = new LinkedHashMap<String, List<Recipient>>();
        for (Recipient recipient : notice.recipients()) {
            groups.computeIfAbsent(heading(recipient.action()), heading -> new ArrayList<>())
                    .add(recipient);
        }
        groups.forEach((heading, recipients) -> {
            text.append(paragraph(heading));
            recipients.forEach(recipient -> text.append(entry(recipient)));
        });
        text.append(paragraph("Below are the same facts for programs, and the header of your mail or all of it."));
        return MimePart.text("text/plain", text.toString());
    }

    private static String heading(Action action) {
        return switch (action) {
            case Action.Failed failed -> "It could not be delivered to these recipients, and will not be tried again:";
            case Action.Delayed delayed ->
                "It has not reached these recipients yet. It will be tried again; you need not send it again:";
            case Action.Relayed relayed ->
                "For these recipients it was passed on to a system that does not confirm delivery:";
        };
    }

    private static String entry(Recipient recipient) {
        String until = recipient.action() instanceof Action.Delayed delayed
                ? indented("It will be tried until " + Line.date(delayed.until()))
                : "";
        String said = switch (recipient.said()) {
            case Said.ByPeer peer -> Line.ascii(peer.peer()) + " said: " + Line.ascii(peer.words());
            case Said.ByUs us -> Line.ascii(us.words());
        };
        return "<" + Line.exact(recipient.address()) + ">\r\n" + indented(said) + until + "\r\n";
    }

    private static String paragraph(String text) {
        return Line.folded(text, "") + "\r\n\r\n";
    }

    private static String indented(String text) {
        return Line.folded(INDENT + text, INDENT) + "\r\n";
    }
}
