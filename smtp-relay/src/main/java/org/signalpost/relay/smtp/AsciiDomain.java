package org.signalpost.relay.smtp;

import java.net.IDN;
import java.util.Locale;
import java.util.Optional;

/** A domain as every peer understands it: A-labels (RFC 5890) in lower case. */
public final class AsciiDomain {
    /** RFC 1035 section 2.3.4, as text. */
    private static final int LONGEST = 253;

    /** Sharp s, its capital, final sigma and the joiners: the JDK's IDNA 2003 makes other domains of them. */
    private static final String DEVIATING = "\u00df\u1e9e\u03c2\u200c\u200d";

    private AsciiDomain() {}

    /** The domain's one form; empty when it has none, or when it could mean two domains (RFC 5894 section 7.2). */
    public static Optional<String> of(String domain) {
        if (domain.chars().anyMatch(c -> DEVIATING.indexOf(c) >= 0)) {
            return Optional.empty();
        }
        try {
            boolean ascii = domain.chars().allMatch(c -> c < 0x80);
            String name = (ascii ? domain : IDN.toASCII(domain, IDN.USE_STD3_ASCII_RULES)).toLowerCase(Locale.ROOT);
            return name.length() <= LONGEST && Path.LABELS.matcher(name).matches()
                    ? Optional.of(name)
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
