package org.signalpost.settings;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The values an operator gave, from a file of {@code key = value} lines and from the environment, which wins.
 *
 * <p>Every value is read when the settings are made, so a mistake stops the start and not a mail. Immutable and safe to
 * share.
 */
public final class Settings {
    private final Map<String, Object> values;
    private final Map<String, String> given;

    private Settings(Map<String, Object> values, Map<String, String> given) {
        this.values = values;
        this.given = given;
    }

    /** All keys at their defaults. */
    public static Settings defaults(Collection<? extends Key<?>> keys) {
        return read("defaults", "", Map.of(), keys);
    }

    /**
     * Reads a file's text and the environment.
     *
     * @param source what to call the file in a message
     * @param text lines {@code key = value}; {@code #} begins a comment line
     * @param environment the environment variables; those named like a key override the file
     * @param keys all keys there are
     * @throws ConfigurationException naming the line, and the nearest key when one is unknown
     */
    public static Settings read(
            String source, String text, Map<String, String> environment, Collection<? extends Key<?>> keys) {
        var known = new LinkedHashMap<String, Key<?>>();
        keys.forEach(key -> known.put(key.name(), key));
        var given = new HashMap<String, String>();
        var origin = new HashMap<String, String>();
        int number = 0;
        for (String line : text.split("\r\n|\n|\r", -1)) {
            number++;
            String where = source + ", line " + number;
            String stripped = line.strip();
            if (stripped.isEmpty() || stripped.startsWith("#")) {
                continue;
            }
            int equals = stripped.indexOf('=');
            if (equals < 0) {
                throw new ConfigurationException(where + ": not a line of the form key = value: " + stripped);
            }
            String name = stripped.substring(0, equals).strip();
            if (!known.containsKey(name)) {
                throw new ConfigurationException(where + ": unknown key " + name + nearest(name, known.keySet()));
            }
            if (origin.putIfAbsent(name, where) != null) {
                throw new ConfigurationException(where + ": " + name + " was given before, in " + origin.get(name));
            }
            given.put(name, stripped.substring(equals + 1).strip());
        }
        for (Key<?> key : keys) {
            String value = environment.get(key.variable());
            if (value != null) {
                given.put(key.name(), value.strip());
                origin.put(key.name(), "environment variable " + key.variable());
            }
        }
        return new Settings(parsed(keys, given, origin), given);
    }

    private static Map<String, Object> parsed(
            Collection<? extends Key<?>> keys, Map<String, String> given, Map<String, String> origin) {
        var values = new HashMap<String, Object>();
        for (Key<?> key : keys) {
            String text = given.getOrDefault(key.name(), key.defaultText());
            try {
                values.put(key.name(), key.parser().apply(text));
            } catch (IllegalArgumentException e) {
                throw new ConfigurationException(
                        origin.getOrDefault(key.name(), "default") + ": " + key.name() + " = " + text + ": "
                                + e.getMessage(),
                        e);
            }
        }
        return values;
    }

    /** The value of a key. */
    @SuppressWarnings("unchecked")
    public <T> T value(Key<T> key) {
        Object value = values.get(key.name());
        if (value == null) {
            throw new IllegalArgumentException("not among the keys that were read: " + key.name());
        }
        return (T) value;
    }

    /** Whether the operator gave a value that is not empty. */
    public boolean given(Key<?> key) {
        return !given.getOrDefault(key.name(), "").isEmpty();
    }

    private static String nearest(String name, Collection<String> keys) {
        var candidates = new ArrayList<>(keys);
        candidates.sort((a, b) -> Integer.compare(distance(name, a), distance(name, b)));
        List<String> best = candidates.subList(0, Math.min(1, candidates.size()));
        return best.isEmpty() ? "" : "; the nearest key is " + best.get(0);
    }

    /** The Levenshtein distance. */
    private static int distance(String a, String b) {
        var row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
