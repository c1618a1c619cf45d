package org.signalpost.relay.smtp;

import java.util.Optional;

/** A command is not granted; the message is the reply. Leaves a verb and goes no further, so no stack is recorded. */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Refusal(String reply) {
        this(reply, Optional.empty());
    }

    Refusal(String reply, Throwable cause) {
        this(reply, Optional.of(cause));
    }

    private Refusal(String reply, Optional<Throwable> cause) {
        super(reply, cause.orElse(null), /* enableSuppression= */ false, /* writableStackTrace= */ false);
    }

    String reply() {
        return String.valueOf(getMessage());
    }
}
