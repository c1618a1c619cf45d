package org.signalpost.http;

import java.util.Optional;
import java.util.concurrent.Executor;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * The thread that reads from all connections, and what it is asked to do between two reads; nothing of that may block.
 * A connection that is answered there goes on to its next request there: no other thread has to wake up for it. Safe to
 * share.
 */
final class Reader implements Executor {
    private static final long NOBODY = -1;

    private volatile Optional<ManagedSelector> selector = Optional.empty();
    /** The thread that runs what was asked for, or no thread's number. */
    private volatile long running = NOBODY;

    /** The connector that this thread reads for; to be asked for once. */
    ServerConnector connector(Server server, ConnectionFactory first) {
        Executor threads = server.getThreadPool();
        Executor here = task -> {
            if (task instanceof Connection && isRunning()) {
                task.run();
            } else {
                threads.execute(task);
            }
        };
        return new ServerConnector(server, here, null, null, /* acceptors= */ 1, /* selectors= */ 1, first) {
            @Override
            protected SelectorManager newSelectorManager(Executor executor, Scheduler scheduler, int selectors) {
                return new ServerConnectorManager(executor, scheduler, selectors) {
                    @Override
                    protected ManagedSelector newSelector(int id) {
                        ManagedSelector only = super.newSelector(id);
                        selector = Optional.of(only);
                        return only;
                    }
                };
            }
        };
    }

    /** Whether this very thread runs what it was asked to. */
    private boolean isRunning() {
        return running == Thread.currentThread().threadId();
    }

    /** Soon; never before the connector has started, nor after it has stopped. */
    @Override
    public void execute(Runnable task) {
        selector.ifPresent(reading -> reading.submit(ignored -> run(task)));
    }

    private void run(Runnable task) {
        running = Thread.currentThread().threadId();
        try {
            task.run();
        } finally {
            running = NOBODY;
        }
    }
}
