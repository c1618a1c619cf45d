package org.signalpost.store;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How many calls of the API an account may make in a minute. */
public enum Plan {
    /** A hundred. */
    FREE(100),
    /** A thousand. */
    PRO(1_000),
    /** Ten thousand. */
    TEAM(10_000),
    /** As many as the machine can answer; a number has to stand in the head of an answer. */
    UNLIMITED(1_000_000_000);

    private final int perMinute;

    Plan(int perMinute) {
        this.perMinute = perMinute;
    }

    /** Calls in one minute. */
    public int perMinute() {
        return perMinute;
    }

    /** As it stands in JSON. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Reads the word. */
    public static Optional<Plan> of(String word) {
        return Arrays.stream(values()).filter(plan -> plan.word().equals(word)).findFirst();
    }
}
