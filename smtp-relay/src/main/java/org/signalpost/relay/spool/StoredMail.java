package org.signalpost.relay.spool;

import java.time.Instant;
import org.signalpost.rewrite.RawMessage;
import org.signalpost.track.MessageId;

/** A mail as it was accepted. Immutable and safe to share. */
public record StoredMail(MessageId id, Instant acceptedAt, Envelope envelope, RawMessage message) {}
