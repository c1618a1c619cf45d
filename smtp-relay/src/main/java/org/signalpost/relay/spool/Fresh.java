package org.signalpost.relay.spool;

import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.signalpost.track.MessageId;

/**
 * Mail that has just come in and is about to go out, so that it need not be read again. Bounded. Safe to share.
 *
 * <p>When it is full what came first stays, for its turn comes first; unless it has been there so long that it is not
 * going to be soon.
 */
final class Fresh {
    private static final Duration SOON = Duration.ofSeconds(5);

    private final long most;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<MessageId, StoredMail> mails = new LinkedHashMap<>();
    private long octets;

    /** At most so many octets. */
    Fresh(long most) {
        this.most = most;
    }

    /** Keeps it for a while, if there is room. */
    void put(StoredMail mail) {
        lock.lock();
        try {
            if (makeRoom(mail)) {
                mails.put(mail.id(), mail);
                octets += mail.message().size();
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean makeRoom(StoredMail mail) {
        long wanted = mail.message().size();
        Instant late = mail.acceptedAt().minus(SOON);
        Iterator<StoredMail> oldest = mails.values().iterator();
        while (octets + wanted > most && oldest.hasNext()) {
            StoredMail one = oldest.next();
            if (one.acceptedAt().isAfter(late)) {
                return false;
            }
            octets -= one.message().size();
            oldest.remove();
        }
        return octets + wanted <= most;
    }

    Optional<StoredMail> find(MessageId id) {
        lock.lock();
        try {
            return Optional.ofNullable(mails.get(id));
        } finally {
            lock.unlock();
        }
    }

    /** Something has become of it: what is left of it has time. */
    void forget(MessageId id) {
        lock.lock();
        try {
            Optional.ofNullable(mails.remove(id))
                    .ifPresent(mail -> octets -= mail.message().size());
        } finally {
            lock.unlock();
        }
    }
}
