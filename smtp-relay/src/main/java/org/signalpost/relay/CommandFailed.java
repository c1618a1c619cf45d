package org.signalpost.relay;

/** A command could not do what was asked; the message is the one line that its user sees, and the exit code is 1. */
final class CommandFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CommandFailed(String message) {
        super(message);
    }

    CommandFailed(String message, Throwable cause) {
        super(message, cause);
    }
}
