package org.signalpost.relay.dkim;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.signalpost.relay.smtp.AsciiDomain;
import org.signalpost.rewrite.mime.Fields;
import org.signalpost.rewrite.mime.HeaderText;

/** Reads the domain that a mail says it is from: the one domain of all mailboxes in its one From field. */
final class FromDomain {
    private final String text;
    private final Set<Optional<String>> domains = new HashSet<>();
    private final StringBuilder mailbox = new StringBuilder();
    private int at;

    private FromDomain(String text) {
        this.text = text;
    }

    /** As an A-label; empty when there is none, or more than one. */
    static Optional<String> of(Fields fields) {
        var values = fields.values("from");
        if (values.size() != 1) {
            return Optional.empty();
        }
        var reading = new FromDomain(HeaderText.utf8(values.getFirst()));
        return reading.read() && reading.domains.size() == 1
                ? reading.domains.iterator().next()
                : Optional.empty();
    }

    /** Whether the field can be read; what is quoted, and comments, can hold no address. */
    private boolean read() {
        boolean whole = true;
        boolean inAddress = false;
        while (whole && at < text.length()) {
            char c = text.charAt(at++);
            switch (c) {
                case '"' -> whole = skip('"', '"');
                case '(' -> whole = skip('(', ')');
                case '[' -> whole = skip('[', ']');
                case ',', ';' -> inAddress = separate(c, inAddress);
                case ':' -> groupOrRoute(inAddress);
                default -> {
                    inAddress = c == '<' || (inAddress && c != '>');
                    mailbox.append(c);
                }
            }
        }
        separate(',', /* inAddress= */ false);
        return whole && !inAddress;
    }

    /** Leaves a letter for what is skipped, where that stands for something; whether it ends. */
    private boolean skip(char open, char close) {
        int depth = 1;
        while (depth > 0 && at < text.length()) {
            char c = text.charAt(at++);
            if (c == '\\') {
                at++;
            } else if (c == close) {
                depth--;
            } else if (c == open) {
                depth++;
            }
        }
        if (open == '"') {
            mailbox.append('q');
        } else if (open == '[') {
            mailbox.append("[]");
        }
        return depth == 0;
    }

    /** What stood before names a group, or is a source route. */
    private void groupOrRoute(boolean inAddress) {
        if (inAddress) {
            mailbox.append(':');
        } else {
            mailbox.setLength(0);
        }
    }

    /** The end of a mailbox, except within a source route; whether it was that. */
    private boolean separate(char c, boolean inAddress) {
        if (inAddress) {
            mailbox.append(c);
            return true;
        }
        String one = mailbox.toString();
        mailbox.setLength(0);
        if (one.indexOf('@') >= 0 || one.indexOf('<') >= 0) {
            domains.add(domain(one));
        }
        return false;
    }

    private static Optional<String> domain(String mailbox) {
        int open = mailbox.indexOf('<');
        int close = mailbox.indexOf('>');
        boolean bracketed =
                open >= 0 && close > open && mailbox.substring(close + 1).isBlank();
        if (!bracketed && (open >= 0 || close >= 0)) {
            return Optional.empty();
        }
        String address = bracketed ? mailbox.substring(open + 1, close) : mailbox;
        int sign = address.lastIndexOf('@');
        return sign > 0 && !address.substring(0, sign).isBlank()
                ? AsciiDomain.of(address.substring(sign + 1).strip())
                : Optional.empty();
    }
}
