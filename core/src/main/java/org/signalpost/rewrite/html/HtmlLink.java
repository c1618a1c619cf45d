package org.signalpost.rewrite.html;

/**
 * One candidate for click tracking, and what the policy says of it. Immutable and safe to share.
 *
 * @param value where its value stands, without quotes
 * @param attribute the first octet of the name of the attribute: where a line may be broken
 * @param quoted whether the value stands in quotes
 * @param element the name of its element in lower case, such as {@code a}, {@code area}, {@code v:roundrect}
 * @param href the decoded value, stripped; what a browser would request
 * @param text the first characters of its visible text, at most 256, without control characters
 * @param line the line of the leaf it begins in, from 1
 * @param name the name the author gave it ({@code data-signalpost-name} or a vendor's), or empty
 * @param tags the tags the author gave it, or empty
 * @param outcome what is to be done
 */
public record HtmlLink(
        Range value,
        int attribute,
        boolean quoted,
        String element,
        String href,
        String text,
        int line,
        String name,
        String tags,
        LinkOutcome outcome) {}
