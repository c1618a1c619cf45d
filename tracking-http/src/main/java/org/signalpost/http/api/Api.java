package org.signalpost.http.api;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.signalpost.event.EventLog;
import org.signalpost.http.Route;
import org.signalpost.http.TrackingSettings;
import org.signalpost.retry.Pause;
import org.signalpost.store.AccountStore;
import org.signalpost.store.AnswerStore;
import org.signalpost.store.Database;
import org.signalpost.store.KeyStore;
import org.signalpost.store.LinkStore;
import org.signalpost.store.MessageStore;
import org.signalpost.store.Projector;
import org.signalpost.store.PurchaseStore;
import org.signalpost.store.Reports;
import org.signalpost.store.TrackStore;
import org.signalpost.store.Unavailable;
import org.signalpost.track.Credentials;
import org.signalpost.track.MailQueue;
import org.signalpost.track.Outbox;
import org.signalpost.track.SigningKeys;
import org.signalpost.track.TrackingQuota;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The management API, whole: its calls, and who may make them. Start once, close once. */
public final class Api implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Api.class);
    private static final Duration TIDY = Duration.ofMinutes(10);
    private static final Duration ANSWERS_KEPT = Duration.ofHours(24);

    private final Keyring keyring;
    private final Access access;
    private final Quotas quotas;
    private final AnswerStore answers;
    private final InstantSource clock;
    private final List<Route> routes;
    private final Pause pause = new Pause();

    /** Wires the calls; nothing is read yet. */
    public Api(
            TrackingSettings settings,
            SigningKeys signing,
            Database database,
            EventLog log,
            Projector projector,
            Outbox outbox,
            Optional<MailQueue> queue,
            InstantSource clock,
            SecureRandom random) {
        this.clock = clock;
        var keys = new KeyStore(database);
        this.answers = new AnswerStore(database);
        var accounts = new AccountStore(database);
        this.keyring = new Keyring(settings.adminKey(), keys, accounts, clock);
        this.access = new Access(keyring, settings.urls().origin(), clock);
        this.quotas = new Quotas(accounts, clock);
        var idempotency = new Idempotency(settings.adminKey(), answers, clock, random);
        var tracks = new TrackStore(database);
        var messages = new MessageStore(database);
        var desk = new Desk(log, projector);
        var json = new TrackJson(settings.urls());

        var all = new ArrayList<Route>();
        all.addAll(new TrackCalls(tracks, desk, quotas, idempotency, json, clock).routes(access));
        all.addAll(new TrackReads(tracks, json).routes(access));
        all.addAll(new LinkCalls(tracks, new LinkStore(database), desk, idempotency, signing, settings.urls(), clock)
                .routes(access));
        all.addAll(new AnalyticsCalls(new Reports(database), clock).routes(access));
        all.addAll(new RevenueCalls(new Reports(database), clock).routes(access));
        all.addAll(new PurchaseCalls(new PurchaseStore(database), desk, idempotency, clock).routes(access));
        all.addAll(new MessageCalls(messages).routes(access));
        all.addAll(new KeyCalls(keys, accounts, keyring, idempotency, clock, random).routes(access));
        all.addAll(new AccountCalls(accounts, keyring, quotas, idempotency, clock).routes(access));
        all.addAll(new OutboxCalls(outbox, queue).routes(access));
        queue.ifPresent(waiting -> all.addAll(new QueueCalls(waiting, messages, clock).routes(access)));
        this.routes = List.copyOf(all);
    }

    /** The calls, below the API's beginning. */
    public List<Route> routes() {
        return routes;
    }

    /** Those of the calls that tell what somebody did. */
    public List<Route> trackingRoutes() {
        return routes.stream()
                .filter(route -> route.path().startsWith("/track/"))
                .toList();
    }

    /** Who may ask what. */
    public Access access() {
        return access;
    }

    /** The keys that may submit mail; they are there while the database is away. */
    public Credentials credentials() {
        return keyring;
    }

    /** How many tracks a submitter's account may still make. */
    public TrackingQuota quota() {
        return key -> quotas.grants(keyring.account(key), 1);
    }

    /** Reads the keys, and tidies up now and then. */
    public void start() {
        keyring.start();
        Thread.ofVirtual().name("tidy").start(() -> {
            while (pause.await(TIDY)) {
                tidy();
            }
        });
    }

    private void tidy() {
        try {
            int forgotten = answers.forget(clock.instant().minus(ANSWERS_KEPT));
            LOG.debug("{} answers are forgotten", forgotten);
        } catch (Unavailable e) {
            LOG.debug("nothing is tidied while the database is away: {}", e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("alarm=tidy old answers can't be forgotten", e);
        }
    }

    @Override
    public void close() {
        pause.end();
        keyring.close();
    }
}
