package org.signalpost.http;

import io.micrometer.core.instrument.Gauge;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.signalpost.event.EventLog;
import org.signalpost.event.MailFeed;
import org.signalpost.http.api.Api;
import org.signalpost.http.hit.Hits;
import org.signalpost.http.hit.Unsubscribe;
import org.signalpost.http.web.Pages;
import org.signalpost.http.web.Sessions;
import org.signalpost.journal.Journal;
import org.signalpost.retry.Pause;
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
    private static final Duration USUAL = Duration.ofSeconds(20);
    private static final Logger LOG = LoggerFactory.getLogger(TrackingServer.class);

    private final TrackingSettings settings;
    private final Database database;
    private final Projector projector;
    private final Api api;
    private final Sessions sessions;
    private final Hits hits;
    private final Health health;
    private final Listener listener;
    private final List<Route> routes;

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

        var addresses = new ClientAddress(settings.http().trustedProxies());
        var reader = new Reader();
        this.hits = new Hits(keys, log, addresses, settings.http().referrerPolicy(), reader, metrics.registry(), clock);
        this.health =
                new Health(database, projector, events, () -> queue.stream().allMatch(MailQueue::takesMail));
        var all = new ArrayList<Route>();
        all.addAll(hits.routes());
        all.addAll(new Unsubscribe(keys, log, clock).routes());
        all.addAll(Routes.below(List.of("/api/v1", "/v1"), api.routes()));
        all.addAll(Routes.below(List.of("/mail/v1"), api.trackingRoutes()));
        all.add(Description.route());
        all.addAll(health.routes());
        all.add(new Route("GET", "/metrics", api.access().needs(Scope.ADMIN, exchange -> metrics.scrape())));
        Gauge.builder("signalpost.books.lag", projector, books -> books.lag().toMillis() / 1000.0)
                .description("How far the books are behind the logs")
                .baseUnit("seconds")
                .register(metrics.registry());
        all.addAll(new Pages(sessions, api.access(), new TrackStore(database), new MessageStore(database), outbox)
                .routes());

        var clients = new Clients(settings.http(), addresses);
        var ids = new RequestIds(random);
        this.routes = List.copyOf(all);
        var front = new Front(hits, new Routes(routes, api.access()::stray), addresses, clients, ids);
        this.listener = new Listener(settings.http(), front, clients, reader, ids);
        Gauge.builder("signalpost.http.clients", clients, Clients::size)
                .description("Connections that are open")
                .register(metrics.registry());
    }

    /**
     * Opens the books as soon as they can be opened, and listens.
     *
     * @throws ConfigurationException when the address can't be used
     */
    public void start() {
        projector.start();
        api.start();
        hits.start();
        listener.start();
    }

    /** Where it listens, with the port that was picked. */
    public InetSocketAddress address() {
        return listener.address();
    }

    /** Everything that is answered. */
    List<Route> routes() {
        return routes;
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

    /**
     * Says that it is not ready any more, and goes on for as long as balancers need to notice; blocks for that time.
     */
    public void leave() {
        if (health.leave()) {
            new Pause().await(settings.http().stopDelay());
        }
    }

    /** Answers what is being asked within some seconds, brings the books up to date, closes them. */
    @Override
    public void close() {
        end(USUAL);
    }

    /**
     * Answers what is being asked for so long once balancers had their time, and closes what is open then; brings the
     * books up to date, for 10 s at most, and closes them.
     */
    public void end(Duration within) {
        leave();
        listener.end(within);
        hits.close();
        api.close();
        projector.close();
        database.close();
    }
}
