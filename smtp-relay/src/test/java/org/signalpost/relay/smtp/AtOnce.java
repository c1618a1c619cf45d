package org.signalpost.relay.smtp;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;

/** Many runs side by side, each on a connection of its own. */
final class AtOnce {
    private static final int SIDE_BY_SIDE = 24;

    private AtOnce() {}

    /** How many there were; the first that fails is the failure. */
    static int run(Stream<Callable<Void>> runs) throws Exception {
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            var few = new Semaphore(SIDE_BY_SIDE);
            List<Future<Void>> all = runs.map(run -> executor.submit(() -> {
                        few.acquire();
                        try {
                            return run.call();
                        } finally {
                            few.release();
                        }
                    }))
                    .toList();
            for (Future<Void> run : all) {
                finish(run);
            }
            return all.size();
        }
    }

    private static void finish(Future<Void> run) throws Exception {
        try {
            run.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AssertionError wrong) {
                throw wrong;
            }
            throw e;
        }
    }
}
