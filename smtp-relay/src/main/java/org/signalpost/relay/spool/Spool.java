package org.signalpost.relay.spool;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Predicate;
import org.signalpost.journal.DurableFiles;
import org.signalpost.journal.Entry;
import org.signalpost.journal.EntryId;
import org.signalpost.journal.Journal;
import org.signalpost.journal.JournalException;
import org.signalpost.journal.Position;
import org.signalpost.rewrite.RawMessage;
import org.signalpost.rewrite.mime.HeaderText;
import org.signalpost.track.MessageId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The mail that waits: on disk before it is acknowledged, and there until every recipient is settled.
 *
 * <p>The truth is the mail log; large bodies are in files that its records name; memory holds where each open mail
 * stands in it. Safe to call from any thread. Methods that change something return when the change is forced to disk,
 * and throw {@link JournalException} when that is not certain.
 */
public final class Spool {
    private static final Logger LOG = LoggerFactory.getLogger(Spool.class);

    /** An open mail this many segments behind the end is written again, so that the log can shrink. */
    private static final long SEGMENTS_BEHIND = 4;

    private static final int COPIED_AT_ONCE = 50;
    private static final Duration TROUBLE_LASTS = Duration.ofSeconds(1);
    private static final byte[] ELSEWHERE = {};

    private final Journal log;
    private final DurableFiles files;
    private final Quarantine quarantine;
    private final Limits limits;
    private final InstantSource clock;
    private final SecureRandom random;
    private final Index index;
    private final Forward forward;
    private final AtomicLong memory = new AtomicLong();
    private final Fresh fresh;

    /** Shared by whoever appends; held alone while a mail is copied forward or segments go. */
    private final ReentrantReadWriteLock appending = new ReentrantReadWriteLock();

    private volatile Optional<Trouble> trouble = Optional.empty();

    private record Trouble(JournalException.Cause why, long since) {}

    /**
     * What the spool may use.
     *
     * @param memory octets of mail that is coming in, in memory
     * @param share how many recipients of one mail are under way at once on one route
     */
    public record Limits(long memory, int share) {}

    /** Keeps mail in {@code log} and {@code files}; what can't be read is put into {@code quarantine}. */
    public Spool(
            Journal log,
            DurableFiles files,
            Quarantine quarantine,
            Routing routing,
            Limits limits,
            InstantSource clock,
            SecureRandom random) {
        this.log = log;
        this.files = files;
        this.quarantine = quarantine;
        this.limits = limits;
        this.clock = clock;
        this.random = random;
        this.index = new Index(routing, limits.share(), log.segmentOctets());
        this.forward = new Forward(log, files, index);
        this.fresh = new Fresh(limits.memory() / 4);
    }

    /** Reads the log; a record that can't be read is put aside with an alarm, and the rest goes on. Call once. */
    public void start() {
        var opening = new Opening(log, files, quarantine, index);
        opening.readLog();
        opening.sweep();
        for (Due due : opening.missing()) {
            LOG.error("alarm=quarantined message={} reason=its file is missing", due.id());
            Said said = Said.ours("4.3.0", "the spooled mail is missing");
            update(due, due.attempts(), due.held(), new RecipientState.Quarantined(said));
        }
        LOG.info("spool open={}", index.size());
    }

    /** Room for a mail that comes in. */
    public Draft draft() {
        return new Draft(files, memory, limits.memory());
    }

    /** Takes a mail over; when this returns it is on disk, and when it throws nothing of it stays in its way. */
    public MessageId accept(Envelope envelope, Draft draft) {
        MessageId id = MessageId.next(clock, random);
        LogRecord.Message message = fresh(envelope, draft.head(), draft.size(), Optional.empty());
        try {
            Optional<byte[]> record = draft.octets()
                    .map(octets -> LogRecord.write(message, octets.octets()))
                    .filter(written -> written.length <= log.longestPayload());
            if (record.isPresent()) {
                // First, for its delivery begins before the next line is over.
                fresh.put(new StoredMail(id, message.acceptedAt(), envelope, draft.head(), /* notice= */ false));
                append(id, message, record.get());
            } else {
                appendWithFile(id, message, draft.inFile());
            }
            trouble = Optional.empty();
            return id;
        } catch (JournalException e) {
            fresh.forget(id);
            if (e.why() != JournalException.Cause.TOO_LONG && e.why() != JournalException.Cause.OVERLOADED) {
                trouble = Optional.of(new Trouble(e.why(), System.nanoTime()));
            }
            throw e;
        }
    }

    private void appendWithFile(MessageId id, LogRecord.Message message, DurableFiles.Fresh file) {
        LogRecord.Message named = message.inFile(file.crc());
        byte[] record = LogRecord.write(named, ELSEWHERE);
        if (record.length > log.longestPayload()) {
            throw new JournalException(JournalException.Cause.TOO_LONG, record.length + " octets without its body");
        }
        file.keep(id.toString());
        try {
            append(id, named, record);
        } catch (JournalException e) {
            // A broken log may have kept the record all the same; then the next start knows whether the file is wanted.
            if (e.why() != JournalException.Cause.BROKEN) {
                deleteFile(id);
            }
            throw e;
        }
    }

    /** Queues a notice of ours, and settles what it tells of, in one record. */
    public MessageId accept(Envelope envelope, RawMessage octets, Told notice) {
        MessageId id = MessageId.next(clock, random);
        LogRecord.Message message = fresh(envelope, octets, octets.size(), Optional.of(notice));
        append(id, message, LogRecord.write(message, octets.octets()));
        return id;
    }

    private LogRecord.Message fresh(Envelope envelope, RawMessage head, long size, Optional<Told> notice) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        List<LogRecord.Place> untried = envelope.recipients().stream()
                .map(any -> LogRecord.Place.untried(now))
                .toList();
        return new LogRecord.Message(
                /* copied= */ false,
                now,
                envelope,
                HeaderText.subject(head.octets()),
                Priority.of(head),
                size,
                Optional.empty(),
                notice,
                untried);
    }

    private void append(MessageId id, LogRecord.Message message, byte[] record) {
        appending.readLock().lock();
        try {
            Position position = log.append(LogRecord.MESSAGE, new EntryId(id.high(), id.low()), record);
            index.put(id, message, position);
            message.notice().filter(index::told).ifPresent(notice -> deleteFile(notice.of()));
        } finally {
            appending.readLock().unlock();
        }
    }

    /** A file that stays is deleted by the next start. */
    private void deleteFile(MessageId id) {
        try {
            files.delete(id.toString());
        } catch (JournalException e) {
            LOG.warn("the file of {} could not be deleted: {}", id, e.getMessage());
        }
    }

    /** Why no mail can be taken just now: the log failed less than a second ago. */
    public Optional<JournalException.Cause> trouble() {
        return trouble.filter(known -> System.nanoTime() - known.since() < TROUBLE_LASTS.toNanos())
                .map(Trouble::why);
    }

    /**
     * Takes the recipient whose turn it is on a route that is {@code open}; empty when there is none, after waiting at
     * most {@code patience}.
     */
    public Optional<Due> take(Duration patience, Predicate<String> open) {
        return index.take(clock, patience, open);
    }

    /** Has whoever waits in {@link #take} look again: another route may be open now. */
    public void wake() {
        index.wake();
    }

    /** Takes one recipient out of its turn, for an operator; empty when it is settled or an attempt is under way. */
    public Optional<Standing> reserve(MessageId id, int recipient) {
        return index.reserve(id, recipient);
    }

    /** Gives back a recipient that was taken or reserved, as it was. */
    public void giveBack(Due due) {
        index.giveBack(due);
    }

    /** The mail as it was accepted; a damaged one is a {@link JournalException}. Reads the disk. */
    public StoredMail read(MessageId id) {
        Optional<StoredMail> young = fresh.find(id);
        if (young.isPresent()) {
            return young.get();
        }
        // Not while a mail is copied forward and its old segment goes.
        appending.readLock().lock();
        try {
            OpenMail mail = find(id);
            return stored(mail, log.entry(mail.record()));
        } finally {
            appending.readLock().unlock();
        }
    }

    /** What the log says of an open mail beside its octets; empty when that can't be read. Reads the disk. */
    public Optional<StoredHead> head(MessageId id) {
        appending.readLock().lock();
        try {
            return index.find(id)
                    .map(mail -> LogRecord.read(log.entry(mail.record())))
                    .filter(LogRecord.Message.class::isInstance)
                    .map(LogRecord.Message.class::cast)
                    .map(message -> new StoredHead(
                            message.envelope(),
                            message.subject(),
                            message.notice().isPresent()));
        } catch (JournalException | IllegalArgumentException e) {
            LOG.warn("the record of {} can't be read: {}", id, e.getMessage());
            return Optional.empty();
        } finally {
            appending.readLock().unlock();
        }
    }

    private OpenMail find(MessageId id) {
        return index.find(id)
                .orElseThrow(() -> new JournalException(JournalException.Cause.DAMAGED, id + " is not open"));
    }

    private StoredMail stored(OpenMail mail, Entry entry) {
        byte[] octets = mail.crc()
                .map(crc -> files.read(mail.id().toString(), mail.size(), crc))
                .orElseGet(() -> LogRecord.body(entry));
        if (!(LogRecord.read(entry) instanceof LogRecord.Message message) || message.size() != octets.length) {
            throw new JournalException(JournalException.Cause.DAMAGED, mail.id() + " is not whole");
        }
        return new StoredMail(
                mail.id(),
                message.acceptedAt(),
                message.envelope(),
                RawMessage.of(octets),
                message.notice().isPresent());
    }

    /** Keeps what an attempt has led to; counts as one attempt. */
    public void update(Due due, RecipientState state) {
        update(due, due.attempts() + 1, due.held(), state);
    }

    /** Keeps what has become of a recipient, with the number of its attempts and the time that does not count. */
    public void update(Due due, int attempts, Duration held, RecipientState state) {
        var record = new LogRecord.State(clock.instant(), due.index(), due.recipient(), attempts, held, state);
        appending.readLock().lock();
        try {
            Position position = log.append(
                    LogRecord.STATE, new EntryId(due.id().high(), due.id().low()), LogRecord.write(record));
            if (index.change(due.id(), record, position)) {
                deleteFile(due.id());
            }
            fresh.forget(due.id());
        } finally {
            appending.readLock().unlock();
        }
    }

    /** What is known of an open mail. */
    public Optional<OpenMail> open(MessageId id) {
        return index.find(id);
    }

    /** The open mails behind this one, the oldest first, at most {@code limit}. */
    public List<OpenMail> openBehind(Optional<MessageId> id, int limit) {
        return index.behind(id, limit);
    }

    /** The open mails of whose recipients a sender is to be told something. */
    public List<OpenMail> owing() {
        return index.owing();
    }

    /** The last word about a recipient; nothing when that is damaged. Reads the disk. */
    public Said said(Standing standing) {
        appending.readLock().lock();
        try {
            return forward.said(standing);
        } finally {
            appending.readLock().unlock();
        }
    }

    /** How many recipients are not settled. */
    public int open() {
        return index.size();
    }

    /**
     * The projector has durably passed this position: what nobody needs any more goes, and open mail that keeps old
     * segments alive is written again at the end of the log.
     */
    public void projected(Position position) {
        long behind = log.end().segment() - SEGMENTS_BEHIND;
        if (index.mostlySettled(log.end())) {
            // One after the other: whoever takes mail waits for one copy at most.
            index.before(behind, COPIED_AT_ONCE).forEach(this::copyForward);
        }
        appending.writeLock().lock();
        try {
            Position needed = index.oldest().orElse(position);
            log.release(needed.compareTo(position) < 0 ? needed : position);
        } finally {
            appending.writeLock().unlock();
        }
    }

    private void copyForward(MessageId id) {
        appending.writeLock().lock();
        try {
            forward.copy(id);
        } finally {
            appending.writeLock().unlock();
        }
    }
}
