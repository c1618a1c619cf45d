package org.signalpost.relay.client;

import jakarta.mail.MessagingException;
import java.util.Optional;

/** What a peer said, fit to be shown and stored: one line of printable ASCII, at most 512 characters. */
final class Reply {
    private static final int LONGEST = 512;

    private Reply() {}

    /** Whether it is a reply (RFC 5321 section 4.2): a code from 200 to 599, the same on every line. */
    static boolean isWhole(String reply) {
        String code = reply.substring(0, Math.min(3, reply.length()));
        return code.matches("[2-5][0-9]{2}")
                && reply.lines()
                        .allMatch(line ->
                                line.equals(code) || line.startsWith(code + " ") || line.startsWith(code + "-"));
    }

    /** A reply as it came. */
    static String printable(String reply) {
        String line = reply.replaceAll("[^ -~]+", " ").strip();
        return line.substring(0, Math.min(line.length(), LONGEST));
    }

    /** What a failure says; the innermost one is the peer's own words. */
    static String printable(MessagingException failure) {
        String text = "";
        for (Exception at = failure; at instanceof MessagingException outer; at = next(outer)) {
            text = Optional.ofNullable(at.getMessage()).orElse(at.getClass().getSimpleName());
        }
        if (innermost(failure) instanceof java.io.IOException broken) {
            text = text + " (" + broken.getMessage() + ")";
        }
        // What the library says for a connection that was closed.
        return text.equals("[EOF]") ? "no answer, the connection was closed" : printable(text);
    }

    @SuppressWarnings("NullAway") // The library's end of the chain is null, which instanceof takes for an end.
    private static Exception next(MessagingException failure) {
        return failure.getNextException();
    }

    private static Exception innermost(MessagingException failure) {
        Exception at = failure;
        while (at instanceof MessagingException outer && outer.getNextException() != null) {
            at = outer.getNextException();
        }
        return at;
    }
}
