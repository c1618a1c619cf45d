package org.signalpost.relay.e2e;

import static org.assertj.core.api.Assertions.fail;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Waiting for what another process does: asks again every few milliseconds, up to a limit. */
final class Waiting {
    /** A condition that may read from a socket or a file. */
    interface Condition {
        boolean holds() throws Exception;
    }

    private Waiting() {}

    static void until(Duration limit, Condition condition, Supplier<String> otherwise) {
        long end = System.nanoTime() + limit.toNanos();
        while (true) {
            try {
                if (condition.holds()) {
                    return;
                }
            } catch (Exception e) {
                if (System.nanoTime() > end) {
                    fail(otherwise.get(), e);
                }
            }
            if (System.nanoTime() > end) {
                fail(otherwise.get());
            }
            LockSupport.parkNanos(20_000_000);
        }
    }
}
