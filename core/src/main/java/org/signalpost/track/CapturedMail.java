package org.signalpost.track;

import java.time.Instant;

/**
 * One copy that was kept instead of being sent.
 *
 * @param id names the copy; sorts by the time it was kept
 * @param message the mail it is a copy of
 * @param at when it was kept
 * @param sender the envelope sender, empty for the null sender
 * @param recipient the envelope recipient
 * @param subject the decoded subject, without control characters
 * @param size its length in octets
 * @param track the text form of its track, empty when it is untracked
 * @param reason the code word of why it is untracked, empty when it is tracked
 */
public record CapturedMail(
        String id,
        MessageId message,
        Instant at,
        String sender,
        String recipient,
        String subject,
        long size,
        String track,
        String reason) {}
