package org.signalpost.http;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * How much memory the bodies of all requests may take together, and what is made of them: an eighth of the heap each,
 * so that many large ones at once are answered "later" instead of filling it. Safe to share.
 */
final class Bodies {
    /** What an octet of JSON becomes at most, in octets of memory. */
    private static final int TREE = 8;

    private static final int KILO = 1 << 10;
    private static final int LEAST = 16 << 10;
    private static final long PATIENCE = 5;

    private final Semaphore raw = new Semaphore(most());
    private final Semaphore trees = new Semaphore(most());

    private static int kilobytes(int octets) {
        return (octets + KILO - 1) / KILO;
    }

    private static int most() {
        return (int)
                Math.max(LEAST, Math.min(Integer.MAX_VALUE, Runtime.getRuntime().maxMemory() / 8 / KILO));
    }

    /** The share of one request, which has nothing yet. */
    Share share() {
        return new Share();
    }

    /** What one request has taken; for one thread. */
    final class Share implements AutoCloseable {
        private int kilobytes;
        private int ofTrees;

        /** Room for so many more octets, at once or not at all. */
        boolean more(int count) {
            int wanted = kilobytes(count);
            boolean taken = raw.tryAcquire(wanted);
            kilobytes += taken ? wanted : 0;
            return taken;
        }

        /** Room for what becomes of a body of this length; waits for it, but not for long. */
        boolean tree(int length) {
            int wanted = kilobytes(length) * TREE;
            try {
                boolean taken = trees.tryAcquire(wanted, PATIENCE, TimeUnit.SECONDS);
                ofTrees += taken ? wanted : 0;
                return taken;
            } catch (InterruptedException e) {
                return false;
            }
        }

        @Override
        public void close() {
            raw.release(kilobytes);
            trees.release(ofTrees);
            kilobytes = 0;
            ofTrees = 0;
        }
    }
}
