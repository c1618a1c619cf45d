package org.signalpost.store;

import java.sql.SQLException;

/** The database is well and refuses this very statement or value. */
final class BadStatement extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BadStatement(SQLException cause) {
        super(cause.getMessage(), cause);
    }
}
