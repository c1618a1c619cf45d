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

    /** The address with its domain in lower case and its local part as given; empty when it is not one. */
    static Optional<String> parse(String text) {
        int at = text.lastIndexOf('@');
        if (at < 1 || text.length() > 254) {
            return Optional.empty();
        }
        String local = text.substring(0, at);
        String domain = text.substring(at + 1);
        boolean dots = local.startsWith(".") || local.endsWith(".") || local.contains("..");
        return LOCAL.matcher(local).matches() && !dots && DOMAIN.matcher(domain).matches()
                ? Optional.of(local + "@" + domain.toLowerCase(Locale.ROOT))
                : Optional.empty();
    }
}
