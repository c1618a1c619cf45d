package org.signalpost.track;

import java.util.List;

/** Where tracks are registered before their mail leaves: the event log beside us, or an HTTP node far away. */
public interface Tracks {
    /**
     * Registers the tracks, all or none; returns when they can't be lost any more. Registering a track again changes
     * nothing. Blocks; safe to call from any thread.
     *
     * @throws RegistrationFailed when it is not certain that they are kept; the mail then goes out untracked
     */
    void register(List<NewTrack> tracks);

    /** The tracks are not known to be kept. */
    final class RegistrationFailed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        /** With the reason in words and what caused it. */
        public RegistrationFailed(String reason, Throwable cause) {
            super(reason, cause);
        }
    }
}
