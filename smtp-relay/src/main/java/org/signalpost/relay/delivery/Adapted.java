package org.signalpost.relay.delivery;

import java.time.Instant;
import org.signalpost.rewrite.RawMessage;
import org.signalpost.track.MessageId;
import org.signalpost.track.TrackingDecision;

/** A copy in the form that the next hop takes, not signed yet; only {@link Adapter} makes it. Immutable. */
record Adapted(
        MessageId id,
        Instant acceptedAt,
        String sender,
        String recipient,
        boolean utf8,
        RawMessage message,
        TrackingDecision decision) {}
