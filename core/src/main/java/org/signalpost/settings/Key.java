package org.signalpost.settings;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One configuration key: its name, its default, one sentence of what it means, and how its text becomes a value.
 *
 * <p>Immutable and safe to share.
 *
 * @param name lower case, dotted, words joined by a hyphen
 * @param defaultText the default as an operator would write it; empty text means "not set"
 * @param sentence what the key means, in one sentence
 * @param parser turns text into the value; an {@link IllegalArgumentException} says what is wrong with it
 */
public record Key<T>(String name, String defaultText, String sentence, Function<String, T> parser) {
    private static final Pattern NAME = Pattern.compile("[a-z]+(-[a-z]+)*(\\.[a-z0-9]+(-[a-z0-9]+)*)+");

    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})\\s*(ms|s|m|h|d)");

    /** Refuses a name that is not written as all names are. */
    public Key {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("not the name of a key: " + name);
        }
    }

    /** A key whose value is its text. */
    public static Key<String> text(String name, String defaultText, String sentence) {
        return new Key<>(name, defaultText, sentence, Function.identity());
    }

    /** A key that is true or false. */
    public static Key<Boolean> flag(String name, String defaultText, String sentence) {
        return new Key<>(name, defaultText, sentence, Key::parseFlag);
    }

    /** A key with a whole number that is not negative. */
    public static Key<Integer> number(String name, String defaultText, String sentence) {
        return new Key<>(name, defaultText, sentence, text -> {
            if (!text.matches("[0-9]{1,9}")) {
                throw new IllegalArgumentException("a whole number is wanted");
            }
            return Integer.parseInt(text);
        });
    }

    /** A key with a span of time, such as {@code 300s}, {@code 5m} or {@code 5d}. */
    public static Key<Duration> duration(String name, String defaultText, String sentence) {
        return new Key<>(name, defaultText, sentence, Key::parseDuration);
    }

    /** A key with a number of octets, such as {@code 25MB}. */
    public static Key<DataSize> size(String name, String defaultText, String sentence) {
        return new Key<>(name, defaultText, sentence, DataSize::parse);
    }

    /** A key with a list, separated by commas; empty text is the empty list. */
    public static <E> Key<List<E>> list(String name, String defaultText, String sentence, Function<String, E> element) {
        return new Key<>(
                name,
                defaultText,
                sentence,
                text -> Stream.of(text.split(","))
                        .map(String::strip)
                        .filter(part -> !part.isEmpty())
                        .map(element)
                        .toList());
    }

    /** The environment variable that overrides the key: {@code SIGNALPOST_DELIVERY_SMARTHOST}. */
    public String variable() {
        return "SIGNALPOST_" + name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    /** Reads a span of time with its unit. */
    public static Duration parseDuration(String text) {
        var match = DURATION.matcher(text.strip());
        if (!match.matches()) {
            throw new IllegalArgumentException("a time is a number with a unit, such as 500ms, 30s, 5m, 4h or 5d");
        }
        long number = Long.parseLong(match.group(1));
        return switch (match.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
    }

    private static Boolean parseFlag(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "yes", "on" -> true;
            case "false", "no", "off" -> false;
            default -> throw new IllegalArgumentException("true or false is wanted");
        };
    }
}
