package org.signalpost.http;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.signalpost.retry.Pause;
import org.signalpost.settings.Addresses;
import org.signalpost.settings.ConfigurationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The address that HTTP is answered at, and the threads that read from it. Start once, end once. */
final class Listener {
    private static final Logger LOG = LoggerFactory.getLogger(Listener.class);

    /** A link in a mail carries its destination, and comes with whatever cookies the host has. */
    private static final int LONGEST_HEAD = 24 << 10;

    private static final int BACKLOG = 1_024;
    private static final Duration SLOWEST_TICK = Duration.ofMillis(500);

    private final HttpSettings settings;
    private final Clients clients;
    private final Server server;
    private final ServerConnector connector;
    private final Pause ticks = new Pause();

    Listener(HttpSettings settings, Handler front, Clients clients, Reader reader, RequestIds ids) {
        this.settings = settings;
        this.clients = clients;
        var threads = new QueuedThreadPool(16, 4);
        threads.setName("http");
        this.server = new Server(threads);
        var http = new HttpConnectionFactory(configuration());
        ConnectionFactory first = settings.proxyProtocol() ? ProxiedConnection.factory(http) : http;
        // Nothing blocks these threads: one reads from all connections, one accepts them.
        this.connector = reader.connector(server, first);
        connector.setHost(settings.listen().getAddress().getHostAddress());
        connector.setPort(settings.listen().getPort());
        connector.setAcceptQueueSize(BACKLOG);
        connector.setIdleTimeout(settings.patience().idle().toMillis());
        connector.addBean(clients);
        server.addConnector(connector);
        server.setHandler(front);
        server.setErrorHandler(new Refusals(ids));
        server.setStopTimeout(0);
    }

    private static HttpConfiguration configuration() {
        var http = new HttpConfiguration();
        http.setSendServerVersion(/* sendServerVersion= */ false);
        http.setRequestHeaderSize(LONGEST_HEAD);
        http.setUriCompliance(UriCompliance.DEFAULT);
        return http;
    }

    /**
     * Listens.
     *
     * @throws ConfigurationException when the address can't be used
     */
    void start() {
        try {
            server.start();
        } catch (Exception e) {
            String why = isBinding(e) ? "the port is in use, or the address is not of this machine" : e.toString();
            throw new ConfigurationException(
                    "http.listen = " + Addresses.written(settings.listen()) + ": " + why + "; choose another", e);
        }
        Thread.ofPlatform().name("http deadlines").daemon().start(this::watch);
    }

    private static boolean isBinding(Exception e) {
        return e instanceof BindException || (e instanceof IOException && e.getCause() instanceof BindException);
    }

    private void watch() {
        Duration tenth = settings.patience().head().dividedBy(10);
        Duration tick = tenth.compareTo(SLOWEST_TICK) < 0 ? tenth : SLOWEST_TICK;
        while (ticks.await(tick)) {
            try {
                clients.watch();
            } catch (RuntimeException e) {
                LOG.error("alarm=http-deadlines {}", e.toString(), e);
            }
        }
    }

    /** Where it listens, with the port that was picked. */
    InetSocketAddress address() {
        return new InetSocketAddress(settings.listen().getAddress(), connector.getLocalPort());
    }

    /** Takes no more connections, lets what is being asked be answered for so long, and closes the rest. */
    void end(Duration within) {
        var wait = new Pause();
        long until = System.nanoTime() + within.toNanos();
        // Jetty would give a request that pauses no more than a second.
        connector.setShutdownIdleTimeout(Math.max(within.toMillis(), 1));
        // Its future waits for idle connections too; we do not.
        var unused = connector.shutdown();
        while (clients.anyBusy() && System.nanoTime() < until) {
            wait.await(Duration.ofMillis(5));
        }
        try {
            server.stop();
        } catch (Exception e) {
            LOG.warn("the HTTP server has not stopped cleanly: {}", e.toString());
        }
        ticks.end();
    }
}
