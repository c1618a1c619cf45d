package org.signalpost.relay.smtp;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The argument of MAIL and RCPT, read by RFC 5321 section 4.1.2. Immutable and safe to share.
 *
 * @param address what stood between the angle brackets, without a source route; empty for {@code <>}
 * @param parameters what stood behind it, names in upper case, each once
 */
record Path(String address, Map<String, String> parameters) {
    private static final Pattern DOT_ATOM =
            Pattern.compile("[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*");
    private static final Pattern QUOTED = Pattern.compile("\"([ !#-\\[\\]-~]|\\\\[ -~])*\"");
    private static final Pattern LABELS = Pattern.compile(
            "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*");
    private static final Pattern LITERAL = Pattern.compile("\\[(IPv6:)?[0-9A-Fa-f:.]+\\]", Pattern.CASE_INSENSITIVE);

    private static final String MALFORMED = "501 5.1.3 That is not an address";

    Path {
        parameters = Map.copyOf(parameters);
    }

    /** Reads what stands behind the verb; {@code keyword} is FROM: or TO:. */
    static Path parse(String argument, String keyword) {
        if (!argument.regionMatches(/* ignoreCase= */ true, 0, keyword, 0, keyword.length())) {
            throw new Refusal("501 5.5.4 The argument is " + keyword + "<address>");
        }
        String text = argument.substring(keyword.length()).stripLeading();
        int end = end(text);
        String rest = text.substring(end + 1);
        if (!rest.isEmpty() && rest.charAt(0) != ' ') {
            throw new Refusal("501 5.5.4 A blank is wanted behind the address");
        }
        return new Path(address(text.substring(1, end)), parameters(rest));
    }

    /** Where the closing bracket is; one inside a quoted string does not count. */
    private static int end(String text) {
        if (!text.startsWith("<")) {
            throw new Refusal(MALFORMED);
        }
        boolean quoted = false;
        for (int i = 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted && c == '\\') {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (!quoted && c == '>') {
                return i;
            }
        }
        throw new Refusal(MALFORMED);
    }

    private static String address(String path) {
        String mailbox = path;
        if (path.startsWith("@")) {
            int colon = path.indexOf(':');
            for (String hop : path.substring(0, Math.max(colon, 0)).split(",", -1)) {
                if (!hop.startsWith("@") || !LABELS.matcher(hop.substring(1)).matches()) {
                    throw new Refusal(MALFORMED);
                }
            }
            mailbox = path.substring(colon + 1);
        }
        if (path.isEmpty() || mailbox.equalsIgnoreCase("postmaster")) {
            return mailbox;
        }
        if (path.getBytes(StandardCharsets.UTF_8).length > 254 + 2) {
            throw new Refusal(MALFORMED);
        }
        if (!mailbox.chars().allMatch(c -> c < 0x80)) {
            throw new Refusal("553 5.6.7 The address needs SMTPUTF8, which is not offered");
        }
        int at = mailbox.lastIndexOf('@');
        String local = mailbox.substring(0, Math.max(at, 0));
        String domain = mailbox.substring(at + 1);
        boolean good = local.length() <= 64
                && domain.length() <= 255
                && (DOT_ATOM.matcher(local).matches() || QUOTED.matcher(local).matches())
                && (LABELS.matcher(domain).matches() || LITERAL.matcher(domain).matches());
        if (!good) {
            throw new Refusal(MALFORMED);
        }
        return mailbox;
    }

    private static Map<String, String> parameters(String text) {
        var found = new LinkedHashMap<String, String>();
        for (String word : text.strip().split(" +", -1)) {
            if (word.isEmpty()) {
                continue;
            }
            int equals = word.indexOf('=');
            String name = (equals < 0 ? word : word.substring(0, equals)).toUpperCase(Locale.ROOT);
            if (found.putIfAbsent(name, equals < 0 ? "" : word.substring(equals + 1)) != null) {
                throw new Refusal("501 5.5.4 A parameter is given twice");
            }
        }
        return found;
    }
}
