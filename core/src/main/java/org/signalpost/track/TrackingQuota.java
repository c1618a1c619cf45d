package org.signalpost.track;

/** How many tracks may still be made. Asking waits for nothing that can be away; safe to call from any thread. */
@FunctionalInterface
public interface TrackingQuota {
    /** No end of tracks. */
    TrackingQuota UNLIMITED = key -> true;

    /**
     * Takes one track of the share of whoever submitted a mail; false when the share is used up, and the mail goes out
     * untracked.
     *
     * @param key the id of the API key the mail was submitted with, empty for a trusted network
     */
    boolean take(String key);
}
