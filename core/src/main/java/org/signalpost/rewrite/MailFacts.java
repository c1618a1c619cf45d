package org.signalpost.rewrite;

import java.util.List;

/**
 * What a mail says of itself that a track wants to know; decoded, free of control characters, empty when absent.
 *
 * @param subject the decoded Subject field
 * @param campaign the campaign a control field names, at most 255 characters
 * @param tags at most ten tags of at most 128 characters
 * @param metadata a JSON object of at most 4 KB, or empty text
 * @param shared whether all recipients share one track, which then belongs to none of them
 */
public record MailFacts(String subject, String campaign, List<String> tags, String metadata, boolean shared) {
    /** Copies the list. */
    public MailFacts {
        tags = List.copyOf(tags);
    }
}
