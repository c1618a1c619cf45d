package org.signalpost.relay.delivery;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.signalpost.journal.JournalException;
import org.signalpost.relay.spool.Due;
import org.signalpost.relay.spool.Envelope;
import org.signalpost.relay.spool.OpenMail;
import org.signalpost.relay.spool.RecipientState;
import org.signalpost.relay.spool.Said;
import org.signalpost.relay.spool.Spool;
import org.signalpost.relay.spool.Standing;
import org.signalpost.retry.Pause;
import org.signalpost.track.MessageId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after mail that waits for a suspended route: its time runs on although it is not tried, so it ends here, and
 * its sender is told when it takes long. A route that an operator has paused is the operator's. Start once, close once.
 */
public final class Overdue implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Overdue.class);
    private static final Duration LOOK = Duration.ofSeconds(30);
    private static final int LOOKED_AT_ONCE = 1_000;

    private final Spool spool;
    private final Routes routes;
    private final Verdicts verdicts;
    private final Pause pause = new Pause();
    private final Thread thread;

    /** What follows is what {@code verdicts} says. */
    public Overdue(Spool spool, Routes routes, Verdicts verdicts) {
        this.spool = spool;
        this.routes = routes;
        this.verdicts = verdicts;
        this.thread = Thread.ofPlatform().name("overdue").unstarted(() -> {
            while (pause.await(LOOK)) {
                look();
            }
        });
    }

    /** Begins. */
    public void start() {
        thread.start();
    }

    /** Once through everything that waits; what the log can't take now is for the next time. */
    void look() {
        Set<String> suspended = routes.suspended();
        if (suspended.isEmpty()) {
            return;
        }
        try {
            Optional<MessageId> at = Optional.empty();
            List<OpenMail> block = spool.openBehind(at, LOOKED_AT_ONCE);
            while (!block.isEmpty()) {
                for (OpenMail mail : block) {
                    look(mail, suspended);
                }
                at = Optional.of(block.getLast().id());
                block = spool.openBehind(at, LOOKED_AT_ONCE);
            }
        } catch (JournalException e) {
            LOG.error("alarm=spool overdue mail waits: {}", e.getMessage());
        }
    }

    private void look(OpenMail mail, Set<String> suspended) {
        for (Standing standing : mail.standings()) {
            Due due = standing.due();
            if (standing.phase() == Standing.Phase.WAITING
                    && suspended.contains(due.route())
                    && (verdicts.isOver(due) || isLate(standing))) {
                // As it stands when no attempt can begin.
                spool.reserve(due.id(), due.index()).ifPresent(this::settle);
            }
        }
    }

    private boolean isLate(Standing standing) {
        return !standing.delayTold() && !standing.delayOwed() && verdicts.isLate(standing.due());
    }

    private void settle(Standing standing) {
        Due due = standing.due();
        boolean changed = false;
        try {
            Optional<RecipientState> state =
                    standing.phase() == Standing.Phase.WAITING ? state(standing) : Optional.empty();
            if (state.isPresent()) {
                spool.update(due, due.attempts(), due.held(), state.get());
                changed = true;
            }
        } finally {
            if (!changed) {
                spool.giveBack(due);
            }
        }
    }

    private Optional<RecipientState> state(Standing standing) {
        Due due = standing.due();
        Said last = spool.said(standing);
        if (verdicts.isOver(due)) {
            Said said = last.reply().isEmpty() ? Said.ours("4.4.1", routes.lastError(due.route())) : last;
            return Optional.of(verdicts.expired(due, said, wants(due, Envelope.Notify.FAILURE)));
        }
        Instant next = due.next();
        return isLate(standing) && wants(due, Envelope.Notify.DELAY)
                ? Optional.of(new RecipientState.Deferred(last, next, /* tellSender= */ true))
                : Optional.empty();
    }

    private boolean wants(Due due, Envelope.Notify what) {
        return spool.head(due.id())
                .filter(head -> head.tellsSender(due.index(), what))
                .isPresent();
    }

    @Override
    public void close() {
        pause.end();
        try {
            thread.join();
        } catch (InterruptedException e) {
            LOG.warn("interrupted while what is overdue is looked at");
        }
    }
}
