package org.signalpost.relay.dkim;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The tags of a signature (RFC 6376 section 3.2), without white space; of a tag given twice the first. */
record TagList(Map<String, String> tags) {
    TagList {
        tags = Map.copyOf(tags);
    }

    static TagList parse(String value) {
        var tags = new LinkedHashMap<String, String>();
        for (String tag : value.split(";", -1)) {
            int equals = tag.indexOf('=');
            if (equals > 0) {
                tags.putIfAbsent(
                        tag.substring(0, equals).strip(),
                        tag.substring(equals + 1).replaceAll("\\s", ""));
            }
        }
        return new TagList(tags);
    }

    /** The value of a tag, empty when it is not there. */
    String value(String tag) {
        return tags.getOrDefault(tag, "");
    }

    /** The values of a tag that is a list. */
    List<String> values(String tag) {
        return Stream.of(value(tag).split(":", -1)).toList();
    }
}
