package org.signalpost.http.api;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** One bare e-mail address (RFC 5321 section 4.1.2), as people type it. */
final class EmailAddress {
    private static final Pattern LOCAL = Pattern.compile("[^\\s@<>(),;:\\\\\"\\[\\]\\p{Cntrl}]{1,64}");
    private static final Pattern DOMAIN = Pattern.compile(
            "[\\p{L}\\p{N}]([\\p{L}\\p{N}-]{0,61}[\\p{L}\\p{N}])?(\\.[\\p{L}\\p{N}]([\\p{L}\\p{N}-]{0,61}[\\p{L}\\p{N}])?)+");

    private EmailAddress() {}

    /** Reads a field that has to be an address; says what is wrong with it, and then gives an empty text. */
    static String wanted(Input input, String field) {
        String given = input.text(field, 254);
        Optional<String> address = parse(given);
        if (address.isEmpty()) {
            input.wrong(field, given.isEmpty() ? "it is wanted" : "one e-mail address is wanted");
        }
        return address.orElse("");
    }

    /** The address with its domain in lower case and its local part as given; empty when it is not one. */
    static Optional<String> parse(String text) {
        int at = text.lastIndexOf('@');
        if (at < 1 || text.length() > 254) {
            return Optional.empty();
        }
        String local = text.substring(0, at);
        String domain = text.substring(at + 1);
        boolean dots = local.startsWith(".") || local.endsWith(".") || local.contains("..");
        // Some letters are longer in lower case.
        String address = local + "@" + domain.toLowerCase(Locale.ROOT);
        return LOCAL.matcher(local).matches() && !dots && DOMAIN.matcher(domain).matches() && address.length() <= 254
                ? Optional.of(address)
                : Optional.empty();
    }
}
