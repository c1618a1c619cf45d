package org.signalpost.rewrite;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.signalpost.rewrite.mime.Fields;
import org.signalpost.rewrite.mime.HeaderText;

/**
 * What the X-Signalpost fields of a mail ask for; all of them are stripped before it goes out.
 *
 * @param opens what the mail says of opens
 * @param clicks what the mail says of clicks
 * @param optedOut whether it wants no tracking at all
 * @param campaign the campaign, or empty
 * @param tags the tags
 * @param metadata a JSON object, or empty
 * @param bad the fields that can't be read, in words; then the mail goes out untracked
 */
record ControlFields(
        Optional<Boolean> opens,
        Optional<Boolean> clicks,
        boolean optedOut,
        String campaign,
        List<String> tags,
        String metadata,
        List<String> bad) {
    /** What all of them start with. */
    static final String PREFIX = "x-signalpost-";

    private static final int LONGEST_CAMPAIGN = 255;
    private static final int MOST_TAGS = 10;
    private static final int LONGEST_TAG = 128;
    private static final int LONGEST_METADATA = 4_096;

    /** Reads the fields of a mail. */
    static ControlFields of(Fields fields) {
        var bad = new ArrayList<String>();
        Optional<Boolean> opens = flag(fields, "opens", bad);
        Optional<Boolean> clicks = flag(fields, "clicks", bad);
        boolean optedOut = false;
        String track = fields.first(PREFIX + "track").orElse("all").toLowerCase(Locale.ROOT);
        switch (track) {
            case "all" -> {}
            case "opens" -> clicks = Optional.of(false);
            case "clicks" -> opens = Optional.of(false);
            case "none" -> optedOut = true;
            default -> bad.add("X-Signalpost-Track: all, opens, clicks or none is wanted");
        }
        String campaign = cut(text(fields, "campaign"), LONGEST_CAMPAIGN);
        List<String> tags = fields.values(PREFIX + "tags").stream()
                .flatMap(value -> List.of(HeaderText.decode(value).split(",", -1)).stream())
                .map(tag -> cut(tag.strip(), LONGEST_TAG))
                .filter(tag -> !tag.isEmpty())
                .limit(MOST_TAGS)
                .toList();
        String metadata = text(fields, "metadata");
        if (!metadata.isEmpty()
                && (!metadata.startsWith("{") || !metadata.endsWith("}") || metadata.length() > LONGEST_METADATA)) {
            bad.add("X-Signalpost-Metadata: a JSON object of at most 4 KB is wanted");
            metadata = "";
        }
        return new ControlFields(opens, clicks, optedOut, campaign, tags, metadata, List.copyOf(bad));
    }

    private static String text(Fields fields, String name) {
        return fields.first(PREFIX + name).map(HeaderText::decode).orElse("");
    }

    private static String cut(String text, int longest) {
        return text.substring(0, Math.min(text.length(), longest));
    }

    private static Optional<Boolean> flag(Fields fields, String name, List<String> bad) {
        Optional<String> value = fields.first(PREFIX + name).map(text -> text.toLowerCase(Locale.ROOT));
        if (value.isEmpty()) {
            return Optional.empty();
        }
        return switch (value.get()) {
            case "yes", "true", "on", "1", "y", "html" -> Optional.of(true);
            case "no", "false", "off", "0", "n" -> Optional.of(false);
            default -> {
                bad.add("X-Signalpost-" + name + ": yes or no is wanted");
                yield Optional.empty();
            }
        };
    }
}
