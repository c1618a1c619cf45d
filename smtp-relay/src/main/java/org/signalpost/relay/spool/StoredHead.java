package org.signalpost.relay.spool;

/**
 * What the log says of a mail beside its octets. Immutable and safe to share.
 *
 * @param subject decoded
 * @param notice whether it is a notice of ours
 */
public record StoredHead(Envelope envelope, String subject, boolean notice) {
    /** Whether the sender is to be told such a thing of a recipient: never of a notice, and never nobody. */
    public boolean tellsSender(int recipient, Envelope.Notify what) {
        return !notice
                && !envelope.sender().isEmpty()
                && envelope.recipients().get(recipient).wants(what);
    }
}
