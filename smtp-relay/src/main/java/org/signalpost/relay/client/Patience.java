package org.signalpost.relay.client;

import java.time.Duration;

/**
 * How long a next hop may take. Immutable and safe to share.
 *
 * @param connect for a connection, and again for TLS on it
 * @param dialogue for each answer, and for each 16 KB of a mail to be taken (RFC 5321 section 4.5.3.2)
 * @param rate octets per second that a mail must reach, beside the time of one answer
 * @param endOfData for the answer to a whole mail; giving up earlier makes duplicates (section 4.5.3.2.6)
 */
public record Patience(Duration connect, Duration dialogue, long rate, Duration endOfData) {
    /** That of the standard. */
    public static final Patience USUAL =
            new Patience(Duration.ofSeconds(30), Duration.ofMinutes(5), 500, Duration.ofMinutes(10));

    /** How long the octets of a mail may take in all. */
    Duration content(long size) {
        return dialogue.plus(Duration.ofMillis(size * 1_000 / rate));
    }
}
