package org.signalpost.rewrite;

import java.util.Locale;
import java.util.Optional;

/** A sending service whose control fields are understood, so that a sender can change over without changing mail. */
public enum Dialect {
    /** X-Mailgun-Track, -Track-Opens, -Track-Clicks, -Tag, -Variables. */
    MAILGUN("x-mailgun-"),
    /** X-SMTPAPI, one JSON object. */
    SENDGRID("x-smtpapi"),
    /** X-MSYS-API, one JSON object. */
    SPARKPOST("x-msys-api"),
    /** X-MC-Track, -Tags, -Metadata, -GoogleAnalyticsCampaign. */
    MANDRILL("x-mc-"),
    /** X-PM-TrackOpens, -TrackLinks, -Tag, -Metadata-*. */
    POSTMARK("x-pm-"),
    /** X-SES-MESSAGE-TAGS; X-SES-CONFIGURATION-SET is only stripped. */
    SES("x-ses-"),
    /** X-Mailjet-TrackOpen, -TrackClick, -Campaign; X-MJ-CustomID, -EventPayload. */
    MAILJET("x-mailjet-", "x-mj-"),
    /** x-smtpeter-trackclicks, -trackopens, -tags, -preventscam. */
    SMTPETER("x-smtpeter-"),
    /** X-AMP: skip. */
    POSTAL("x-amp"),
    /** X-No-Track. */
    LARAVEL("x-no-track");

    private final String prefix;
    private final String other;

    Dialect(String prefix) {
        this(prefix, prefix);
    }

    Dialect(String prefix, String other) {
        this.prefix = prefix;
        this.other = other;
    }

    /** Whether a field (lower case) is one of its own. */
    boolean owns(String field) {
        return field.startsWith("x-") && (begins(field, prefix) || begins(field, other));
    }

    private static boolean begins(String field, String prefix) {
        return prefix.endsWith("-") ? field.startsWith(prefix) : field.equals(prefix);
    }

    /** As it stands in the configuration. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Reads the word. */
    public static Optional<Dialect> of(String word) {
        return java.util.Arrays.stream(values())
                .filter(dialect -> dialect.word().equals(word.strip().toLowerCase(Locale.ROOT)))
                .findFirst();
    }
}
