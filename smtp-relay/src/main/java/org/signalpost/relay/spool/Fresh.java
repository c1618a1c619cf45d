package org.signalpost.relay.spool;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.signalpost.track.MessageId;

/** Mail that has just come in and is about to go out, so that it need not be read again. Bounded. Safe to share. */
final class Fresh {
    private final long most;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<MessageId, StoredMail> mails = new LinkedHashMap<>();
    private long octets;

    /** At most so many octets. */
    Fresh(long most) {
        this.most = most;
    }

    /** Keeps it for a while; the oldest go when there are too many. */
    void put(StoredMail mail) {
        lock.lock();
        try {
            mails.put(mail.id(), mail);
            octets += mail.message().size();
            Iterator<StoredMail> oldest = mails.values().iterator();
            while (octets > most && oldest.hasNext()) {
                octets -= oldest.next().message().size();
                oldest.remove();
            }
        } finally {
            lock.unlock();
        }
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
