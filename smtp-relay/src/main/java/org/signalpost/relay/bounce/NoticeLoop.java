package org.signalpost.relay.bounce;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.signalpost.journal.JournalException;
import org.signalpost.relay.spool.Due;
import org.signalpost.relay.spool.Envelope;
import org.signalpost.relay.spool.OpenMail;
import org.signalpost.relay.spool.RecipientState;
import org.signalpost.relay.spool.Said;
import org.signalpost.relay.spool.Spool;
import org.signalpost.relay.spool.Standing;
import org.signalpost.relay.spool.StoredMail;
import org.signalpost.relay.spool.Told;
import org.signalpost.retry.Pause;
import org.signalpost.rewrite.RawMessage;
import org.signalpost.track.MessageId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells senders what became of their mail: collects what happens to one mail for a minute, then queues one notice.
 * Queueing it and settling what it tells of is one record of the log: no notice is lost, and none is sent twice. Start
 * once, close once.
 */
public final class NoticeLoop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NoticeLoop.class);
    private static final Duration COLLECTED = Duration.ofSeconds(60);
    private static final Duration BETWEEN = Duration.ofSeconds(1);

    /** More recipients than that make a second notice: a record of the log has a limit. */
    private static final int MOST_RECIPIENTS = 100;

    private static final RawMessage NOTHING = RawMessage.of(new byte[0]);

    private final Spool spool;
    private final NoticeMaker maker;
    private final Consumer<Told.Kind> made;
    private final InstantSource clock;
    private final Pause pause = new Pause();
    private final Thread thread;

    /** Notices are made by {@code maker}; {@code made} is told of each that is queued. */
    public NoticeLoop(Spool spool, NoticeMaker maker, Consumer<Told.Kind> made, InstantSource clock) {
        this.spool = spool;
        this.maker = maker;
        this.made = made;
        this.clock = clock;
        this.thread = Thread.ofPlatform().name("notices").unstarted(this::run);
    }

    /** Begins. */
    public void start() {
        thread.start();
    }

    private void run() {
        while (pause.await(BETWEEN)) {
            tellAll();
        }
    }

    /** Queues every notice that is due; what the log can't take now is for the next time. */
    void tellAll() {
        for (OpenMail mail : spool.owing()) {
            try {
                tell(mail);
            } catch (JournalException e) {
                LOG.error("alarm=notice of={} is made later: {}", mail.id(), e.getMessage());
                if (e.why() != JournalException.Cause.TOO_LONG) {
                    // The others would fare no better.
                    return;
                }
            }
        }
    }

    private void tell(OpenMail mail) {
        for (Told.Kind kind : Told.Kind.values()) {
            List<Standing> standings = mail.standings().stream()
                    .filter(standing -> standing.owes(kind))
                    .limit(MOST_RECIPIENTS)
                    .toList();
            if (isDue(mail, standings)) {
                tell(mail, kind, standings);
            }
        }
    }

    /** After a minute, or when nothing more can happen to the mail, or a recipient is about to be tried again. */
    private boolean isDue(OpenMail mail, List<Standing> standings) {
        Optional<Instant> first = standings.stream().map(Standing::since).min(Comparator.naturalOrder());
        return first.isPresent()
                && (mail.standings().stream().noneMatch(Standing::isOpen)
                        || standings.stream().anyMatch(NoticeLoop::isTriedSoon)
                        || !first.get().plus(COLLECTED).isAfter(clock.instant()));
    }

    /** Then its minute would begin anew, again and again. */
    private static boolean isTriedSoon(Standing standing) {
        return standing.phase() == Standing.Phase.WAITING
                && standing.due().next().isBefore(standing.since().plus(COLLECTED));
    }

    private void tell(OpenMail open, Told.Kind kind, List<Standing> standings) {
        Optional<StoredMail> mail = mail(open);
        if (mail.isEmpty()) {
            standings.forEach(standing -> putAside(standing.due()));
            return;
        }
        var told = new Told(
                open.id(),
                kind,
                standings.stream().map(standing -> standing.due().index()).toList());
        Notice notice = maker.make(mail.get(), kind, standings);
        MessageId queued = spool.accept(envelope(mail.get()), notice.message(), told);
        made.accept(kind);
        LOG.info("notice message={} of={} kind={} recipients={}", queued, open.id(), kind, standings.size());
    }

    /** The mail; without its octets when these are damaged; empty when nothing can be read of it. */
    private Optional<StoredMail> mail(OpenMail open) {
        try {
            return Optional.of(spool.read(open.id()));
        } catch (JournalException e) {
            if (e.why() != JournalException.Cause.DAMAGED) {
                throw e;
            }
            LOG.error("alarm=notice of={} is made without the mail: {}", open.id(), e.getMessage());
            return spool.head(open.id())
                    .map(head -> new StoredMail(
                            open.id(), open.acceptedAt(), head.envelope(), NOTHING, /* notice= */ false));
        }
    }

    /** Nobody can be told: an operator has to see it. */
    private void putAside(Due due) {
        LOG.error("alarm=quarantined message={} reason=damaged, its sender was not told of a failure", due.id());
        Said said = Said.ours("4.3.0", "the spooled mail is damaged, and its sender was not told of a failure");
        spool.update(due, due.attempts(), due.held(), new RecipientState.Quarantined(said));
    }

    /** From nobody, so that no notice is ever sent of it, to the sender of the mail (RFC 3461 section 6.1). */
    private Envelope envelope(StoredMail mail) {
        String to = NoticeMaker.reached(mail.envelope().sender());
        boolean utf8 = NoticeMaker.form(to) == Notice.Form.UTF8;
        return new Envelope(
                "",
                List.of(Envelope.Recipient.of(to)),
                new Envelope.Origin("", maker.hostname(), "ESMTP", ""),
                new Envelope.Wishes(utf8, Envelope.Return.UNSAID, ""));
    }

    /** Waits for the notice under way. */
    @Override
    public void close() {
        pause.end();
        try {
            thread.join();
        } catch (InterruptedException e) {
            LOG.warn("interrupted while a notice is made");
        }
    }
}
