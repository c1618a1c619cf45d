package org.signalpost.relay.spool;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.signalpost.rewrite.RawMessage;
import org.signalpost.rewrite.mime.MimeScanner;
import org.signalpost.rewrite.mime.Part;

/**
 * Whether a mail goes before others that are due on the same route. The most urgent comes first; the names are those of
 * the Priority field (RFC 2156 section 5.3.6, RFC 4021 section 2.1.54).
 */
public enum Priority {
    /** Somebody waits for it: a code to sign in with, say. */
    URGENT("urgent"),
    /** Most mail. */
    NORMAL("normal"),
    /** What goes to many and may take its time. */
    NON_URGENT("non-urgent");

    private static final Set<String> TO_MANY = Set.of("bulk", "list", "junk");

    private static final Pattern COMMENT = Pattern.compile("\\([^()]*\\)");

    private final String word;

    Priority(String word) {
        this.word = word;
    }

    /** The word of the field. */
    public String word() {
        return word;
    }

    /**
     * What the header says: MT-Priority (RFC 6758) or Priority; else mail to a list (Precedence, List-Id,
     * List-Unsubscribe) is not urgent. What can't be read counts as not there.
     */
    static Priority of(RawMessage head) {
        return MimeScanner.top(head.octets()).map(Priority::of).orElse(NORMAL);
    }

    private static Priority of(Part top) {
        for (String level : words(top, "mt-priority")) {
            if (level.matches("[+-]?[0-9]")) {
                int number = Integer.parseInt(level);
                return number == 0 ? NORMAL : number > 0 ? URGENT : NON_URGENT;
            }
        }
        List<String> said = words(top, "priority");
        for (Priority priority : values()) {
            if (said.contains(priority.word)) {
                return priority;
            }
        }
        boolean toMany = words(top, "precedence").stream().anyMatch(TO_MANY::contains)
                || !top.fields().values("list-id").isEmpty()
                || !top.fields().values("list-unsubscribe").isEmpty();
        return toMany ? NON_URGENT : NORMAL;
    }

    private static List<String> words(Part top, String field) {
        return top.fields().values(field).stream()
                .map(value -> COMMENT.matcher(value).replaceAll("").strip().toLowerCase(Locale.ROOT))
                .toList();
    }
}
