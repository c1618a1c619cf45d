package org.signalpost.track;

import java.util.Optional;

/** The keys that may submit mail, held in memory: asking waits for no database. Safe to share. */
public interface Credentials {
    /** Whether there is such a key. */
    boolean any();

    /** Whose secret this is; empty when it may not submit mail. A wrong secret takes as long as a right one. */
    Optional<Submitter> of(String secret);

    /** Whether somebody who has signed in with this key may still submit: not when it was revoked or has expired. */
    boolean holds(String key);
}
