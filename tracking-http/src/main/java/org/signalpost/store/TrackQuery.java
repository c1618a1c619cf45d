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

    /**
     * The columns that the index begins with which serves these filters best. A list is ordered by them first, which
     * changes nothing, since each has one value: a database reads rows in the order of an index only if that is the
     * whole order.
     */
    String index() {
        if (message.isPresent()) {
            return "account, message";
        }
        if (recipient.isPresent()) {
            return "account, recipient";
        }
        if (campaign.isPresent()) {
            return opened.isPresent() ? "account, campaign, is_opened" : "account, campaign";
        }
        if (status.isPresent()) {
            return "account, status";
        }
        if (opened.isPresent()) {
            return "account, is_opened";
        }
        return clicked.isPresent() ? "account, is_clicked" : "account";
    }
}
