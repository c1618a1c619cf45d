package org.signalpost.retry;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The waits of something that works again and again, until it is told to end. Safe to share. */
public final class Pause {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ending = lock.newCondition();
    private boolean over;

    /** Blocks for this time, or until the end; whether to go on. An interrupted thread is not to go on. */
    public boolean await(Duration time) {
        long nanos = time.toNanos();
        lock.lock();
        try {
            while (nanos > 0 && !over) {
                nanos = ending.awaitNanos(nanos);
            }
            return !over;
        } catch (InterruptedException e) {
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Ends every wait, those to come too. */
    public void end() {
        lock.lock();
        try {
            over = true;
            ending.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
