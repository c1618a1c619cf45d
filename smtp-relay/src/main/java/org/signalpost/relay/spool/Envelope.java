package org.signalpost.relay.spool;

import java.util.List;

/**
 * Who sent a mail to whom, and how it came to us. Immutable and safe to share.
 *
 * @param sender the envelope sender, empty for the null sender
 * @param recipients the envelope recipients, at least one
 * @param client the submitter's address, without brackets
 * @param helo what it called itself, printable ASCII
 * @param protocol the word behind {@code with} in Received: SMTP, ESMTP, …
 */
public record Envelope(String sender, List<String> recipients, String client, String helo, String protocol) {
    /** Copies the list. */
    public Envelope {
        recipients = List.copyOf(recipients);
        if (recipients.isEmpty()) {
            throw new IllegalArgumentException("a mail without recipients");
        }
    }
}
