package org.signalpost.mailet;

import java.util.Set;
import org.signalpost.track.TrackId;

/** How the registering of a mail's tracks ended. Immutable and safe to share. */
sealed interface Registration {
    /** The server answered; these tracks are on its disk, others of the call are not. */
    record Answered(Set<TrackId> kept) implements Registration {
        /** Copies the set. */
        public Answered {
            kept = Set.copyOf(kept);
        }
    }

    /** No answer, or none that can be understood; the reason is for the log. */
    record Failed(String why) implements Registration {}
}
