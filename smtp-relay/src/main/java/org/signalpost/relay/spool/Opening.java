package org.signalpost.relay.spool;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.signalpost.journal.DurableFiles;
import org.signalpost.journal.Entry;
import org.signalpost.journal.Journal;
import org.signalpost.journal.Position;
import org.signalpost.track.MessageId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a start makes of the log and the files that it finds. For one thread, once. */
final class Opening {
    private static final Logger LOG = LoggerFactory.getLogger(Opening.class);
    private static final int READ_AT_ONCE = 1_000;

    private final Journal log;
    private final DurableFiles files;
    private final Quarantine quarantine;
    private final Index index;
    private final Set<MessageId> unreadable = new HashSet<>();

    Opening(Journal log, DurableFiles files, Quarantine quarantine, Index index) {
        this.log = log;
        this.files = files;
        this.quarantine = quarantine;
        this.index = index;
    }

    /** Reads the log into the index; a record that can't be read is put aside with an alarm, and the rest goes on. */
    void readLog() {
        Position at = Position.START;
        List<Entry> entries = log.read(at, READ_AT_ONCE);
        while (!entries.isEmpty()) {
            for (Entry entry : entries) {
                at = entry.next();
                try {
                    load(entry);
                } catch (IllegalArgumentException e) {
                    unreadable.add(id(entry));
                    quarantine.put(entry, String.valueOf(e.getMessage()));
                }
            }
            entries = log.read(at, READ_AT_ONCE);
        }
    }

    private static MessageId id(Entry entry) {
        return new MessageId(entry.id().high(), entry.id().low());
    }

    private void load(Entry entry) {
        switch (LogRecord.read(entry)) {
            case LogRecord.Message message -> {
                index.put(id(entry), message, entry.position());
                message.notice().ifPresent(index::told);
            }
            case LogRecord.State state -> index.change(id(entry), state, entry.position());
        }
    }

    /** Deletes files that no open mail has; those whose record may be what could not be read are put aside. */
    void sweep() {
        for (String name : files.names()) {
            boolean wanted = MessageId.parse(name)
                    .flatMap(index::find)
                    .filter(mail -> mail.crc().isPresent())
                    .isPresent();
            boolean doubtful = log.isDamaged()
                    || MessageId.parse(name).filter(unreadable::contains).isPresent();
            if (!wanted && doubtful) {
                LOG.error("alarm=quarantined file={} reason=its record may be what can't be read", name);
                quarantine.put(files, name);
            } else if (!wanted) {
                files.delete(name);
            }
        }
    }

    /** The recipients that wait for a mail whose file is gone. */
    List<Due> missing() {
        Set<String> names = Set.copyOf(files.names());
        return index.behind(java.util.Optional.empty(), Integer.MAX_VALUE).stream()
                .filter(mail ->
                        mail.crc().isPresent() && !names.contains(mail.id().toString()))
                .flatMap(mail -> mail.standings().stream())
                .filter(standing -> standing.phase() == Standing.Phase.WAITING)
                .map(Standing::due)
                .toList();
    }
}
