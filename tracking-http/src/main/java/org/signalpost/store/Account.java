package org.signalpost.store;

import java.time.Instant;
import java.util.OptionalLong;

/**
 * Whose tracks, mails and keys some are. Immutable and safe to share.
 *
 * @param number names it; written {@code acc_1}
 * @param name what it is called
 * @param plan how many calls it may make
 * @param monthlyTracks how many tracks it may make in a month of UTC; empty is as many as it likes
 * @param sandboxOf the account whose test keys work here, where it is a sandbox
 * @param createdAt when it was made
 */
public record Account(
        long number, String name, Plan plan, OptionalLong monthlyTracks, OptionalLong sandboxOf, Instant createdAt) {
    /** The account of a self-hosted install, which is always there. */
    public static final long FIRST = 1;

    /** How it is named in the API. */
    public String id() {
        return "acc_" + number;
    }
}
