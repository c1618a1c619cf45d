package org.signalpost.store;

/** The database can't be reached now; it is opened again by itself, and what was asked may be asked again. */
public final class Unavailable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unavailable(String reason, Throwable cause) {
        super(reason, cause);
    }

    /** With this sentence. */
    public Unavailable(String reason) {
        super(reason);
    }
}
