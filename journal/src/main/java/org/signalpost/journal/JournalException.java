package org.signalpost.journal;

/** The log could not take or give a record. After a failed append it is unknown whether the record is kept. */
public final class JournalException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Why the log could not. */
    public enum Cause {
        /** Its queue is full; nothing was written. */
        OVERLOADED,
        /** The disk has no room; nothing of it is kept. */
        NO_SPACE,
        /** The disk failed. */
        BROKEN,
        /** The log is closed. */
        CLOSED,
        /** The record is longer than a record may be; nothing was written. */
        TOO_LONG,
        /** There is no whole record at this position. */
        DAMAGED
    }

    private final Cause why;

    /** With the cause, a sentence, and the exception behind it. */
    public JournalException(Cause why, String message, Throwable cause) {
        super(message, cause);
        this.why = why;
    }

    /** With the cause and a sentence. */
    public JournalException(Cause why, String message) {
        super(message);
        this.why = why;
    }

    /** What a failure of the disk means. */
    static JournalException of(Exception failure, String message) {
        String said = String.valueOf(failure.getMessage());
        boolean full = said.contains("No space left") || said.contains("quota");
        return new JournalException(full ? Cause.NO_SPACE : Cause.BROKEN, message, failure);
    }

    /** Why. */
    public Cause why() {
        return why;
    }
}
