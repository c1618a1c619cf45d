package org.signalpost.relay.spool;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.signalpost.journal.Entry;
import org.signalpost.journal.EntryId;
import org.signalpost.journal.Journal;
import org.signalpost.journal.JournalException;
import org.signalpost.journal.Position;
import org.signalpost.rewrite.RawMessage;
import org.signalpost.rewrite.mime.HeaderText;
import org.signalpost.track.MailEvent;
import org.signalpost.track.MessageId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The mail that waits: on disk before it is acknowledged, and there until every recipient is settled.
 *
 * <p>The truth is the mail log; memory holds where each open mail stands in it. Safe to call from any thread. Methods
 * that change something return when the change is forced to disk, and throw {@link JournalException} when that is not
 * certain.
 */
public final class Spool {
    private static final Logger LOG = LoggerFactory.getLogger(Spool.class);

    /** An open mail this many segments behind the end is written again, so that the log can shrink. */
    private static final long SEGMENTS_BEHIND = 4;

    private static final int COPIED_AT_ONCE = 50;
    private static final Duration TROUBLE_LASTS = Duration.ofSeconds(1);

    private final Journal log;
    private final Path bodies;
    private final InstantSource clock;
    private final SecureRandom random;
    private final Index index = new Index();

    /** Shared by whoever appends; held alone while a mail is copied forward or segments go. */
    private final ReentrantReadWriteLock appending = new ReentrantReadWriteLock();

    private volatile Optional<Trouble> trouble = Optional.empty();

    private record Trouble(JournalException.Cause why, long since) {}

    /** Keeps mail in {@code log}; records that can't be read are put aside below {@code bodies}. */
    public Spool(Journal log, Path bodies, InstantSource clock, SecureRandom random) {
        this.log = log;
        this.bodies = bodies;
        this.clock = clock;
        this.random = random;
    }

    /** Reads the log; a record that can't be read is put aside with an alarm, and the rest goes on. Call once. */
    public void start() {
        var chunks = new HashMap<MessageId, Map<Long, Map<Integer, Position>>>();
        Position at = Position.START;
        List<Entry> entries = log.read(at, 1_000);
        while (!entries.isEmpty()) {
            for (Entry entry : entries) {
                at = entry.next();
                try {
                    load(entry, chunks);
                } catch (IllegalArgumentException e) {
                    putAside(entry, e);
                }
            }
            entries = log.read(at, 1_000);
        }
        LOG.info("spool open={}", index.size());
    }

    private void load(Entry entry, Map<MessageId, Map<Long, Map<Integer, Position>>> chunks) {
        var id = new MessageId(entry.id().high(), entry.id().low());
        switch (LogRecord.read(entry)) {
            case LogRecord.Chunk chunk ->
                chunks.computeIfAbsent(id, any -> new HashMap<>())
                        .computeIfAbsent(chunk.set(), any -> new TreeMap<>())
                        .put(chunk.number(), entry.position());
            case LogRecord.Message message -> {
                var parts = Optional.ofNullable(chunks.remove(id))
                        .map(sets -> sets.get(message.set()))
                        .orElse(new TreeMap<>());
                // Parts may be gone because the mail is settled; an open one that is not whole fails when it is read.
                var records = new ArrayList<>(parts.values());
                records.add(entry.position());
                index.put(id, message, records);
            }
            case LogRecord.State state -> index.change(id, state);
        }
    }

    private void putAside(Entry entry, IllegalArgumentException why) {
        var id = new MessageId(entry.id().high(), entry.id().low());
        LOG.error(
                "alarm=quarantined message={} at={} kind={} reason={}",
                id,
                entry.position(),
                entry.kind(),
                why.getMessage());
        try {
            Path directory = Files.createDirectories(bodies.resolve("quarantine"));
            String name = id + "-" + entry.position().segment() + "-"
                    + entry.position().offset();
            Files.write(directory.resolve(name), entry.payload());
        } catch (IOException e) {
            LOG.error("alarm=quarantine message={} can't be put aside: {}", id, e.toString());
        }
    }

    /** Takes a mail over; when this returns it is on disk. */
    public MessageId accept(Envelope envelope, RawMessage message) {
        MessageId id = MessageId.next(clock, random);
        Instant now = clock.instant().truncatedTo(java.time.temporal.ChronoUnit.MILLIS);
        var untried = envelope.recipients().stream()
                .map(any -> new LogRecord.Recipient(/* open= */ true, /* attempts= */ 0, now))
                .toList();
        int chunks = chunks(message.size(), envelope);
        var record = new LogRecord.Message(
                /* copied= */ false,
                now,
                envelope,
                HeaderText.subject(message.octets()),
                message.size(),
                /* set= */ 0,
                chunks,
                untried);
        appending.readLock().lock();
        try {
            index.put(id, record, write(id, LogRecord.MESSAGE, record, message.octets()));
            trouble = Optional.empty();
            return id;
        } catch (JournalException e) {
            if (e.why() != JournalException.Cause.TOO_LONG && e.why() != JournalException.Cause.OVERLOADED) {
                trouble = Optional.of(new Trouble(e.why(), System.nanoTime()));
            }
            throw e;
        } finally {
            appending.readLock().unlock();
        }
    }

    /** How many chunks go before the record that commits; small mail has none. */
    private static int chunks(int size, Envelope envelope) {
        int whole = size <= LogRecord.CHUNK_OCTETS ? 0 : size / LogRecord.CHUNK_OCTETS;
        int rest = size - whole * LogRecord.CHUNK_OCTETS;
        // An envelope with many recipients leaves no room for octets of the mail beside it.
        boolean crowded = rest > 0 && LogRecord.most(envelope) + rest > Journal.LONGEST_PAYLOAD;
        return crowded ? whole + 1 : whole;
    }

    private List<Position> write(MessageId id, int kind, LogRecord.Message record, byte[] octets) {
        var entryId = new EntryId(id.high(), id.low());
        var positions = new ArrayList<Position>();
        int from = 0;
        for (int i = 0; i < record.chunks(); i++) {
            int to = Math.min(from + LogRecord.CHUNK_OCTETS, octets.length);
            positions.add(log.append(LogRecord.CHUNK, entryId, LogRecord.chunk(record.set(), i, octets, from, to)));
            from = to;
        }
        positions.add(log.append(kind, entryId, LogRecord.write(record, octets, from)));
        return positions;
    }

    /** Why no mail can be taken just now: the log failed less than a second ago. */
    public Optional<JournalException.Cause> trouble() {
        return trouble.filter(known -> System.nanoTime() - known.since() < TROUBLE_LASTS.toNanos())
                .map(Trouble::why);
    }

    /** Takes the recipient whose turn it is; empty when there is none, after waiting at most {@code patience}. */
    public Optional<Due> take(Duration patience) {
        return index.take(clock, patience);
    }

    /** Gives back a recipient that was taken and not tried. */
    public void giveBack(Due due) {
        index.giveBack(due);
    }

    /** The mail as it was accepted; a damaged one is a {@link JournalException}. Reads the disk. */
    public StoredMail read(MessageId id) {
        // Not while a mail is copied forward and its old segment goes.
        appending.readLock().lock();
        try {
            return stored(id);
        } finally {
            appending.readLock().unlock();
        }
    }

    private StoredMail stored(MessageId id) {
        List<Position> records = index.records(id);
        if (records.isEmpty()) {
            throw new JournalException(JournalException.Cause.DAMAGED, id + " is not open");
        }
        var octets = new ByteArrayOutputStream();
        for (Position position : records.subList(0, records.size() - 1)) {
            octets.writeBytes(LogRecord.body(log.entry(position)));
        }
        Entry last = log.entry(records.get(records.size() - 1));
        octets.writeBytes(LogRecord.body(last));
        if (!(LogRecord.read(last) instanceof LogRecord.Message message) || message.size() != octets.size()) {
            throw new JournalException(JournalException.Cause.DAMAGED, id + " is not whole");
        }
        return new StoredMail(id, message.acceptedAt(), message.envelope(), RawMessage.of(octets.toByteArray()));
    }

    /** Keeps what an attempt has led to; counts as one attempt. */
    public void update(Due due, RecipientState state) {
        var record = new LogRecord.State(clock.instant(), due.index(), due.recipient(), due.attempts() + 1, state);
        appending.readLock().lock();
        try {
            log.append(LogRecord.STATE, new EntryId(due.id().high(), due.id().low()), LogRecord.write(record));
            index.change(due.id(), record);
        } finally {
            appending.readLock().unlock();
        }
    }

    /** How many octets an open mail has; 0 when it is not open. */
    public long size(MessageId id) {
        return index.octets(id);
    }

    /** How many recipients are not settled. */
    public int open() {
        return index.size();
    }

    /** What the entry tells of a mail, if anything; never throws for an entry that can't be read. */
    public static Optional<MailEvent> event(Entry entry) {
        var id = new MessageId(entry.id().high(), entry.id().low());
        try {
            return switch (LogRecord.read(entry)) {
                case LogRecord.Chunk chunk -> Optional.empty();
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
                        envelope.recipients(),
                        message.subject(),
                        message.size()));
    }

    private static Optional<MailEvent> changed(MessageId id, LogRecord.State state) {
        Instant at = state.at();
        String to = state.recipient();
        return switch (state.state()) {
            case RecipientState.Delivered s ->
                Optional.of(new MailEvent.Delivered(id, at, to, s.decision(), s.reply()));
            case RecipientState.Failed s -> Optional.of(new MailEvent.Bounced(id, at, to, s.decision(), s.reply()));
            case RecipientState.Deferred s -> Optional.of(new MailEvent.Deferred(id, at, to, s.reply(), s.next()));
            case RecipientState.Quarantined s -> Optional.empty();
        };
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
            StoredMail mail = stored(id);
            Map<Integer, Due> open = index.open(id);
            var recipients = new ArrayList<LogRecord.Recipient>();
            for (int i = 0; i < mail.envelope().recipients().size(); i++) {
                Optional<Due> due = Optional.ofNullable(open.get(i));
                recipients.add(due.map(d -> new LogRecord.Recipient(/* open= */ true, d.attempts(), d.next()))
                        .orElse(new LogRecord.Recipient(/* open= */ false, 0, mail.acceptedAt())));
            }
            var record = new LogRecord.Message(
                    /* copied= */ true,
                    mail.acceptedAt(),
                    mail.envelope(),
                    HeaderText.subject(mail.message().octets()),
                    mail.message().size(),
                    random.nextLong(),
                    chunks(mail.message().size(), mail.envelope()),
                    recipients);
            index.move(id, write(id, LogRecord.SNAPSHOT, record, mail.message().octets()));
        } catch (JournalException e) {
            LOG.error("alarm=copy-forward message={} reason={}", id, e.getMessage());
        } finally {
            appending.writeLock().unlock();
        }
    }
}
