package org.signalpost.relay.spool;

import java.time.Instant;
import java.util.Optional;
import org.signalpost.journal.Entry;
import org.signalpost.track.MailEvent;
import org.signalpost.track.MessageId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The mail log as whoever keeps the books reads it. */
public final class History {
    private static final Logger LOG = LoggerFactory.getLogger(History.class);

    private History() {}

    /** What the entry tells of a mail, if anything; never throws for an entry that can't be read. */
    public static Optional<MailEvent> event(Entry entry) {
        var id = new MessageId(entry.id().high(), entry.id().low());
        try {
            return switch (LogRecord.read(entry)) {
                case LogRecord.Message message -> queued(id, message);
                case LogRecord.State state -> changed(id, state);
            };
        } catch (IllegalArgumentException e) {
            LOG.error("alarm=unreadable message={} at={} reason={}", id, entry.position(), e.getMessage());
            return Optional.empty();
        }
    }

    private static Optional<MailEvent> queued(MessageId id, LogRecord.Message message) {
        Envelope envelope = message.envelope();
        return message.copied()
                ? Optional.empty()
                : Optional.of(new MailEvent.Queued(
                        id,
                        message.acceptedAt(),
                        envelope.sender(),
                        envelope.addresses(),
                        message.subject(),
                        message.size(),
                        envelope.origin().key()));
    }

    private static Optional<MailEvent> changed(MessageId id, LogRecord.State state) {
        Instant at = state.at();
        String to = state.recipient();
        String reply = state.state().said().reply();
        return switch (state.state()) {
            case RecipientState.Delivered it -> Optional.of(new MailEvent.Delivered(id, at, to, it.decision(), reply));
            case RecipientState.Captured it -> Optional.of(new MailEvent.Delivered(id, at, to, it.decision(), reply));
            case RecipientState.Failed it -> Optional.of(new MailEvent.Bounced(id, at, to, it.decision(), reply));
            case RecipientState.Deferred it -> Optional.of(new MailEvent.Deferred(id, at, to, reply, it.next()));
            case RecipientState.Quarantined it -> Optional.empty();
            case RecipientState.Held it -> Optional.empty();
            case RecipientState.Dropped it -> Optional.of(new MailEvent.Dropped(id, at, to, reply));
        };
    }
}
