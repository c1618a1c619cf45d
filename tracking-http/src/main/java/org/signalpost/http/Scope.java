package org.signalpost.http;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a key may do. */
public enum Scope {
    /** Read tracks, messages and the outbox. */
    READ,
    /** Make and change tracks. */
    WRITE,
    /** Submit mail. */
    SEND,
    /** Read and erase contacts. */
    CONTACTS,
    /** Set up webhooks. */
    WEBHOOKS,
    /** Make and revoke keys. */
    ADMIN;

    /** As it stands in JSON and on the command line. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Reads the word. */
    public static Optional<Scope> of(String word) {
        return Arrays.stream(values())
                .filter(scope -> scope.word().equals(word))
                .findFirst();
    }
}
