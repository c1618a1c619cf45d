package org.signalpost.relay.smtp;

import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/** Blocks of 64 KB for mail that is coming in, used again and again. Safe to share. */
final class Blocks {
    private static final int SIZE = 64 << 10;

    private final BlockingQueue<byte[]> spare = new ArrayBlockingQueue<>(64);

    /** One block; what stands in it is of no meaning. */
    byte[] take() {
        return Optional.ofNullable(spare.poll()).orElseGet(() -> new byte[SIZE]);
    }

    /** Whoever gives one back does not touch it again. */
    void give(byte[] block) {
        if (!spare.offer(block)) {
            // There are enough; this one is garbage.
            return;
        }
    }
}
