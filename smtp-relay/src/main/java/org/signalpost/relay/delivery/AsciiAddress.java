package org.signalpost.relay.delivery;

import java.util.Locale;
import java.util.Optional;
import org.signalpost.relay.smtp.AsciiDomain;

/** An envelope address for a next hop without SMTPUTF8 (RFC 6531). */
public final class AsciiAddress {
    private AsciiAddress() {}

    /** The address with its domain as A-labels; empty when there is no ASCII form that means the same. */
    public static Optional<String> of(String address) {
        if (isAscii(address)) {
            return Optional.of(address);
        }
        int at = address.lastIndexOf('@');
        String local = address.substring(0, Math.max(at, 0));
        return at > 0 && isAscii(local)
                ? AsciiDomain.of(address.substring(at + 1)).map(domain -> local + "@" + domain)
                : Optional.empty();
    }

    /**
     * The form for ASCII of an address that notices tell of: its characters that are not, and those in {@code also}, by
     * their numbers (RFC 6533 section 3).
     */
    public static String escaped(String address, String also) {
        var text = new StringBuilder();
        address.codePoints().forEach(c -> {
            if (c >= 0x7f || also.indexOf(c) >= 0) {
                text.append(String.format(Locale.ROOT, "\\x{%X}", c));
            } else {
                text.append((char) c);
            }
        });
        return text.toString();
    }

    static boolean isAscii(String text) {
        return text.chars().allMatch(c -> c < 0x80);
    }
}
