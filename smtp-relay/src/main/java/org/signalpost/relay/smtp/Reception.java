package org.signalpost.relay.smtp;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.signalpost.journal.JournalException;
import org.signalpost.relay.spool.Draft;
import org.signalpost.relay.spool.Envelope;
import org.signalpost.relay.spool.Spool;
import org.signalpost.rewrite.RawMessage;
import org.signalpost.rewrite.mime.MimeScanner;
import org.signalpost.track.MessageId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What stands behind the doors: whether mail can be taken, and what becomes of one that came whole. Safe to share. */
public final class Reception {
    private static final Logger LOG = LoggerFactory.getLogger(Reception.class);

    /** So often a mail may come back to us; more is a circle. */
    private static final int OWN_HOPS = 3;

    private final Spool spool;
    private final BooleanSupplier room;
    private final Screening screening;
    private final String mark;
    private final MeterRegistry registry;

    /** What speaks against taking a mail that came whole, in words; mostly nothing. */
    public interface Screening {
        /** The reason, or nothing. */
        Optional<String> refusal(RawMessage message);
    }

    /**
     * Mail goes into the spool as long as {@code room} says that the disk has room for it; {@code instance} is how we
     * know our own Received fields again; what is taken and what is not is counted in {@code registry}.
     */
    public Reception(Spool spool, BooleanSupplier room, Screening screening, String instance, MeterRegistry registry) {
        this.registry = registry;
        this.spool = spool;
        this.room = room;
        this.screening = screening;
        this.mark = "(Signalpost " + instance + ")";
    }

    /** Whether mail can be taken just now. */
    public boolean takesMail() {
        return hindrance().isEmpty();
    }

    /** The reply when no mail can be taken just now. */
    Optional<String> hindrance() {
        return room.getAsBoolean() ? spool.trouble().map(Reception::reply) : Optional.of("452 4.3.1 The disk is short");
    }

    private static String reply(JournalException.Cause why) {
        return why == JournalException.Cause.NO_SPACE
                ? "452 4.3.1 The disk is full"
                : "451 4.3.0 The mail can't be kept just now";
    }

    /** Room for a mail that comes in. */
    Intake intake() {
        return new Intake(spool.draft());
    }

    /** The reply when the mail is not to be taken, with more than so many hops behind it or for what it says. */
    Optional<String> objection(RawMessage head, int mostHops) {
        List<String> hops = MimeScanner.top(head.octets())
                .map(top -> top.fields().values("received"))
                .orElse(List.of());
        if (hops.size() > mostHops
                || hops.stream().filter(hop -> hop.contains(mark)).count() >= OWN_HOPS) {
            return Optional.of("554 5.4.6 The mail has been round too often");
        }
        return screening
                .refusal(head)
                .map(why -> "550 5.6.0 A control field can't be read: " + why.replaceAll("[^ -~]+", " "));
    }

    /** Keeps the mail; the reply to its sender. When that is 250, it is on disk. */
    String keep(Envelope envelope, Draft draft) {
        long began = System.nanoTime();
        try {
            MessageId id = spool.accept(envelope, draft);
            LOG.info(
                    "accepted message={} recipients={} octets={} protocol={} key={} took={}ms",
                    id,
                    envelope.recipients().size(),
                    draft.size(),
                    envelope.origin().protocol(),
                    envelope.origin().key(),
                    (System.nanoTime() - began) / 1_000_000);
            registry.timer("signalpost.mails.accepted").record(Duration.ofNanos(System.nanoTime() - began));
            registry.counter("signalpost.mails.octets").increment((double) draft.size());
            return "250 2.0.0 Ok: queued as " + id;
        } catch (JournalException e) {
            return failure(e);
        }
    }

    /** Counts a mail that came to its end and was not taken, by the codes of the reply. */
    String refused(String reply) {
        registry.counter(
                        "signalpost.mails.refused",
                        "codes",
                        reply.substring(0, Math.min(reply.length(), 9)).strip())
                .increment();
        return reply;
    }

    /** The reply to a mail that could not be kept. */
    static String failure(JournalException e) {
        LOG.error("alarm=not-accepted reason={}", e.why(), e);
        return reply(e.why());
    }
}
