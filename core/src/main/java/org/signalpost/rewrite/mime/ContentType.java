package org.signalpost.rewrite.mime;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A media type or disposition with its parameters (RFC 2045 section 5.1, RFC 2183, RFC 2231). Immutable and safe to
 * share.
 *
 * @param name such as {@code text/html}, in lower case
 * @param parameters by their names in lower case
 * @param ambiguous whether a parameter is given twice with different values
 */
public record ContentType(String name, Map<String, String> parameters, boolean ambiguous) {
    /** What an entity is when it does not say. */
    static final ContentType PLAIN = new ContentType("text/plain", Map.of(), /* ambiguous= */ false);

    /** Copies the map. */
    public ContentType {
        parameters = Map.copyOf(parameters);
    }

    /** Reads the value of a field. */
    static ContentType parse(String text) {
        var scanner = new Scanner(text);
        String name = scanner.until(";").toLowerCase(Locale.ROOT);
        var parameters = new LinkedHashMap<String, String>();
        boolean ambiguous = false;
        while (scanner.take(';')) {
            String parameter = scanner.until("=;").toLowerCase(Locale.ROOT);
            if (!scanner.take('=')) {
                continue;
            }
            String value = scanner.value();
            int star = parameter.indexOf('*');
            if (star >= 0) {
                String base = parameter.substring(0, star);
                boolean first = parameter.endsWith("*0") || parameter.endsWith("*0*") || parameter.equals(base + "*");
                parameters.merge(base, value, (before, more) -> first ? more : before + more);
            } else {
                String before = parameters.putIfAbsent(parameter, value);
                ambiguous |= before != null && !before.equals(value);
            }
        }
        return new ContentType(name, parameters, ambiguous);
    }

    /** Reads the value of a Content-Disposition field. */
    public static ContentType of(String text) {
        return parse(text);
    }

    /** The value of a parameter. */
    public Optional<String> parameter(String parameter) {
        return Optional.ofNullable(parameters.get(parameter));
    }

    /** Whether it is a type of this kind, such as {@code multipart/}. */
    public boolean is(String prefix) {
        return name.startsWith(prefix);
    }

    /** Walks over a structured value; comments and blanks between words do not count. */
    private static final class Scanner {
        private final String text;
        private int at;

        private Scanner(String text) {
            this.text = text;
        }

        private void skip() {
            int depth = 0;
            while (at < text.length()) {
                char c = text.charAt(at);
                if (c == '(') {
                    depth++;
                } else if (c == ')' && depth > 0) {
                    depth--;
                } else if (c == '\\' && depth > 0) {
                    at++;
                } else if (depth == 0 && c != ' ' && c != '\t') {
                    return;
                }
                at++;
            }
        }

        private boolean take(char wanted) {
            skip();
            if (at < text.length() && text.charAt(at) == wanted) {
                at++;
                return true;
            }
            return false;
        }

        private String until(String ends) {
            skip();
            var word = new StringBuilder();
            while (at < text.length() && ends.indexOf(text.charAt(at)) < 0) {
                if (text.charAt(at) == '(') {
                    skip();
                } else {
                    word.append(text.charAt(at++));
                }
            }
            return word.toString().strip();
        }

        private String value() {
            skip();
            if (at >= text.length() || text.charAt(at) != '"') {
                return until(";");
            }
            at++;
            var value = new StringBuilder();
            while (at < text.length() && text.charAt(at) != '"') {
                if (text.charAt(at) == '\\' && at + 1 < text.length()) {
                    at++;
                }
                value.append(text.charAt(at++));
            }
            at++;
            until(";");
            return value.toString();
        }
    }
}
