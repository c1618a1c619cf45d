package org.signalpost.http;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A method, a path and what answers it. Immutable and safe to share.
 *
 * @param method GET, POST, …
 * @param path the path, in which {@code {name}} stands for one segment
 * @param call answers
 */
public record Route(String method, String path, Call call) {
    /** What answers; a {@link Problem} is answered as it says. */
    public interface Call {
        /** The answer. */
        Reply on(Exchange exchange);
    }

    /** The named segments when the path is one of this route. */
    Optional<Map<String, String>> match(String given) {
        String[] pattern = path.split("/", -1);
        String[] segments = given.split("/", -1);
        if (pattern.length != segments.length) {
            return Optional.empty();
        }
        var named = new HashMap<String, String>();
        for (int i = 0; i < pattern.length; i++) {
            if (pattern[i].startsWith("{") && !segments[i].isEmpty()) {
                named.put(pattern[i].substring(1, pattern[i].length() - 1), segments[i]);
            } else if (!pattern[i].equals(segments[i])) {
                return Optional.empty();
            }
        }
        return Optional.of(named);
    }
}
