package org.signalpost.rewrite;

/**
 * What the operator wants of rewriting, where the mail does not say otherwise. Immutable and safe to share.
 *
 * @param opens whether a pixel is placed
 * @param clicks whether links are wrapped
 * @param pixel where the pixel goes
 * @param pixelStyle the style of the pixel
 */
public record RewriteSettings(boolean opens, boolean clicks, Placement pixel, String pixelStyle) {
    /** Where the pixel goes. */
    public enum Placement {
        /** Before the end of the body. */
        BOTTOM,
        /** Behind the beginning of the body. */
        TOP
    }

    /** The settings with everything else at its default. */
    public static RewriteSettings defaults(boolean opens, boolean clicks) {
        return new RewriteSettings(opens, clicks, Placement.BOTTOM, "display:none");
    }
}
