package org.signalpost.track;

import java.time.Instant;

/**
 * A track as it is made: who is meant, and in which mail.
 *
 * <p>Immutable and safe to share. Text that is not known is empty.
 *
 * @param id its name
 * @param recipient the e-mail address that is meant; the envelope's, never the To field's
 * @param subject the subject, decoded, without control characters
 * @param campaign the campaign it is grouped under
 * @param message the mail it belongs to: the text form of a {@link MessageId}, or the name an API user gave
 * @param metadata a JSON object, or empty text
 * @param createdAt when it was made
 */
public record NewTrack(
        TrackId id,
        String recipient,
        String subject,
        String campaign,
        String message,
        String metadata,
        Instant createdAt) {}
