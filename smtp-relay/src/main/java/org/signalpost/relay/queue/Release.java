package org.signalpost.relay.queue;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.signalpost.relay.delivery.Capture;
import org.signalpost.relay.spool.Draft;
import org.signalpost.relay.spool.Envelope;
import org.signalpost.relay.spool.Spool;
import org.signalpost.track.MailQueue;
import org.signalpost.track.MessageId;

/**
 * Lets captured copies go out after all: each is queued as the mail it is, with the envelope it came with, not tracked
 * once more, and its file moves to {@code released/} beside the others. A crash between the two may send it again, with
 * the same octets. Safe to share.
 */
public final class Release {
    /** Taken out again before it leaves. A copy that lost its control fields must not be tracked for want of them. */
    private static final byte[] UNTRACKED = "X-Signalpost-Track: none\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Capture outbox;
    private final Spool spool;
    private final boolean goesOut;
    private final ReentrantLock lock = new ReentrantLock();

    /** Releases what {@code outbox} holds; {@code goesOut} unless mail is captured now. */
    public Release(Capture outbox, Spool spool, boolean goesOut) {
        this.outbox = outbox;
        this.spool = spool;
        this.goesOut = goesOut;
    }

    MailQueue.Released release(String captured) {
        if (!goesOut) {
            return new MailQueue.Released.Nowhere();
        }
        lock.lock();
        try {
            Optional<Capture.Kept> copy =
                    outbox.kept(captured, new Envelope.Origin("127.0.0.1", "outbox", "ESMTP", ""));
            if (copy.isEmpty()) {
                return new MailQueue.Released.Unknown();
            }
            MessageId id = queue(copy.get());
            outbox.moveAside(captured);
            return new MailQueue.Released.As(id);
        } finally {
            lock.unlock();
        }
    }

    private MessageId queue(Capture.Kept copy) {
        try (Draft draft = spool.draft()) {
            draft.write(UNTRACKED, 0, UNTRACKED.length);
            byte[] octets = copy.message().octets();
            draft.write(octets, 0, octets.length);
            return spool.accept(copy.envelope(), draft);
        }
    }
}
