package org.signalpost.rewrite;

import java.util.List;
import java.util.Optional;
import org.signalpost.rewrite.mime.Fields;

/**
 * What the control fields of a mail ask for, ours and the vendors'; all of them are stripped before it goes out.
 *
 * <p>Ours win; between vendors, off wins over on.
 *
 * @param opens what the mail says of opens
 * @param clicks what it says of links in HTML
 * @param textClicks what it says of links in text
 * @param optedOut whether it wants no tracking at all
 * @param asked whether a field of ours asks for tracking in so many words
 * @param pixel where it wants the pixel
 * @param campaign the campaign, or empty
 * @param tags the tags
 * @param metadata a JSON object, or empty
 * @param domain the host of the tracking address it wants, or empty
 * @param level how far its recipients may be told apart
 * @param utm what it says of UTM parameters
 * @param preventScam whether links with a visible address are to be left alone
 * @param effects each field that was read, and what it did
 * @param bad the fields that can't be read, in words; then the mail goes out untracked
 */
record ControlFields(
        Optional<Boolean> opens,
        Optional<Boolean> clicks,
        Optional<Boolean> textClicks,
        boolean optedOut,
        boolean asked,
        Optional<RewriteSettings.Placement> pixel,
        String campaign,
        List<String> tags,
        String metadata,
        String domain,
        Level level,
        Optional<Boolean> utm,
        boolean preventScam,
        List<Explanation.ControlLine> effects,
        List<String> bad) {
    /** What all of ours start with. */
    static final String PREFIX = "x-signalpost-";

    /** How far recipients may be told apart. */
    enum Level {
        /** Each has a track of their own. */
        INDIVIDUAL,
        /** All share one. */
        AGGREGATE,
        /** None is tracked. */
        NONE
    }

    /** Reads the fields of a mail. */
    static ControlFields of(Fields fields, RewriteSettings.Headers settings) {
        var vendors = new ControlReader();
        var reader = new VendorFields(vendors);
        for (Dialect dialect : Dialect.values()) {
            if (settings.dialects().contains(dialect)) {
                for (Fields.Field field : fields.list()) {
                    if (dialect.owns(field.name())) {
                        reader.read(dialect, field.name(), field.value());
                    }
                }
            }
        }
        var ours = new ControlReader();
        for (Fields.Field field : fields.list()) {
            if (field.name().startsWith(PREFIX)) {
                ours.canonical(field.name().substring(PREFIX.length()), field.value());
            }
        }
        return ours.over(vendors);
    }
}
