package org.signalpost.rewrite;

import org.signalpost.track.SigningKeys;
import org.signalpost.track.TrackingUrls;

/**
 * Rewrites outgoing mail so that opens and clicks are seen: one pixel, wrapped links, and not another octet.
 *
 * <p>The one entry of the engine. Pure functions of their input; safe to share between any number of threads. Never
 * throws: whatever goes wrong gives {@link Rewritten.Untouched}.
 */
public final class MessageRewriter {
    private final TrackingUrls urls;
    private final SigningKeys keys;

    /** Links lead below {@code urls} and are signed with the active key. */
    public MessageRewriter(TrackingUrls urls, SigningKeys keys) {
        this.urls = urls;
        this.keys = keys;
    }

    /** Reads the mail once and works out what is to be done for every recipient. */
    public TrackingPlan plan(RawMessage message, EnvelopeFacts envelope) {
        if (envelope.messageKey().isEmpty()) {
            throw new IllegalArgumentException("no message key " + urls + keys);
        }
        return new TrackingPlan(message);
    }
}
