package org.signalpost.relay.spool;

import java.time.Instant;
import org.signalpost.rewrite.RawMessage;
import org.signalpost.rewrite.mime.HeaderText;
import org.signalpost.track.MessageId;

/**
 * A mail as it was accepted. Immutable and safe to share.
 *
 * @param notice whether it is a notice of ours, of which no notice is ever sent
 */
public record StoredMail(MessageId id, Instant acceptedAt, Envelope envelope, RawMessage message, boolean notice) {
    /** What the log says of it beside its octets. */
    public StoredHead head() {
        return new StoredHead(envelope, HeaderText.subject(message.octets()), notice);
    }
}
