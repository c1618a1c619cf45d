package org.signalpost.relay.queue;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Optional;
import java.util.function.Predicate;
import org.signalpost.relay.spool.Due;
import org.signalpost.relay.spool.Envelope;
import org.signalpost.relay.spool.OpenMail;
import org.signalpost.relay.spool.RecipientState;
import org.signalpost.relay.spool.Said;
import org.signalpost.relay.spool.Spool;
import org.signalpost.relay.spool.Standing;
import org.signalpost.track.MailQueue;
import org.signalpost.track.TrackingDecision;

/** Does to recipients what an operator asks. An attempt under way is never disturbed. Safe to share. */
public final class Acts {
    private static final TrackingDecision NOT_SENT = new TrackingDecision.Untracked("not-sent", "");

    private final Spool spool;
    private final InstantSource clock;

    /** Acts on this spool. */
    public Acts(Spool spool, InstantSource clock) {
        this.spool = spool;
        this.clock = clock;
    }

    /** Acts on the recipients that are meant; those whose fate is decided are left out unless it is what is asked. */
    MailQueue.Result act(MailQueue.Act act, OpenMail mail, Predicate<Standing> meant) {
        var done = new ArrayList<String>();
        var underWay = new ArrayList<String>();
        for (Standing standing : mail.standings()) {
            String address = standing.due().recipient();
            if (!meant.test(standing)) {
                continue;
            }
            if (!standing.isOpen()) {
                if (act instanceof MailQueue.Act.Bounce && standing.phase() == Standing.Phase.FAILED) {
                    done.add(address);
                }
            } else if (act(act, mail, standing)) {
                done.add(address);
            } else {
                underWay.add(address);
            }
        }
        return new MailQueue.Result(done, underWay);
    }

    private boolean act(MailQueue.Act act, OpenMail mail, Standing seen) {
        Optional<Standing> reserved = spool.reserve(mail.id(), seen.due().index());
        if (reserved.isEmpty()) {
            return false;
        }
        Standing standing = reserved.get();
        Due due = standing.due();
        boolean changed = false;
        try {
            Optional<RecipientState> state = standing.isOpen() ? state(act, mail, standing) : Optional.empty();
            if (state.isPresent()) {
                spool.update(due, due.attempts(), held(standing), state.get());
                changed = true;
            }
            return true;
        } finally {
            if (!changed) {
                spool.giveBack(due);
            }
        }
    }

    /** How long it was kept back in all. */
    private Duration held(Standing standing) {
        Duration now = standing.phase() == Standing.Phase.HELD
                ? Duration.between(standing.since(), clock.instant())
                : Duration.ZERO;
        return standing.due().held().plus(now);
    }

    /** The new state; empty when it is as wanted already. */
    private Optional<RecipientState> state(MailQueue.Act act, OpenMail mail, Standing standing) {
        Instant now = clock.instant();
        Said said = spool.said(standing);
        boolean waits = standing.phase() == Standing.Phase.WAITING;
        var again = new RecipientState.Deferred(said, now, /* tellSender= */ false);
        return switch (act) {
            case MailQueue.Act.Retry retry ->
                waits && !standing.due().next().isAfter(now) ? Optional.empty() : Optional.of(again);
            case MailQueue.Act.Hold hold ->
                standing.phase() == Standing.Phase.HELD ? Optional.empty() : Optional.of(new RecipientState.Held(said));
            case MailQueue.Act.Release release -> waits ? Optional.empty() : Optional.of(again);
            case MailQueue.Act.Drop drop ->
                Optional.of(new RecipientState.Dropped(Said.ours("5.0.0", "dropped by an operator")));
            case MailQueue.Act.Bounce bounce -> Optional.of(bounced(bounce, mail, standing));
        };
    }

    private RecipientState bounced(MailQueue.Act.Bounce bounce, OpenMail mail, Standing standing) {
        String text = bounce.text().isEmpty() ? "given up by an operator" : bounce.text();
        boolean wanted = spool.head(mail.id())
                .filter(head -> head.tellsSender(standing.due().index(), Envelope.Notify.FAILURE))
                .isPresent();
        return new RecipientState.Failed(NOT_SENT, Said.ours("5.0.0", text), wanted);
    }
}
