package org.signalpost.rewrite;

import org.signalpost.track.TrackId;

/** One copy of a mail as it is to go out: tracked, or untouched with the reason. Immutable and safe to share. */
public sealed interface Rewritten {
    /** The octets that go out. */
    RawMessage message();

    /** What was done and why, link by link. */
    Explanation explanation();

    /**
     * The copy carries the track of one recipient.
     *
     * @param message the octets that go out
     * @param track the track of this copy
     * @param facts what the mail says of itself
     * @param cuts how the octets came about; their inverse gives the original back
     * @param explanation what was done and why
     */
    record Tracked(RawMessage message, TrackId track, MailFacts facts, Cuts cuts, Explanation explanation)
            implements Rewritten {}

    /** The original octets, control fields excepted, and why nothing was changed. */
    record Untouched(RawMessage message, Reason reason, Explanation explanation) implements Rewritten {}
}
