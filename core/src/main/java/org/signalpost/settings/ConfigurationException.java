package org.signalpost.settings;

/** The operator's configuration can't be used; the message is one line that says where and why. */
public final class ConfigurationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** With one line for the operator. */
    public ConfigurationException(String message) {
        super(message);
    }

    /** With one line for the operator, and what caused it. */
    public ConfigurationException(String message, Throwable cause) {
        super(message, cause);
    }
}
