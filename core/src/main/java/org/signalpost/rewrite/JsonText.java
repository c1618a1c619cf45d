package org.signalpost.rewrite;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the JSON of a control field (RFC 8259) into maps, lists, texts, numbers as texts, and booleans.
 *
 * <p>Duplicate names, text behind the value and more than 32 levels are errors. Core has no JSON library; this is all
 * it needs of one.
 */
final class JsonText {
    /** It is not JSON, or not as strict as it has to be. */
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        Malformed(String what) {
            super(what);
        }
    }

    /** The value {@code null}. */
    static final Object NULL = new Object();

    private static final int DEEPEST = 32;

    private final String text;
    private int at;

    private JsonText(String text) {
        this.text = text;
    }

    /** The object that the text is. */
    @SuppressWarnings("unchecked")
    static Map<String, Object> object(String text) throws Malformed {
        var reader = new JsonText(text);
        Object value = reader.value(0);
        reader.blanks();
        if (reader.at < text.length() || !(value instanceof Map)) {
            throw new Malformed("one JSON object is wanted");
        }
        return (Map<String, Object>) value;
    }

    private Object value(int depth) throws Malformed {
        blanks();
        if (depth > DEEPEST || at >= text.length()) {
            throw new Malformed("the JSON ends too early or is too deep");
        }
        return switch (text.charAt(at)) {
            case '{' -> members(depth);
            case '[' -> elements(depth);
            case '"' -> string();
            case 't' -> word("true", true);
            case 'f' -> word("false", false);
            case 'n' -> word("null", NULL);
            default -> number();
        };
    }

    private Map<String, Object> members(int depth) throws Malformed {
        var members = new LinkedHashMap<String, Object>();
        at++;
        if (take('}')) {
            return members;
        }
        do {
            blanks();
            String name = string();
            if (!take(':')) {
                throw new Malformed("a colon is missing");
            }
            if (members.putIfAbsent(name, value(depth + 1)) != null) {
                throw new Malformed("a name is given twice");
            }
        } while (take(','));
        if (!take('}')) {
            throw new Malformed("a brace is missing");
        }
        return members;
    }

    private List<Object> elements(int depth) throws Malformed {
        var elements = new ArrayList<>();
        at++;
        if (take(']')) {
            return elements;
        }
        do {
            elements.add(value(depth + 1));
        } while (take(','));
        if (!take(']')) {
            throw new Malformed("a bracket is missing");
        }
        return elements;
    }

    private String string() throws Malformed {
        if (at >= text.length() || text.charAt(at) != '"') {
            throw new Malformed("a text is missing");
        }
        var value = new StringBuilder();
        for (at++; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '"') {
                at++;
                return value.toString();
            }
            if (c < ' ' && c != '\t') {
                throw new Malformed("a control character in a text");
            }
            value.append(c == '\\' ? escape() : c);
        }
        throw new Malformed("a text does not end");
    }

    private char escape() throws Malformed {
        at++;
        char c = at < text.length() ? text.charAt(at) : ' ';
        int known = "\"\\/bfnrt".indexOf(c);
        if (known >= 0) {
            return "\"\\/\b\f\n\r\t".charAt(known);
        }
        if (c != 'u'
                || at + 4 >= text.length()
                || !text.substring(at + 1, at + 5).matches("[0-9A-Fa-f]{4}")) {
            throw new Malformed("an escape that is none");
        }
        at += 4;
        return (char) Integer.parseInt(text, at - 3, at + 1, 16);
    }

    private Object word(String word, Object value) throws Malformed {
        if (!text.startsWith(word, at)) {
            throw new Malformed("a word that is none");
        }
        at += word.length();
        return value;
    }

    private String number() throws Malformed {
        int from = at;
        while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        String number = text.substring(from, at);
        if (!number.matches("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?")) {
            throw new Malformed("a value that is none");
        }
        return number;
    }

    private boolean take(char wanted) {
        blanks();
        if (at < text.length() && text.charAt(at) == wanted) {
            at++;
            return true;
        }
        return false;
    }

    private void blanks() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    /** Writes a text. */
    static String quoted(String value) {
        var out = new StringBuilder(value.length() + 16);
        new JsonWriter(out).quote(value);
        return out.toString();
    }

    /** Writes a value as it was read. */
    static String written(Object value) {
        return switch (value) {
            case Map<?, ?> members -> {
                var parts = new ArrayList<String>();
                members.forEach((name, member) -> parts.add(quoted(String.valueOf(name)) + ":" + written(member)));
                yield "{" + String.join(",", parts) + "}";
            }
            case List<?> elements ->
                "[" + String.join(",", elements.stream().map(JsonText::written).toList()) + "]";
            case Boolean flag -> flag.toString();
            case String text when text.matches("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?") -> text;
            case String text -> quoted(text);
            default -> "null";
        };
    }
}
