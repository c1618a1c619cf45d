package org.signalpost.track;

/** Whether one copy of a mail is tracked, and why. Immutable and safe to share. */
public sealed interface TrackingDecision {
    /** The record that explains every link and the mail as a whole, as JSON; the same everywhere it is shown. */
    String explanation();

    /** The tracked copy went out, under this track. */
    record Tracked(NewTrack track, String explanation) implements TrackingDecision {}

    /** The original went out untouched; {@code reason} is the code word of the reason. */
    record Untracked(String reason, String explanation) implements TrackingDecision {}
}
