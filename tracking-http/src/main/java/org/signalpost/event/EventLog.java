package org.signalpost.event;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.signalpost.journal.Journal;
import org.signalpost.journal.JournalException;
import org.signalpost.journal.Position;
import org.signalpost.track.NewTrack;
import org.signalpost.track.Tracks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The event log as it is written to. Safe to call from any thread; no method is interrupted. */
public final class EventLog implements Tracks {
    private static final Logger LOG = LoggerFactory.getLogger(EventLog.class);

    private static final long FIRST_ACCOUNT = 1;

    /** How long a pixel or a link waits for the disk. */
    private static final Duration PATIENCE = Duration.ofMillis(50);

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
     * Keeps a hit, and returns when it is on disk, when that has failed, or after 50 ms, whichever comes first: a hit
     * is never worth a reader's picture or click. Never throws.
     */
    public void offer(Event hit) {
        var ended = new CountDownLatch(1);
        try {
            journal.append(EventRecord.kind(hit), EventRecord.id(hit), EventRecord.write(hit), new Told(ended));
            if (!ended.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.debug("a hit was answered before it was on disk");
            }
        } catch (JournalException e) {
            LOG.warn("a hit is lost: {}", e.getMessage());
        } catch (InterruptedException e) {
            LOG.debug("a hit was answered before it was on disk", e);
        }
    }

    private record Told(CountDownLatch ended) implements Journal.Completion {
        @Override
        public void appended(Position position) {
            ended.countDown();
        }

        @Override
        public void failed(JournalException failure) {
            LOG.warn("a hit is lost: {}", failure.getMessage());
            ended.countDown();
        }
    }

    @Override
    public void register(List<NewTrack> tracks) {
        try {
            keep(tracks.stream()
                    .map(track -> new Event.Made(track, FIRST_ACCOUNT, Optional.empty()))
                    .toList());
        } catch (JournalException e) {
            throw new RegistrationFailed("the event log did not take the track: " + e.getMessage(), e);
        }
    }
}
