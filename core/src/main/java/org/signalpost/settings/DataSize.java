package org.signalpost.settings;

import java.util.Locale;

/** A number of octets, written {@code 500B}, {@code 64KB}, {@code 25MB} or {@code 2GB}; a KB has 1,024 octets. */
public record DataSize(long octets) {
    /** Reads the written form. */
    public static DataSize parse(String text) {
        var match = java.util.regex.Pattern.compile("([0-9]{1,12})\\s*(B|KB|MB|GB)")
                .matcher(text.strip().toUpperCase(Locale.ROOT));
        if (!match.matches()) {
            throw new IllegalArgumentException("a size is a number with a unit, such as 64KB, 25MB or 2GB");
        }
        int shift = switch (match.group(2)) {
            case "KB" -> 10;
            case "MB" -> 20;
            case "GB" -> 30;
            default -> 0;
        };
        return new DataSize(Math.multiplyExact(Long.parseLong(match.group(1)), 1L << shift));
    }
}
