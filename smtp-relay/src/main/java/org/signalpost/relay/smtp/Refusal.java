package org.signalpost.relay.smtp;

/** A command is not granted; the message is the reply. Leaves a verb and goes no further, so no stack is recorded. */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Refusal(String reply) {
        super(reply, /* cause= */ null, /* enableSuppression= */ false, /* writableStackTrace= */ false);
    }

    Refusal(String reply, Throwable cause) {
        super(reply, cause, /* enableSuppression= */ false, /* writableStackTrace= */ false);
    }

    String reply() {
        return String.valueOf(getMessage());
    }
}
