package org.signalpost.rewrite.html;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.signalpost.rewrite.Reason;

/** What an HTML leaf holds that concerns tracking. Immutable and safe to share. */
public sealed interface HtmlReading {
    /** The leaf can't be edited. */
    record Opaque(Reason reason) implements HtmlReading {}

    /**
     * The leaf can be edited.
     *
     * @param scanner {@code fast} or {@code jsoup}
     * @param links all candidates in document order; no two share octets
     * @param removals what goes, sorted and disjoint: our own attributes with the white space before them, quoted relay
     *     pixels, placeholders that do not become the pixel
     * @param pixels the places for a pixel
     * @param notes code words of what was left out, such as {@code conditional-complex}
     */
    record Read(String scanner, List<HtmlLink> links, List<Range> removals, PixelPlaces pixels, List<String> notes)
            implements HtmlReading {
        /** Copies the lists. */
        public Read {
            links = List.copyOf(links);
            removals = List.copyOf(removals);
            notes = List.copyOf(notes);
        }

        /** The same with a placeholder that goes and does not become a pixel. */
        public Read without(Range placeholder) {
            var more = new java.util.ArrayList<>(removals);
            more.add(placeholder);
            more.sort(java.util.Comparator.comparingInt(Range::from));
            var places = new PixelPlaces(pixels.bottom(), pixels.top(), Optional.empty());
            return new Read(scanner, links, more, places, notes);
        }
    }

    /**
     * Where a pixel may go.
     *
     * @param bottom the octet before which it goes at the bottom; empty when the leaf has no place there
     * @param top the octet before which it goes at the top: behind the first body tag; empty without one
     * @param placeholder the first placeholder in text, which becomes the pixel
     */
    record PixelPlaces(OptionalInt bottom, OptionalInt top, Optional<Range> placeholder) {}
}
