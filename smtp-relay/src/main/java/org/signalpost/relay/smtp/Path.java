package org.signalpost.relay.smtp;

import java.net.Inet4Address;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.signalpost.net.AddressLiteral;

/**
 * The argument of MAIL and RCPT, read by RFC 5321 section 4.1.2. Immutable and safe to share.
 *
 * @param address what stood between the angle brackets, without a source route; empty for {@code <>}; without a domain
 *     it is {@code postmaster}
 * @param parameters what stood behind it, names in upper case, each once
 */
record Path(String address, Map<String, String> parameters) {
    /** What RFC 6531 section 3.3 adds everywhere, without what ends a line for some. */
    private static final String UTF8 = "[^\\x00-\\x7F\\p{Cc}\\p{Cs}\\u2028\\u2029]";

    private static final String ATOM = "(?:[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]|" + UTF8 + ")+";
    private static final Pattern DOT_ATOM = Pattern.compile(ATOM + "(\\." + ATOM + ")*");
    private static final Pattern QUOTED = Pattern.compile("\"(?:[ !#-\\[\\]-~]|\\\\[ -~]|" + UTF8 + ")*\"");
    static final Pattern LABELS = Pattern.compile(
            "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*");

    /** RFC 5321 section 4.5.3.1, without the brackets around a path. */
    private static final int LONGEST = 254;

    private static final int LONGEST_LOCAL = 64;

    Path {
        parameters = Map.copyOf(parameters);
    }

    /** Reads what stands behind the verb; {@code keyword} is FROM: or TO:. */
    static Path parse(String argument, String keyword) {
        if (!argument.regionMatches(/* ignoreCase= */ true, 0, keyword, 0, keyword.length())) {
            throw new Refusal("501 5.5.4 The argument is " + keyword + "<address>");
        }
        String malformed =
                keyword.equals("TO:") ? "501 5.1.3 That is not an address" : "501 5.1.7 That is not an address";
        String text = argument.substring(keyword.length()).trim();
        int end = end(text);
        if (end < 0) {
            throw new Refusal(malformed);
        }
        String rest = text.substring(end + 1);
        if (!rest.isEmpty() && rest.charAt(0) != ' ') {
            throw new Refusal("501 5.5.4 A blank is wanted behind the address");
        }
        String path = text.substring(1, end);
        String address = withoutRoute(path);
        boolean good = path.isEmpty() || address.equalsIgnoreCase("postmaster") || isMailbox(address);
        if (octets(path) > LONGEST || !good) {
            throw new Refusal(malformed);
        }
        return new Path(address, parameters(rest));
    }

    private static int octets(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** Whether it takes SMTPUTF8 to say this (RFC 6531). */
    boolean isUtf8() {
        return !address.chars().allMatch(c -> c < 0x80);
    }

    /** What stands behind the last @; empty when there is none. */
    String domain() {
        int at = address.lastIndexOf('@');
        return at < 0 ? "" : address.substring(at + 1);
    }

    /** Where the closing bracket is, -1 without; one inside a quoted string does not count. */
    private static int end(String text) {
        boolean quoted = false;
        for (int i = 1; text.startsWith("<") && i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted && c == '\\') {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (!quoted && c == '>') {
                return i;
            }
        }
        return -1;
    }

    /** A route is read and dropped (RFC 5321 appendix C); empty when it is no route. */
    private static String withoutRoute(String path) {
        if (!path.startsWith("@")) {
            return path;
        }
        int colon = path.indexOf(':');
        for (String hop : path.substring(0, Math.max(colon, 0)).split(",", -1)) {
            if (!hop.startsWith("@") || !isDomain(hop.substring(1))) {
                return "";
            }
        }
        return path.substring(colon + 1);
    }

    /** Whether it is a whole address, with a domain. */
    static boolean isMailbox(String mailbox) {
        int at = mailbox.lastIndexOf('@');
        String local = mailbox.substring(0, Math.max(at, 0));
        String domain = mailbox.substring(at + 1);
        return mailbox.length() <= LONGEST
                && octets(local) <= LONGEST_LOCAL
                && (DOT_ATOM.matcher(local).matches() || QUOTED.matcher(local).matches())
                && (isDomain(domain) || isLiteral(domain));
    }

    private static boolean isLiteral(String domain) {
        boolean six = domain.regionMatches(/* ignoreCase= */ true, 0, "[IPv6:", 0, 6);
        return domain.startsWith("[")
                && domain.endsWith("]")
                && AddressLiteral.parse(domain.substring(six ? 6 : 1, domain.length() - 1))
                        .filter(address -> six || address instanceof Inet4Address)
                        .isPresent();
    }

    /** In ASCII, or in UTF-8 when it has one meaning only in ASCII; others can't be looked up by anybody. */
    private static boolean isDomain(String domain) {
        return LABELS.matcher(domain).matches()
                || (!domain.chars().allMatch(c -> c < 0x80)
                        && AsciiDomain.of(domain).isPresent());
    }

    private static Map<String, String> parameters(String text) {
        var found = new LinkedHashMap<String, String>();
        for (String word : text.trim().split(" +", -1)) {
            if (word.isEmpty()) {
                continue;
            }
            int equals = word.indexOf('=');
            if (equals == word.length() - 1) {
                throw new Refusal("501 5.5.4 There is nothing behind " + word.charAt(equals));
            }
            String name = (equals < 0 ? word : word.substring(0, equals)).toUpperCase(Locale.ROOT);
            if (found.putIfAbsent(name, equals < 0 ? "" : word.substring(equals + 1)) != null) {
                throw new Refusal("501 5.5.4 A parameter is given twice");
            }
        }
        return found;
    }
}
