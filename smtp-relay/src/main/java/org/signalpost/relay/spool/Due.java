package org.signalpost.relay.spool;

import java.time.Instant;
import org.signalpost.track.MessageId;

/**
 * One recipient of one mail whose turn it is. Immutable and safe to share.
 *
 * @param id the mail
 * @param recipient the envelope recipient
 * @param attempts how many attempts were made before
 * @param acceptedAt when the mail was accepted
 * @param next when its turn is
 * @param index its place in the envelope
 */
public record Due(MessageId id, String recipient, int attempts, Instant acceptedAt, Instant next, int index) {}
