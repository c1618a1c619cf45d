package org.signalpost.event;

import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.signalpost.journal.Entry;
import org.signalpost.journal.Journal;
import org.signalpost.journal.Position;
import org.signalpost.track.MailEvent;

/**
 * The relay's mail log as the books read it.
 *
 * @param log the mail log
 * @param decoder what an entry tells of; empty for an entry that tells nothing of interest
 * @param projected is told how far the books are on disk, so that the log may let go of what is before
 */
public record MailFeed(Journal log, Function<Entry, Optional<MailEvent>> decoder, Consumer<Position> projected) {}
