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
    /** Whether the sender is to be told such a thing of a recipient; the octets are not looked at for it. */
    public boolean tellsSender(int recipient, Envelope.Notify what) {
        return new StoredHead(envelope, "", notice).tellsSender(recipient, what);
    }

    /** What the log says of it beside its octets. */
    public StoredHead head() {
        return new StoredHead(envelope, HeaderText.subject(message.octets()), notice);
    }
}
