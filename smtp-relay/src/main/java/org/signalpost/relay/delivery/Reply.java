package org.signalpost.relay.delivery;

import jakarta.mail.MessagingException;
import java.util.Optional;

/** What a peer said, fit to be shown and stored: one line of printable ASCII, at most 512 characters. */
final class Reply {
    private static final int LONGEST = 512;

    private Reply() {}

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
        return printable(text);
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
