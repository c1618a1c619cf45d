package org.signalpost.http.api;

import java.time.InstantSource;
import java.time.LocalDate;
import java.util.TreeMap;
import org.signalpost.http.Exchange;
import org.signalpost.store.Reports;
import org.signalpost.store.Slot;
import org.signalpost.store.Sums;

/**
 * What one report is about. Immutable and safe to share.
 *
 * @param period the span of time
 * @param cohort the tracks that are meant
 * @param machines whether machines count like people
 */
record Asked(Period period, Reports.Cohort cohort, boolean machines) {
    /** Reads the parameters that all reports have. */
    static Asked of(Exchange exchange, Caller caller, InstantSource clock) {
        Period period = Period.of(exchange, clock.instant());
        var cohort =
                new Reports.Cohort(caller.account(), exchange.query("campaign"), period.firstSlot(), period.lastSlot());
        return new Asked(period, cohort, TrackReads.withMachines(exchange));
    }

    /** The sums as they are to be seen. */
    Sums seen(Sums sums) {
        return machines ? sums.withMachines() : sums;
    }

    /** Names the question, so that a cursor of another one is known. */
    String name() {
        return cohort.account() + " " + cohort.campaign() + " " + period.word() + " " + period.from() + " "
                + period.zone() + " " + machines;
    }

    /** The first day of every step, with nothing yet. */
    <T> TreeMap<LocalDate, T> steps(Period.Step step, T nothing) {
        var steps = new TreeMap<LocalDate, T>();
        LocalDate last = period.lastDay();
        for (LocalDate day = step.start(period.from().atZone(period.zone()).toLocalDate());
                !day.isAfter(last);
                day = step.next(day)) {
            steps.put(day, nothing);
        }
        return steps;
    }

    /** The first day of the step in which a slot begins. */
    LocalDate start(Period.Step step, int slot) {
        return step.start(Slot.start(slot).atZone(period.zone()).toLocalDate());
    }
}
