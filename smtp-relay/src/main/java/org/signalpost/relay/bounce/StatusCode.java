package org.signalpost.relay.bounce;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An enhanced status code, such as 5.1.1 (RFC 3463). Immutable and safe to share.
 *
 * @param kind 2, 4 or 5
 * @param subject at most three digits
 * @param detail at most three digits
 */
public record StatusCode(int kind, int subject, int detail) {
    /** Refuses what RFC 3463 does not allow. */
    public StatusCode {
        if ((kind != 2 && kind != 4 && kind != 5) || subject < 0 || subject > 999 || detail < 0 || detail > 999) {
            throw new IllegalArgumentException("not a status code: " + kind + "." + subject + "." + detail);
        }
    }

    /** What we know of a recipient by ourselves, with the code for it. */
    public enum Known {
        /** Refused, and the reply is all we know. */
        REFUSED(5, 0, 0),
        /** Deferred, and the reply is all we know. */
        DEFERRED(4, 0, 0),
        /** Passed on. */
        PASSED(2, 0, 0),
        /** The time for attempts is over. */
        EXPIRED(4, 4, 7),
        /** The next hop takes no mail that large. */
        TOO_LARGE(5, 3, 4),
        /** The next hop takes no 8-bit mail, and this can't be made 7-bit. */
        EIGHT_BIT(5, 6, 3),
        /** The next hop takes no addresses in UTF-8. */
        UTF8(5, 6, 7);

        private final int kind;
        private final int subject;
        private final int detail;

        Known(int kind, int subject, int detail) {
            this.kind = kind;
            this.subject = subject;
            this.detail = detail;
        }

        private StatusCode code() {
            return new StatusCode(kind, subject, detail);
        }
    }

    private static final Pattern WRITTEN = Pattern.compile("([245])\\.([0-9]{1,3})\\.([0-9]{1,3})");

    private static final Pattern ENHANCED =
            Pattern.compile("([245])[0-9]{2}[ -]\\1\\.([0-9]{1,3})\\.([0-9]{1,3})(?![0-9.])");

    /**
     * The code of a recipient: the one in the reply when its class is that of the reply, else what we know.
     *
     * @param reply what the peer said, or our own words
     */
    public static StatusCode of(String reply, Known known) {
        Matcher said = ENHANCED.matcher(reply);
        return said.lookingAt() ? new StatusCode(digits(said, 1), digits(said, 2), digits(said, 3)) : known.code();
    }

    /** Reads one as it is written; what is none is {@code known}'s. */
    public static StatusCode parse(String text, Known known) {
        Matcher code = WRITTEN.matcher(text);
        return code.matches() ? new StatusCode(digits(code, 1), digits(code, 2), digits(code, 3)) : known.code();
    }

    private static int digits(Matcher said, int group) {
        return Integer.parseInt(said.group(group));
    }

    /** As it is written. */
    @Override
    public String toString() {
        return kind + "." + subject + "." + detail;
    }
}
