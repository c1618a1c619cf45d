package org.signalpost.rewrite;

import java.util.List;
import java.util.Set;
import org.signalpost.rewrite.html.LinkPolicy;
import org.signalpost.track.TrackingUrls;

/**
 * What the operator wants of rewriting, where the mail does not say otherwise. Immutable and safe to share.
 *
 * @param opens whether a pixel is placed
 * @param clicks whether links are wrapped
 * @param textLinks whether links in text/plain are wrapped as well
 * @param pixel where the pixel goes
 * @param pixelStyle the style of the pixel
 * @param links which links are wrapped
 * @param headers which control fields are read and which are kept
 * @param sharedCopies whether all recipients get the same copy, whose events then tell nothing of any one of them
 * @param listUnsubscribe whether mail without a List-Unsubscribe field gets one (RFC 8058)
 */
public record RewriteSettings(
        boolean opens,
        boolean clicks,
        boolean textLinks,
        Placement pixel,
        String pixelStyle,
        Links links,
        Headers headers,
        boolean sharedCopies,
        boolean listUnsubscribe) {
    /** Where the pixel goes. */
    public enum Placement {
        /** Before the end of the body. */
        BOTTOM,
        /** Behind the beginning of the body. */
        TOP,
        /** At both ends. */
        BOTH,
        /** Where the mail has a placeholder, and nowhere else. */
        PLACEHOLDER
    }

    /**
     * Which links are wrapped.
     *
     * @param otherBases tracking addresses that a mail may choose by its host
     * @param retiredBases tracking addresses that stand in mail sent before
     * @param excludedHosts never these, nor what is below them
     * @param onlyHosts when not empty: only these, and what is below them
     * @param unsubscribeWords words in a path or query that mark a link as unsubscribing
     * @param visibleUrl what happens to a link whose text is an address
     * @param oneTime whether links that look like credentials are left alone
     * @param utm UTM parameters to add, for these hosts; none when empty
     */
    public record Links(
            List<TrackingUrls> otherBases,
            List<TrackingUrls> retiredBases,
            List<String> excludedHosts,
            List<String> onlyHosts,
            List<String> unsubscribeWords,
            LinkPolicy.VisibleUrl visibleUrl,
            boolean oneTime,
            LinkPolicy.Utm utm) {
        /** Copies the lists. */
        public Links {
            otherBases = List.copyOf(otherBases);
            retiredBases = List.copyOf(retiredBases);
            excludedHosts = List.copyOf(excludedHosts);
            onlyHosts = List.copyOf(onlyHosts);
            unsubscribeWords = List.copyOf(unsubscribeWords);
        }

        /** Everything at its default. */
        public static Links defaults() {
            return new Links(
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of(),
                    LinkPolicy.UNSUBSCRIBE_WORDS,
                    LinkPolicy.VisibleUrl.SAME_SITE,
                    /* oneTime= */ true,
                    new LinkPolicy.Utm(List.of(), "", ""));
        }
    }

    /**
     * Which control fields are read, and which are kept.
     *
     * @param dialects the vendors' dialects that are understood and stripped
     * @param kept fields that go out all the same, in lower case
     * @param strict whether a bad field is a reason to refuse the mail
     */
    public record Headers(Set<Dialect> dialects, Set<String> kept, boolean strict) {
        /** Copies the sets. */
        public Headers {
            dialects = Set.copyOf(dialects);
            kept = Set.copyOf(kept);
        }

        /** All dialects, nothing kept. */
        public static Headers defaults() {
            return new Headers(Set.of(Dialect.values()), Set.of(), /* strict= */ false);
        }
    }

    /** The settings with everything else at its default. */
    public static RewriteSettings defaults(boolean opens, boolean clicks) {
        return new RewriteSettings(
                opens,
                clicks,
                /* textLinks= */ false,
                Placement.BOTTOM,
                "display:none",
                Links.defaults(),
                Headers.defaults(),
                /* sharedCopies= */ false,
                /* listUnsubscribe= */ false);
    }
}
