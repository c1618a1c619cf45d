package org.signalpost.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What became of one mail. Immutable and safe to share.
 *
 * @param id the text form of its message id
 * @param acceptedAt when it was accepted
 * @param sender the envelope sender, empty for the null sender
 * @param subject its subject
 * @param size its length in octets
 * @param recipients in the order of the envelope
 */
public record Message(
        String id, Instant acceptedAt, String sender, String subject, long size, List<Recipient> recipients) {
    /** Copies the list. */
    public Message {
        recipients = List.copyOf(recipients);
    }

    /**
     * One recipient's copy.
     *
     * @param address the envelope recipient
     * @param status queued, deferred, delivered, bounced, dropped
     * @param track the text form of its track, empty when it has none
     * @param reason the code word of why it is not tracked, else empty
     * @param explanation the record of every link, as JSON, or empty
     * @param reply what the next hop said
     * @param at when that was
     * @param nextTryAt when it is tried again
     */
    public record Recipient(
            String address,
            String status,
            String track,
            String reason,
            String explanation,
            String reply,
            Instant at,
            Optional<Instant> nextTryAt) {}
}
