package org.signalpost.http.api;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAdjusters;
import java.util.Optional;
import org.signalpost.http.Exchange;
import org.signalpost.http.Problem;
import org.signalpost.store.Slot;

/**
 * The span of time that a report is about. Immutable and safe to share.
 *
 * @param word 7d, 30d, 90d, 1y, or custom
 * @param from its first moment, on a quarter of an hour
 * @param to the moment behind its last, for a period of the clock now
 * @param zone the zone in which its days begin
 */
record Period(String word, Instant from, Instant to, ZoneId zone) {
    private static final Duration LONGEST = Duration.ofDays(3_660);

    /** How a timeline is cut. */
    enum Step {
        /** Each day. */
        DAY,
        /** Each week, from its Monday. */
        WEEK,
        /** Each month, from its first day. */
        MONTH;

        /** Reads {@code groupBy}. */
        static Step of(Exchange exchange) {
            return switch (exchange.query("groupBy").orElse("day")) {
                case "day" -> DAY;
                case "week" -> WEEK;
                case "month" -> MONTH;
                default -> throw Problem.invalid("groupBy", "day, week or month is wanted");
            };
        }

        /** The first day of the step that holds this day. */
        LocalDate start(LocalDate day) {
            return switch (this) {
                case DAY -> day;
                case WEEK -> day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
                case MONTH -> day.withDayOfMonth(1);
            };
        }

        /** The first day of the next step. */
        LocalDate next(LocalDate start) {
            return switch (this) {
                case DAY -> start.plusDays(1);
                case WEEK -> start.plusWeeks(1);
                case MONTH -> start.plusMonths(1);
            };
        }
    }

    /** Reads {@code period}, or {@code from} and {@code to}, and {@code tz}. */
    static Period of(Exchange exchange, Instant now) {
        ZoneId zone = Times.zone(exchange);
        String word = exchange.query("period").orElse("30d");
        LocalDate today = now.atZone(zone).toLocalDate();
        LocalDate first = first(word, today);
        Optional<Instant> from = exchange.query("from").map(text -> Times.read("from", text, /* isEnd= */ false, zone));
        Optional<Instant> to = exchange.query("to").map(text -> Times.read("to", text, /* isEnd= */ true, zone));
        if (from.isEmpty() && to.isEmpty()) {
            return new Period(word, first.atStartOfDay(zone).toInstant(), now, zone);
        }
        Instant end = to.orElse(now);
        LocalDate lastDay = end.minusMillis(1).atZone(zone).toLocalDate();
        Instant start =
                from.orElseGet(() -> first(word, lastDay).atStartOfDay(zone).toInstant());
        if (start.isAfter(end)) {
            throw Problem.invalid("from", "it is after to");
        }
        if (Duration.between(start, end).compareTo(LONGEST) > 0) {
            throw Problem.invalid("from", "at most ten years are reported");
        }
        return new Period("custom", Slot.start(Slot.of(start)), Slot.start(Slot.after(end)), zone);
    }

    private static LocalDate first(String word, LocalDate last) {
        return switch (word) {
            case "7d" -> last.minusDays(6);
            case "30d" -> last.minusDays(29);
            case "90d" -> last.minusDays(89);
            case "1y" -> last.minusYears(1).plusDays(1);
            default -> throw Problem.invalid("period", "7d, 30d, 90d or 1y is wanted");
        };
    }

    /** The first slot. */
    int firstSlot() {
        return Slot.of(from);
    }

    /** The slot behind the last; the day that is running counts as whole, for nothing is made in the future. */
    int lastSlot() {
        return word.equals("custom")
                ? Slot.of(to)
                : Slot.after(to.atZone(zone)
                        .toLocalDate()
                        .plusDays(1)
                        .atStartOfDay(zone)
                        .toInstant());
    }

    /** The last day that has a part in it. */
    LocalDate lastDay() {
        Instant last = word.equals("custom") && to.isAfter(from) ? to.minusMillis(1) : to;
        return last.atZone(zone).toLocalDate();
    }

    /** Whether days of UTC are the days of this zone. */
    boolean isUtc() {
        return zone.getRules().isFixedOffset()
                && zone.getRules().getOffset(from).equals(ZoneOffset.UTC);
    }
}
