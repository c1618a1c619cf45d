package org.signalpost.rewrite.html;

import java.util.List;
import java.util.OptionalInt;

/**
 * What the markup of a leaf holds that concerns tracking, before any policy. Immutable and safe to share.
 *
 * @param scanner {@code fast} or {@code jsoup}
 * @param anchors the start tags with an href that is a link, in document order
 * @param own our own attributes, with the white space before them
 * @param images the start tags of images that may be pixels of ours
 * @param placeholders placeholders for a pixel, in text
 * @param bottom the octet before which a pixel goes at the bottom
 * @param top the octet before which it goes at the top: behind the first body tag
 * @param notes code words of what was left out
 */
record Markup(
        String scanner,
        List<Tag> anchors,
        List<Range> own,
        List<Tag> images,
        List<Range> placeholders,
        OptionalInt bottom,
        OptionalInt top,
        List<String> notes) {
    /** Copies the lists. */
    Markup {
        anchors = List.copyOf(anchors);
        own = List.copyOf(own);
        images = List.copyOf(images);
        placeholders = List.copyOf(placeholders);
        notes = List.copyOf(notes);
    }
}
