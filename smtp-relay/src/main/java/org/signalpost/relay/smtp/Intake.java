package org.signalpost.relay.smtp;

import java.util.Optional;
import org.signalpost.journal.JournalException;
import org.signalpost.relay.spool.Draft;

/** Puts what comes in into a draft; after a failure the rest is let go, so that the mail's end is still found. */
final class Intake implements EndOfData.Sink, AutoCloseable {
    private final Draft draft;
    private Optional<JournalException> failure = Optional.empty();

    Intake(Draft draft) {
        this.draft = draft;
    }

    @Override
    public void write(byte[] octets, int from, int to) {
        if (failure.isEmpty()) {
            try {
                draft.write(octets, from, to);
            } catch (JournalException e) {
                failure = Optional.of(e);
                draft.close();
            }
        }
    }

    Draft draft() {
        return draft;
    }

    /** Why it is not whole. */
    Optional<JournalException> failure() {
        return failure;
    }

    @Override
    public void close() {
        draft.close();
    }
}
