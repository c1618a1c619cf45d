package org.signalpost.store;

import java.time.Instant;
import java.util.Optional;

/**
 * Which tracks are wanted; what is absent does not matter. Immutable and safe to share.
 *
 * @param campaign exactly this campaign
 * @param recipient exactly this address
 * @param message exactly this mail
 * @param status exactly this status
 * @param opened with, or without, counted opens
 * @param clicked with, or without, counted clicks
 * @param from made at or after
 * @param until made before
 */
public record TrackQuery(
        Optional<String> campaign,
        Optional<String> recipient,
        Optional<String> message,
        Optional<String> status,
        Optional<Boolean> opened,
        Optional<Boolean> clicked,
        Optional<Instant> from,
        Optional<Instant> until) {
    /** All tracks. */
    public static TrackQuery all() {
        return new TrackQuery(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }
}
