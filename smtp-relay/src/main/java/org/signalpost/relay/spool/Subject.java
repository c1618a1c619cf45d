package org.signalpost.relay.spool;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** The Subject field of a mail as it stands there, unfolded; for lists, not for decisions. */
public final class Subject {
    private static final int LONGEST = 500;

    private Subject() {}

    /** Its value without control characters, at most 500 characters; empty when there is none. Encoded words stay. */
    public static String of(byte[] mail) {
        int at = 0;
        var value = new StringBuilder();
        boolean inside = false;
        while (at < mail.length && value.length() < LONGEST) {
            int end = at;
            while (end < mail.length && mail[end] != '\n') {
                end++;
            }
            String line = new String(mail, at, Math.min(end - at, 2 * LONGEST), StandardCharsets.UTF_8).stripTrailing();
            if (line.isEmpty()) {
                break;
            }
            boolean folded = line.charAt(0) == ' ' || line.charAt(0) == '\t';
            if (inside && !folded) {
                break;
            }
            if (line.toLowerCase(Locale.ROOT).startsWith("subject:")) {
                inside = true;
                value.append(line.substring(8).strip());
            } else if (inside) {
                value.append(' ').append(line.strip());
            }
            at = end + 1;
        }
        String plain = value.toString().replaceAll("\\p{Cntrl}", " ");
        return plain.substring(0, Math.min(plain.length(), LONGEST));
    }
}
