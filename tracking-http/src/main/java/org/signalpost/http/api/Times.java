package org.signalpost.http.api;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import org.signalpost.http.Exchange;
import org.signalpost.http.Problem;

/** Times as callers write them: ISO 8601 with any offset, or a date alone. */
final class Times {
    private Times() {}

    /** A time; a date is its first moment in the zone, and as an end its last. */
    static Instant read(String name, String text, boolean isEnd, ZoneId zone) {
        try {
            if (text.matches("[0-9]{4}-[0-9]{2}-[0-9]{2}")) {
                return LocalDate.parse(text)
                        .plusDays(isEnd ? 1 : 0)
                        .atStartOfDay(zone)
                        .toInstant();
            }
            // A plus sign that was not encoded comes as a blank.
            return OffsetDateTime.parse(text.replace(' ', '+')).toInstant();
        } catch (DateTimeException e) {
            throw Problem.invalid(name, "a time such as 2026-01-31T12:00:00Z or a date is wanted")
                    .causedBy(e);
        }
    }

    /** The zone that the caller thinks in; UTC when it does not say. */
    static ZoneId zone(Exchange exchange) {
        String text = exchange.query("tz").orElse("UTC");
        try {
            return ZoneId.of(text.replace(' ', '+'));
        } catch (DateTimeException e) {
            throw Problem.invalid("tz", "a zone such as Europe/Berlin or +02:00 is wanted")
                    .causedBy(e);
        }
    }
}
