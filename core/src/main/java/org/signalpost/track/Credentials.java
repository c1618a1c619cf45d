package org.signalpost.track;

import java.util.Optional;

/** The keys that may submit mail, held in memory: asking waits for no database. Safe to share. */
public interface Credentials {
    /** Whether there is such a key. */
    boolean any();

    /** Whose secret this is; empty when it may not submit mail. A wrong secret takes as long as a right one. */
    Optional<Submitter> of(String secret);
}
