package org.signalpost.store;

import java.time.Instant;
import java.util.Optional;
import org.signalpost.track.NewTrack;

/**
 * A track as the books have it. Immutable and safe to share.
 *
 * @param made what it was made with
 * @param status created, delivered, bounced, …
 * @param opens how often a person opened it
 * @param clicks how often a person followed a link of it
 * @param machineOpens opens that were a machine's
 * @param botClicks clicks that were a machine's
 * @param firstOpenAt the first counted open
 * @param lastOpenAt the last counted open
 */
public record Track(
        NewTrack made,
        String status,
        long opens,
        long clicks,
        long machineOpens,
        long botClicks,
        Optional<Instant> firstOpenAt,
        Optional<Instant> lastOpenAt) {
    /** A track that nobody has seen yet. */
    public static Track fresh(NewTrack made) {
        return new Track(made, "created", 0, 0, 0, 0, Optional.empty(), Optional.empty());
    }

    /** The same, made with something else. */
    public Track with(NewTrack other) {
        return new Track(other, status, opens, clicks, machineOpens, botClicks, firstOpenAt, lastOpenAt);
    }
}
