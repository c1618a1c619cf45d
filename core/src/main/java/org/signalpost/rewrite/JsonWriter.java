package org.signalpost.rewrite;

import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Writes one JSON value (RFC 8259) into one buffer, in the order of calls. One thread. */
final class JsonWriter {
    private final StringBuilder out;
    private boolean first = true;

    /** Writes into this buffer, behind what is there. */
    JsonWriter(StringBuilder out) {
        this.out = out;
    }

    /** An object with these members. */
    void object(Runnable members) {
        nested('{', '}', members);
    }

    /** A member that is a text. */
    JsonWriter text(String name, String value) {
        name(name);
        quote(value);
        return this;
    }

    /** A member that is a text, or null when that is empty. */
    JsonWriter textOrNull(String name, String value) {
        name(name);
        if (value.isEmpty()) {
            out.append("null");
        } else {
            quote(value);
        }
        return this;
    }

    /** A member that is a number. */
    JsonWriter number(String name, long value) {
        name(name);
        out.append(value);
        return this;
    }

    /** A member that is an object with these members. */
    JsonWriter object(String name, Runnable members) {
        name(name);
        object(members);
        return this;
    }

    /** A member that is an array of objects; each writes its own members. */
    <T> JsonWriter objects(String name, List<T> values, Consumer<T> members) {
        return array(name, values, value -> object(() -> members.accept(value)));
    }

    /** A member that is an array of texts. */
    JsonWriter texts(String name, List<String> values) {
        return array(name, values, this::quote);
    }

    private <T> JsonWriter array(String name, List<T> values, Consumer<T> element) {
        name(name);
        nested(
                '[',
                ']',
                () -> values.forEach(value -> {
                    comma();
                    element.accept(value);
                }));
        return this;
    }

    private void nested(char open, char close, Runnable inner) {
        out.append(open);
        first = true;
        inner.run();
        out.append(close);
        first = false;
    }

    private void name(String name) {
        comma();
        out.append('"').append(name).append("\":");
    }

    private void comma() {
        if (!first) {
            out.append(',');
        }
        first = false;
    }

    /** A text in quotes; what stands between two characters that need an escape is written at once. */
    void quote(String value) {
        out.append('"');
        int done = 0;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            boolean named = c == '"' || c == '\\';
            if (named || c < ' ' || c == 0x7f || (c >= 0xd800 && c <= 0xdfff)) {
                out.append(value, done, i);
                done = i + 1;
                out.append(named ? "\\" + c : String.format(Locale.ROOT, "\\u%04x", (int) c));
            }
        }
        out.append(value, done, value.length()).append('"');
    }
}
