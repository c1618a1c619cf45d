package org.signalpost.http;

import io.micrometer.core.instrument.Gauge;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.signalpost.event.EventLog;
import org.signalpost.event.MailFeed;
import org.signalpost.http.api.Api;
import org.signalpost.http.hit.Hits;
import org.signalpost.http.hit.Unsubscribe;
import org.signalpost.http.web.Pages;
import org.signalpost.http.web.Sessions;
import org.signalpost.journal.Journal;
import org.signalpost.settings.Addresses;
import org.signalpost.settings.ConfigurationException;
import org.signalpost.store.Classifier;
import org.signalpost.store.Database;
import org.signalpost.store.MessageStore;
import org.signalpost.store.Projector;
import org.signalpost.store.TrackStore;
import org.signalpost.track.Credentials;
import org.signalpost.track.MailQueue;
import org.signalpost.track.Outbox;
import org.signalpost.track.SigningKeys;
import org.signalpost.track.TrackingQuota;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP side, whole: pixels, links, the API, the pages, and the books behind them. Start once, close once.
 *
 * <p>The logs it is given stay their owner's to close, after this.
 */
public final class TrackingServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TrackingServer.class);
    private static final long STOP_MILLIS = 5_000;
    private static final long IDLE_MILLIS = 60_000;

    private final TrackingSettings settings;
    private final Database database;
    private final Projector projector;
    private final Api api;
    private final Sessions sessions;
    private final Server server;
    private final ServerConnector connector;

    /** Wires the parts; nothing is opened yet. There is a {@code queue} when there is a relay beside it. */
    public TrackingServer(
            TrackingSettings settings,
            SigningKeys keys,
            Journal events,
            MailFeed mail,
            Outbox outbox,
            Optional<MailQueue> queue,
            Classifier classifier,
            Metrics metrics,
            InstantSource clock,
            SecureRandom random) {
        this.settings = settings;
        this.database = Database.at(settings.databaseUrl(), settings.databaseFile());
        this.projector =
                new Projector(database, events, mail, classifier, clock, () -> LOG.debug("the books are open"));
        this.sessions = new Sessions(clock, random);
        var log = new EventLog(events);
        this.api = new Api(settings, keys, database, log, projector, outbox, queue, clock, random);

        var all = new ArrayList<Route>();
        all.addAll(new Hits(keys, log, clock).routes());
        all.addAll(new Unsubscribe(keys, log, clock).routes());
        all.addAll(Routes.below(List.of("/api/v1", "/v1"), api.routes()));
        all.addAll(new Health(database, projector).routes());
        all.add(new Route("GET", "/metrics", api.access().needs(Scope.ADMIN, exchange -> metrics.scrape())));
        Gauge.builder("signalpost.books.lag", projector, books -> books.lag().toMillis() / 1000.0)
                .description("How far the books are behind the logs")
                .baseUnit("seconds")
                .register(metrics.registry());
        all.addAll(new Pages(sessions, api.access(), new TrackStore(database), new MessageStore(database), outbox)
                .routes());

        var threads = new QueuedThreadPool(16, 4);
        threads.setName("http");
        threads.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
        this.server = new Server(threads);
        this.connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http()));
        connector.setHost(settings.listen().getAddress().getHostAddress());
        connector.setPort(settings.listen().getPort());
        connector.setIdleTimeout(IDLE_MILLIS);
        server.addConnector(connector);
        server.setHandler(new GracefulHandler(new Front(new Routes(all), random)));
        server.setErrorHandler(TrackingServer::plainly);
        server.setStopTimeout(STOP_MILLIS);
    }

    private static HttpConfiguration http() {
        var http = new HttpConfiguration();
        http.setSendServerVersion(/* sendServerVersion= */ false);
        // A link in a mail carries its destination, and comes with whatever cookies the host has.
        http.setRequestHeaderSize(24 << 10);
        return http;
    }

    /** What Jetty refuses before it gets to us, in one line and without a word of what we are made of. */
    private static boolean plainly(Request request, Response response, Callback callback) {
        Problem.of(Math.max(response.getStatus(), 400), "bad_request", "The request can't be understood.")
                .reply("")
                .send(response, callback);
        return true;
    }

    /**
     * Opens the books as soon as they can be opened, and listens.
     *
     * @throws ConfigurationException when the address can't be used
     */
    public void start() {
        projector.start();
        api.start();
        try {
            server.start();
        } catch (Exception e) {
            String why = isBinding(e) ? "the port is in use, or the address is not of this machine" : e.toString();
            throw new ConfigurationException(
                    "http.listen = " + Addresses.written(settings.listen()) + ": " + why + "; choose another", e);
        }
    }

    private static boolean isBinding(Exception e) {
        return e instanceof BindException || (e instanceof IOException && e.getCause() instanceof BindException);
    }

    /** Where it listens, with the port that was picked. */
    public InetSocketAddress address() {
        return new InetSocketAddress(settings.listen().getAddress(), connector.getLocalPort());
    }

    /** The keys that may submit mail; they are there while the database is away. */
    public Credentials credentials() {
        return api.credentials();
    }

    /** How many tracks the accounts of submitters may still make. */
    public TrackingQuota quota() {
        return api.quota();
    }

    /** A path below this server that signs in to the pages once, within an hour. */
    public String signInPath() {
        return "/sign-in/" + sessions.invitation();
    }

    /** Answers what is being asked, brings the books up to date, closes them; bounded. */
    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            LOG.warn("the HTTP server has not stopped cleanly: {}", e.toString());
        }
        api.close();
        projector.close();
        database.close();
    }
}
