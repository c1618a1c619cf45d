package org.signalpost.process;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of a process that serves: what was opened last is closed first, when it is told to end (SIGTERM) and when
 * opening fails. {@link #opened} is for the thread that opens; one life serves once.
 */
public final class Lifetime {
    private static final Logger LOG = LoggerFactory.getLogger(Lifetime.class);

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final CountDownLatch toldToEnd = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private OptionalLong endingSince = OptionalLong.empty();

    /** Opens the parts and hands each to {@link Lifetime#opened} as soon as it is open. */
    public interface Opening {
        /** Opens everything; what it throws ends the life. */
        void open(Lifetime life);
    }

    /** How a part ends that has something under way. */
    public interface Ending {
        /** Lets what is under way finish, for so long at most, and closes; what it throws is logged. */
        void within(Duration time) throws Exception;
    }

    /** Opens, and returns when the process was told to end and all is closed. */
    public static void serve(Opening opening) {
        new Lifetime().run(opening);
    }

    private void run(Opening opening) {
        try {
            opening.open(this);
            Runtime.getRuntime().addShutdownHook(new Thread(this::end, "end"));
            toldToEnd.await();
        } catch (InterruptedException e) {
            LOG.warn("interrupted while serving");
        } finally {
            close();
            ended.countDown();
        }
    }

    /** Has it closed at the end, before everything that was opened earlier. */
    public <T extends AutoCloseable> T opened(T part) {
        opened.push(part);
        return part;
    }

    /**
     * Has it ended in its turn as {@link #opened} does, with the time that is left then of {@code until}, which runs
     * for all such parts from when the first of them begins to end; none is left when others have taken it all.
     */
    public void ends(Duration until, Ending part) {
        opened.push(() -> part.within(left(until)));
    }

    private Duration left(Duration until) {
        long now = System.nanoTime();
        endingSince = OptionalLong.of(endingSince.orElse(now));
        Duration left = until.minusNanos(now - endingSince.getAsLong());
        return left.isNegative() ? Duration.ZERO : left;
    }

    /** Ends it as if the process had been told to; returns at once. For any thread. */
    public void finish() {
        toldToEnd.countDown();
    }

    /** The process is told to end: ends it in order, and holds it until that is done. */
    private void end() {
        finish();
        try {
            ended.await();
        } catch (InterruptedException e) {
            LOG.warn("interrupted while ending");
        }
    }

    private void close() {
        while (!opened.isEmpty()) {
            AutoCloseable last = opened.pop();
            try {
                last.close();
            } catch (Exception | Error e) {
                // Whatever it is: the others have to be closed, and the process to end.
                LOG.warn("{} was not closed cleanly: {}", last.getClass().getSimpleName(), e.toString());
            }
        }
    }
}
