package org.signalpost.rewrite.html;

/** What is to be done with one link. Immutable and safe to share. */
public sealed interface LinkOutcome {
    /** Its value becomes a tracked URL that leads to the destination. */
    record Track(String destination) implements LinkOutcome {}

    /** It stays as it is. */
    record Skip(LinkReason reason) implements LinkOutcome {}

    /**
     * Its value becomes another address that is not tracked: what one of our own links led to, a marked scheme without
     * its mark, a destination with UTM parameters. Not escaped yet.
     */
    record Replace(String value, LinkReason reason) implements LinkOutcome {}
}
