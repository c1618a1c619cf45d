package org.signalpost.mailet;

import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Addresses, and domains written {@code @example.org}, as an operator lists them; compared without regard to case.
 * Immutable and safe to share.
 */
record Addresses(Set<String> listed) {
    /** Copies the set. */
    Addresses {
        listed = Set.copyOf(listed);
    }

    /** From a list separated by commas; empty text is the empty list. */
    static Addresses of(String text) {
        return new Addresses(Stream.of(text.split(","))
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .map(Addresses::address)
                .collect(Collectors.toSet()));
    }

    private static String address(String text) {
        if (text.indexOf('@') < 0 || text.endsWith("@") || text.indexOf(' ') >= 0) {
            throw new IllegalArgumentException("ann@example.org or @example.org is wanted, not " + text);
        }
        return text.toLowerCase(Locale.ROOT);
    }

    /** Whether the address or its domain is listed. */
    boolean has(String address) {
        String lower = address.toLowerCase(Locale.ROOT);
        return listed.contains(lower) || listed.contains(lower.substring(Math.max(lower.lastIndexOf('@'), 0)));
    }
}
