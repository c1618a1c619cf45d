package org.signalpost.relay.queue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.signalpost.relay.spool.Draft;
import org.signalpost.relay.spool.Envelope;
import org.signalpost.relay.spool.Spool;
import org.signalpost.track.CapturedMail;
import org.signalpost.track.MailQueue;
import org.signalpost.track.MessageId;
import org.signalpost.track.Outbox;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets captured copies go out after all: each is queued as the mail it is, not tracked once more, and its file moves to
 * {@code released/} beside the others. A crash between the two may send it again, with the same octets. Safe to share.
 */
public final class Release {
    private static final Logger LOG = LoggerFactory.getLogger(Release.class);

    /** Taken out again before it leaves. A copy that lost its control fields must not be tracked for want of them. */
    private static final byte[] UNTRACKED = "X-Signalpost-Track: none\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Outbox outbox;
    private final Path directory;
    private final Spool spool;
    private final boolean goesOut;
    private final ReentrantLock lock = new ReentrantLock();

    /** The outbox keeps its files in {@code directory}; {@code goesOut} unless mail is captured now. */
    public Release(Outbox outbox, Path directory, Spool spool, boolean goesOut) {
        this.outbox = outbox;
        this.directory = directory;
        this.spool = spool;
        this.goesOut = goesOut;
    }

    MailQueue.Released release(String captured) {
        if (!goesOut) {
            return new MailQueue.Released.Nowhere();
        }
        lock.lock();
        try {
            Optional<CapturedMail> mail = outbox.find(captured);
            Optional<byte[]> octets = outbox.octets(captured);
            if (mail.isEmpty() || octets.isEmpty()) {
                return new MailQueue.Released.Unknown();
            }
            MessageId id = queue(mail.get(), octets.get());
            moveAside(captured);
            return new MailQueue.Released.As(id);
        } finally {
            lock.unlock();
        }
    }

    private MessageId queue(CapturedMail mail, byte[] octets) {
        var envelope = new Envelope(
                mail.sender(),
                List.of(Envelope.Recipient.of(mail.recipient())),
                new Envelope.Origin("127.0.0.1", "outbox", "ESMTP", ""),
                Envelope.Wishes.NONE);
        try (Draft draft = spool.draft()) {
            draft.write(UNTRACKED, 0, UNTRACKED.length);
            draft.write(octets, 0, octets.length);
            return spool.accept(envelope, draft);
        }
    }

    private void moveAside(String captured) {
        String name = captured + ".eml";
        try {
            Path released = Files.createDirectories(directory.resolve("released"));
            Files.move(directory.resolve(name), released.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.error("alarm=release {} goes out and could not be taken out of the outbox: {}", captured, e.toString());
        }
    }
}
