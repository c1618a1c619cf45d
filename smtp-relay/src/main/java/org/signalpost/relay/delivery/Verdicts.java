package org.signalpost.relay.delivery;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.signalpost.relay.spool.Due;
import org.signalpost.relay.spool.Envelope;
import org.signalpost.relay.spool.RecipientState;
import org.signalpost.relay.spool.Said;
import org.signalpost.relay.spool.Share;
import org.signalpost.relay.spool.StoredMail;
import org.signalpost.retry.RetrySchedule;
import org.signalpost.rewrite.Reason;
import org.signalpost.track.TrackingDecision;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What follows from an attempt: the recipient's new state, and one log line. Whole addresses are not logged. Safe to
 * share.
 */
public final class Verdicts {
    private static final Logger LOG = LoggerFactory.getLogger(DeliveryLoop.class);

    /** How long a mail waits that the disk does not give back. */
    private static final Duration DISK = Duration.ofMinutes(1);

    private static final TrackingDecision NOT_SENT = new TrackingDecision.Untracked("not-sent", "");

    private final RetrySchedule schedule;
    private final Optional<Duration> delayNotice;
    private final DeliveryFigures figures;
    private final InstantSource clock;

    /** Tries again by the schedule; a sender is told of a delay after {@code delayNotice}, if at all. */
    public Verdicts(
            RetrySchedule schedule, Optional<Duration> delayNotice, DeliveryFigures figures, InstantSource clock) {
        this.figures = figures;
        this.schedule = schedule;
        this.delayNotice = delayNotice;
        this.clock = clock;
    }

    /** The state after an attempt that took {@code millis}. */
    RecipientState after(StoredMail mail, Due due, Dispatch.Attempt attempt, long millis) {
        TrackingDecision decision = attempt.decision();
        Said said = attempt.outcome().said();
        RecipientState state = switch (attempt.outcome()) {
            case Outcome.Delivered it ->
                new RecipientState.Delivered(
                        decision, said, !it.reports() && wants(mail, due, Envelope.Notify.SUCCESS));
            case Outcome.Captured it -> new RecipientState.Captured(decision, said);
            case Outcome.Refused it ->
                new RecipientState.Failed(decision, said, wants(mail, due, Envelope.Notify.FAILURE));
            case Outcome.Broken it -> quarantined(due, said);
            case Outcome.Deferred it -> later(mail, due, decision, said);
        };
        figures.attempt(state, decision, millis);
        LOG.info(
                "{} message={} to={} route={} attempt={} tracking={} took={}ms status={} reply={}",
                DeliveryFigures.word(state),
                due.id(),
                domain(due),
                due.route(),
                due.attempts() + 1,
                word(decision),
                millis,
                state.said().status(),
                state.said().logged());
        return state;
    }

    /** The state of a recipient whose mail only an operator can help; says so. */
    RecipientState quarantined(Due due, Said said) {
        figures.quarantined();
        LOG.error("alarm=quarantined message={} route={} reason={}", due.id(), due.route(), said.logged());
        return new RecipientState.Quarantined(said);
    }

    DeliveryFigures figures() {
        return figures;
    }

    /** The state after an attempt that ended in a fault of ours. */
    RecipientState failed(Due due) {
        var said = Said.ours("4.3.0", "451 4.3.0 internal error");
        return schedule.next(due.since(), due.attempts() + 1, clock.instant())
                .<RecipientState>map(next -> new RecipientState.Deferred(said, next, /* tellSender= */ false))
                .orElseGet(() -> quarantined(due, said));
    }

    /** The state of a recipient whose mail can't be read just now, which may pass; it never expires of that. */
    RecipientState unreadable() {
        return new RecipientState.Deferred(
                Said.ours("4.3.0", "451 4.3.0 the spooled mail can't be read"),
                clock.instant().plus(DISK),
                /* tellSender= */ false);
    }

    private RecipientState later(StoredMail mail, Due due, TrackingDecision decision, Said said) {
        Instant now = clock.instant();
        Optional<Instant> next = schedule.next(due.since(), due.attempts() + 1, now);
        if (next.isEmpty()) {
            return new RecipientState.Failed(decision, timeOver(said), wants(mail, due, Envelope.Notify.FAILURE));
        }
        boolean tellSender = isLate(due) && wants(mail, due, Envelope.Notify.DELAY);
        return new RecipientState.Deferred(said, next.get(), tellSender, share(decision));
    }

    private static Share share(TrackingDecision decision) {
        return switch (decision) {
            case TrackingDecision.Tracked tracked -> Share.GRANTED;
            case TrackingDecision.Untracked it when it.reason().equals(Reason.QUOTA_EXCEEDED.code()) -> Share.USED_UP;
            // What would have been tracked was too large: the quota was asked before.
            case TrackingDecision.Untracked it when it.reason().equals(Reason.PEER_SIZE.code()) -> Share.GRANTED;
            case TrackingDecision.Untracked it -> Share.NOT_ASKED;
        };
    }

    private static Said timeOver(Said last) {
        return new Said("its time is over; the last reply was: " + last.reply(), "4.4.7", last.peer());
    }

    /** Whether its time is over, tried or not. */
    boolean isOver(Due due) {
        return schedule.isOver(due.since(), clock.instant());
    }

    /** Whether it takes so long that a sender wants to know. */
    boolean isLate(Due due) {
        return delayNotice
                .filter(after -> !due.since().plus(after).isAfter(clock.instant()))
                .isPresent();
    }

    /** The state of a recipient whose time is over without another attempt; {@code last} is the last word about it. */
    RecipientState expired(Due due, Said last, boolean tellSender) {
        var state = new RecipientState.Failed(NOT_SENT, timeOver(last), tellSender);
        figures.expired();
        LOG.info(
                "failed message={} to={} route={} attempt={} status={} reply={}",
                due.id(),
                domain(due),
                due.route(),
                due.attempts(),
                state.said().status(),
                state.said().logged());
        return state;
    }

    private static String domain(Due due) {
        return due.recipient().substring(due.recipient().lastIndexOf('@') + 1);
    }

    private static boolean wants(StoredMail mail, Due due, Envelope.Notify what) {
        return mail.tellsSender(due.index(), what);
    }

    /** The track, or the code word of why there is none. */
    private static String word(TrackingDecision decision) {
        return switch (decision) {
            case TrackingDecision.Tracked tracked -> tracked.track().id().toString();
            case TrackingDecision.Untracked untracked -> untracked.reason();
        };
    }
}
