package org.signalpost.relay.spool;

import java.time.Instant;
import java.util.Optional;
import org.signalpost.journal.Position;

/**
 * Where a recipient stands that is not settled. Immutable and safe to share.
 *
 * @param due its turn; without meaning unless it waits
 * @param phase what it waits for
 * @param since when it came to that
 * @param record where the last word about it stands in the log
 * @param delayTold whether its sender was told that it takes long
 * @param delayOwed whether its sender is to be told so
 */
public record Standing(Due due, Phase phase, Instant since, Position record, boolean delayTold, boolean delayOwed) {
    /** What a recipient waits for. */
    public enum Phase {
        /** Its first or next attempt. */
        WAITING,
        /** An operator, who has held it. */
        HELD,
        /** An operator: it can't be read or sent. */
        QUARANTINED,
        /** That its sender is told of the failure. */
        FAILED,
        /** That its sender is told that it was passed on. */
        RELAYED
    }

    /** What the sender is to be told of it, in one notice with others of the same mail. */
    public boolean owes(Told.Kind kind) {
        return switch (kind) {
            case FAILED -> phase == Phase.FAILED;
            case RELAYED -> phase == Phase.RELAYED;
            case DELAYED -> phase == Phase.WAITING && delayOwed;
        };
    }

    /** Whether more may become of it than that its sender is told. */
    public boolean isOpen() {
        return phase != Phase.FAILED && phase != Phase.RELAYED;
    }

    boolean owesAny() {
        return phase == Phase.FAILED || phase == Phase.RELAYED || owes(Told.Kind.DELAYED);
    }

    /** Where it stands after a change; empty when it is settled. */
    Optional<Standing> after(LogRecord.State change, Position changed) {
        Optional<Phase> next = switch (change.state()) {
            case RecipientState.Delivered it -> it.tellSender() ? Optional.of(Phase.RELAYED) : Optional.empty();
            case RecipientState.Failed it -> it.tellSender() ? Optional.of(Phase.FAILED) : Optional.empty();
            case RecipientState.Deferred it -> Optional.of(Phase.WAITING);
            case RecipientState.Held it -> Optional.of(Phase.HELD);
            case RecipientState.Quarantined it -> Optional.of(Phase.QUARANTINED);
            case RecipientState.Captured it -> Optional.empty();
            case RecipientState.Dropped it -> Optional.empty();
        };
        Instant time = change.state() instanceof RecipientState.Deferred it ? it.next() : due.next();
        boolean owed = change.state() instanceof RecipientState.Deferred it && it.tellSender();
        Share share = change.state() instanceof RecipientState.Deferred it
                ? due.share().then(it.share())
                : due.share();
        Due turn = due.at(time, change.attempts(), change.held(), share);
        return next.map(
                it -> new Standing(turn, it, change.at(), changed, delayTold, delayOwed || (owed && !delayTold)));
    }

    Standing told() {
        return new Standing(due, phase, since, record, /* delayTold= */ true, /* delayOwed= */ false);
    }

    Standing at(Position moved) {
        return new Standing(due, phase, since, moved, delayTold, delayOwed);
    }
}
