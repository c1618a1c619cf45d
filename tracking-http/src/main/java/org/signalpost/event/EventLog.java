package org.signalpost.event;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.signalpost.journal.Journal;
import org.signalpost.journal.JournalException;
import org.signalpost.journal.Position;

/** The event log as it is written to. Safe to call from any thread; no method is interrupted. */
public final class EventLog {
    private final Journal journal;

    /** Writes to this journal, which stays its owner's to close. */
    public EventLog(Journal journal) {
        this.journal = journal;
    }

    /**
     * Keeps an event and returns its position once it is on disk.
     *
     * @throws JournalException when it is not, or not certainly, kept
     */
    public Position keep(Event event) {
        return journal.append(EventRecord.kind(event), EventRecord.id(event), EventRecord.write(event));
    }

    /**
     * Keeps events, in their order, and returns once all are on disk.
     *
     * @throws JournalException when one is not, or not certainly, kept; those before it may be
     */
    public void keep(List<? extends Event> events) {
        var ended = new CountDownLatch(events.size());
        var failed = new AtomicReference<JournalException>();
        for (Event event : events) {
            journal.append(
                    EventRecord.kind(event),
                    EventRecord.id(event),
                    EventRecord.write(event),
                    new Together(ended, failed));
        }
        try {
            ended.await();
        } catch (InterruptedException e) {
            throw new JournalException(JournalException.Cause.BROKEN, "interrupted while events were kept", e);
        }
        if (failed.get() != null) {
            throw failed.get();
        }
    }

    private record Together(CountDownLatch ended, AtomicReference<JournalException> failed)
            implements Journal.Completion {
        @Override
        public void appended(Position position) {
            ended.countDown();
        }

        @Override
        public void failed(JournalException failure) {
            failed.set(failure);
            ended.countDown();
        }
    }

    /**
     * Keeps a hit without waiting for the disk, and tells what became of it: on the log's thread, or on the caller's
     * when the log refuses it at once. Never throws: a hit is not worth a reader's picture or click.
     */
    public void offer(Event hit, Journal.Completion told) {
        try {
            journal.append(EventRecord.kind(hit), EventRecord.id(hit), EventRecord.write(hit), told);
        } catch (RuntimeException e) {
            told.failed(new JournalException(JournalException.Cause.BROKEN, "a hit could not be written: " + e, e));
        }
    }
}
