package org.signalpost.relay.spool;

import java.time.Duration;
import java.time.Instant;
import org.signalpost.track.MessageId;

/**
 * One recipient of one mail whose turn it is, or will be. Immutable and safe to share.
 *
 * @param id the mail
 * @param index its place in the envelope
 * @param recipient the envelope recipient
 * @param route the way it goes
 * @param attempts how many attempts were made before
 * @param acceptedAt when the mail was accepted
 * @param held how long an operator kept it back; that time does not count
 * @param next when its turn is
 * @param priority whether it goes before others
 * @param share what the quota of tracks has said
 */
public record Due(
        MessageId id,
        int index,
        String recipient,
        String route,
        int attempts,
        Instant acceptedAt,
        Duration held,
        Instant next,
        Priority priority,
        Share share) {
    /** Since when its time runs. */
    public Instant since() {
        return acceptedAt.plus(held);
    }

    Due at(Instant time, int tries, Duration keptBack, Share known) {
        return new Due(id, index, recipient, route, tries, acceptedAt, keptBack, time, priority, known);
    }
}
