package org.signalpost.relay.spool;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.signalpost.journal.DurableFiles;
import org.signalpost.journal.EntryId;
import org.signalpost.journal.Journal;
import org.signalpost.journal.JournalException;
import org.signalpost.journal.Position;
import org.signalpost.track.MessageId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes an open mail again at the end of the log, with where its recipients stand, so that the segment it stood in can
 * go. Nothing else may be appended meanwhile.
 */
final class Forward {
    private static final Logger LOG = LoggerFactory.getLogger(Forward.class);
    private static final byte[] ELSEWHERE = {};

    /** To how many characters replies are cut, one try after the other, when the record is too long. */
    private static final List<Integer> SHORTER = List.of(80, 0);

    private final Journal log;
    private final DurableFiles files;
    private final Index index;

    Forward(Journal log, DurableFiles files, Index index) {
        this.log = log;
        this.files = files;
        this.index = index;
    }

    /** Copies it; one whose record is damaged keeps nothing alive from now on. */
    void copy(MessageId id) {
        try {
            index.find(id).ifPresent(this::copy);
        } catch (JournalException e) {
            LOG.error("alarm=copy-forward message={} reason={}", id, e.getMessage());
            if (e.why() == JournalException.Cause.DAMAGED) {
                index.lost(id);
            }
        }
    }

    private void copy(OpenMail mail) {
        var entry = log.entry(mail.record());
        if (!(LogRecord.read(entry) instanceof LogRecord.Message old)) {
            throw new JournalException(JournalException.Cause.DAMAGED, mail.id() + " is not whole");
        }
        LogRecord.Message message = old.with(mail.crc(), places(mail, old));
        byte[] octets = mail.crc().isPresent() ? ELSEWHERE : LogRecord.body(entry);
        byte[] record = LogRecord.write(message, octets);
        if (record.length > log.longestPayload() && octets.length > 0) {
            message = message.inFile(file(mail.id(), octets));
            record = LogRecord.write(message, ELSEWHERE);
        }
        for (int most : SHORTER) {
            if (record.length > log.longestPayload()) {
                record = LogRecord.write(message.shortened(most), ELSEWHERE);
            }
        }
        EntryId name = new EntryId(mail.id().high(), mail.id().low());
        Position position = log.append(LogRecord.SNAPSHOT, name, record);
        index.move(mail.id(), position, message.crc());
    }

    /** The replies have made the record too long for the octets to stay in it. */
    private long file(MessageId id, byte[] octets) {
        try (DurableFiles.Fresh file = files.begin()) {
            file.write(octets, 0, octets.length);
            file.keep(id.toString());
            return file.crc();
        }
    }

    private List<LogRecord.Place> places(OpenMail mail, LogRecord.Message old) {
        var places = new ArrayList<LogRecord.Place>();
        for (int i = 0; i < old.places().size(); i++) {
            places.add(LogRecord.Place.settled(mail.acceptedAt()));
        }
        for (Standing standing : mail.standings()) {
            Due due = standing.due();
            places.set(
                    due.index(),
                    new LogRecord.Place(
                            Optional.of(standing.phase()),
                            due.attempts(),
                            due.next(),
                            due.held(),
                            standing.since(),
                            said(standing),
                            standing.delayTold(),
                            standing.delayOwed(),
                            due.share()));
        }
        return places;
    }

    /** The last word about a recipient; nothing when the record that holds it is damaged. */
    Said said(Standing standing) {
        try {
            return switch (LogRecord.read(log.entry(standing.record()))) {
                case LogRecord.State state -> state.state().said();
                case LogRecord.Message message ->
                    message.places().get(standing.due().index()).said();
            };
        } catch (JournalException e) {
            if (e.why() != JournalException.Cause.DAMAGED) {
                throw e;
            }
            LOG.warn("what was said of {} is lost: {}", standing.due().id(), e.getMessage());
            return Said.NOTHING;
        }
    }
}
