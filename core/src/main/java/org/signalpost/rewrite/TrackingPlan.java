package org.signalpost.rewrite;

/** What is to be done to one mail, worked out once for all its recipients. Immutable and safe to share. */
public final class TrackingPlan {
    private final RawMessage original;

    TrackingPlan(RawMessage original) {
        this.original = original;
    }

    /** The copy for one recipient (the envelope address); the same input always gives the same octets. Never throws. */
    public Rewritten copyFor(String recipient) {
        return new Rewritten.Untouched(original, Reason.NO_HTML, new Explanation("{}"));
    }
}
