package org.signalpost.relay.smtp;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.signalpost.rewrite.RawMessage;
import org.signalpost.rewrite.mime.Fields;
import org.signalpost.rewrite.mime.MimeScanner;

/**
 * In whose names a mail says to be: the addresses of its From fields (RFC 5322 section 3.6.2). What two readers could
 * read in two ways is not read at all.
 */
final class Authors {
    private Authors() {}

    /** All of them; empty when there are none, or when they can't be read with certainty. */
    static List<String> of(RawMessage head) {
        Optional<Fields> fields =
                MimeScanner.top(head.octets()).map(top -> top.fields()).filter(Fields::wellFormed);
        var authors = new ArrayList<String>();
        for (String value : fields.map(all -> all.values("from")).orElse(List.of())) {
            for (String author : authors(withoutComments(utf8(value)))) {
                Optional<String> address = address(author.strip());
                if (address.isEmpty()) {
                    return List.of();
                }
                authors.add(address.get());
            }
        }
        return authors;
    }

    private static String utf8(String latin) {
        return new String(latin.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    /** Comments become blanks; a text whose comments or quotes do not end becomes nothing. */
    private static String withoutComments(String value) {
        var text = new StringBuilder();
        int depth = 0;
        boolean quoted = false;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '\\' && (quoted || depth > 0) && i + 1 < value.length()) {
                text.append(depth > 0 ? " " : value.substring(i, i + 2));
                i++;
            } else if (c == '"' && depth == 0) {
                quoted = !quoted;
                text.append(c);
            } else if (c == '(' && !quoted) {
                depth++;
                text.append(' ');
            } else if (c == ')' && depth > 0) {
                depth--;
            } else {
                text.append(depth > 0 ? ' ' : c);
            }
        }
        return depth > 0 || quoted ? "" : text.toString();
    }

    /** What stands between the commas that are not quoted. */
    private static List<String> authors(String text) {
        var authors = new ArrayList<String>();
        boolean quoted = false;
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted && c == '\\') {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                authors.add(text.substring(from, i));
                from = i + 1;
            }
        }
        authors.add(text.substring(from));
        return authors;
    }

    /** The address alone, or that in brackets behind words. */
    private static Optional<String> address(String author) {
        String words = unquoted(author);
        int bracket = words.indexOf('<');
        if (bracket < 0) {
            return Path.isMailbox(author) ? Optional.of(author) : Optional.empty();
        }
        String before = words.substring(0, bracket);
        boolean plain = before.chars().noneMatch(c -> "@>:;[]\\".indexOf(c) >= 0 || (c < ' ' && c != '\t'));
        String address = author.substring(bracket + 1).strip();
        return plain && address.endsWith(">")
                ? Optional.of(address.substring(0, address.length() - 1).strip())
                        .filter(Path::isMailbox)
                : Optional.empty();
    }

    /** The same text with an x for everything within quotes. */
    private static String unquoted(String text) {
        var clear = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted && c == '\\' && i + 1 < text.length()) {
                clear.append("xx");
                i++;
            } else {
                clear.append(quoted && c != '"' ? 'x' : c);
                quoted ^= c == '"';
            }
        }
        return clear.toString();
    }
}
