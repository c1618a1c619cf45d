package org.signalpost.relay.smtp;

/** A command is not granted; the message is the reply. Leaves a verb and goes no further. */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Refusal(String reply) {
        super(reply);
    }

    Refusal(String reply, Throwable cause) {
        super(reply, cause);
    }

    String reply() {
        return String.valueOf(getMessage());
    }
}
