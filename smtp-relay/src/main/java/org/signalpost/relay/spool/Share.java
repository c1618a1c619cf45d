package org.signalpost.relay.spool;

/**
 * What the quota of tracks has said of a recipient's copy. It holds for later attempts: the peer may have taken a copy
 * whose answer was lost, and the next has to be the same.
 */
public enum Share {
    /** It was not asked, or its word is not known. */
    NOT_ASKED,
    /** The copy is tracked, and counted. */
    GRANTED,
    /** It is used up: the copy goes untracked. */
    USED_UP;

    /** What is known after this was said. */
    Share then(Share later) {
        return later == NOT_ASKED ? this : later;
    }
}
