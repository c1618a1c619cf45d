package org.signalpost.relay;

import io.micrometer.core.instrument.Gauge;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.signalpost.event.MailFeed;
import org.signalpost.http.Metrics;
import org.signalpost.http.TrackingServer;
import org.signalpost.journal.DurableFiles;
import org.signalpost.journal.Journal;
import org.signalpost.journal.JournalException;
import org.signalpost.relay.bounce.NoticeLoop;
import org.signalpost.relay.delivery.Capture;
import org.signalpost.relay.delivery.DeliveryLoop;
import org.signalpost.relay.queue.Acts;
import org.signalpost.relay.queue.Queue;
import org.signalpost.relay.queue.QueueFigures;
import org.signalpost.relay.queue.Release;
import org.signalpost.relay.smtp.Pace;
import org.signalpost.relay.smtp.Reception;
import org.signalpost.relay.smtp.SmtpServer;
import org.signalpost.relay.smtp.SmtpSettings;
import org.signalpost.relay.smtp.SubmissionPolicy;
import org.signalpost.relay.spool.History;
import org.signalpost.relay.spool.Quarantine;
import org.signalpost.relay.spool.Spool;
import org.signalpost.relay.tls.ServerCertificate;
import org.signalpost.rewrite.MessageRewriter;
import org.signalpost.settings.ConfigurationException;
import org.signalpost.store.Classifier;
import org.signalpost.track.SigningKeys;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where everything comes together: what listens opens last and closes first, what keeps is opened first and closed
 * last.
 *
 * <p>A mail goes SmtpServer, Spool, DeliveryLoop, Dispatch (which rewrites), Courier; a hit goes TrackingServer, event
 * log, books.
 */
public final class Main {
    private static final Logger LOG = LoggerFactory.getLogger(Main.class);

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final CountDownLatch toldToEnd = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);

    private Main() {}

    /** Runs the command line. */
    public static void main(String[] arguments) {
        Path home = Path.of(System.getProperty("signalpost.home", "."))
                .toAbsolutePath()
                .normalize();
        var console = new Console(System.in, System.out, System.err, System.getenv(), home);
        int code = new CommandLine(console, (settings, parts, there) -> new Main().serve(settings, parts, there))
                .run(List.of(arguments));
        System.out.flush();
        if (code != 0) {
            System.exit(code);
        }
    }

    private int serve(RelaySettings settings, CommandLine.Parts parts, Console console) {
        try {
            switch (parts) {
                case ALL -> open(settings, console);
                case HTTP_ONLY -> openHttp(settings, console);
            }
            Runtime.getRuntime().addShutdownHook(new Thread(this::end, "end"));
            toldToEnd.await();
            return 0;
        } catch (InterruptedException e) {
            return 0;
        } catch (JournalException e) {
            throw new ConfigurationException("data.directory = " + settings.dataDirectory() + ": " + e.getMessage(), e);
        } finally {
            close();
            ended.countDown();
        }
    }

    /** The process is told to end: ends it in order, and holds it until that is done. */
    private void end() {
        toldToEnd.countDown();
        try {
            ended.await();
        } catch (InterruptedException e) {
            LOG.warn("interrupted while ending");
        }
    }

    private void open(RelaySettings settings, Console console) {
        var clock = InstantSource.system();
        var random = new SecureRandom();
        DataDirectory data = DataDirectory.at(settings.dataDirectory());
        data.open();
        opened.push(data);
        SigningKeys keys = data.signingKeys(random);
        String adminKey = data.adminKey(random);
        Optional<ServerCertificate> certificate = settings.receiving().certificate(clock);

        Journal mailLog = Journal.open(data.resolve("log").resolve("mail"));
        opened.push(mailLog);
        Journal eventLog = Journal.open(data.resolve("log").resolve("events"));
        opened.push(eventLog);
        var outbox = new Capture(data.resolve("outbox"), clock);
        outbox.start();
        var metrics = new Metrics();
        opened.push(metrics);
        var delivery = new DeliverySide(settings, data, outbox, metrics.registry(), clock);
        opened.push(delivery);
        var spool = new Spool(
                mailLog,
                DurableFiles.in(data.resolve("spool")),
                new Quarantine(data.resolve("quarantine")),
                delivery.couriers(),
                settings.spool(),
                clock,
                random);
        spool.start();
        delivery.routes().start();
        var release = new Release(outbox, data.resolve("outbox"), spool, delivery.passesOn());
        var queue = new Queue(spool, delivery.routes(), new Acts(spool, clock), release);
        QueueFigures.show(queue, metrics.registry(), clock);

        var feed = new MailFeed(mailLog, History::event, spool::projected);
        var tracking = new TrackingServer(
                settings.tracking(adminKey),
                keys,
                eventLog,
                feed,
                outbox,
                Optional.of(queue),
                Classifier.byAgent(),
                metrics,
                clock,
                random);
        opened.push(tracking);
        tracking.start();

        var rewriter = new MessageRewriter(settings.urls(), keys, settings.rewrite());
        DeliveryLoop loop = delivery.loop(spool, rewriter, tracking.quota(), random);
        opened.push(loop);
        loop.start();
        NoticeLoop notices = delivery.notices(spool);
        opened.push(notices);
        notices.start();

        SmtpSettings receiving = settings.smtp();
        long largest = receiving.rules().maxMessage();
        var room = new Room(data.path(), largest + largest / 2 + (RelaySettings.LEAST_FREE_MEGABYTES << 20));
        var reception = new Reception(spool, room, rewriter::refusal, data.instance(random), metrics.registry());
        var policy = new SubmissionPolicy(receiving.rules(), tracking.credentials());
        var smtp = new SmtpServer(receiving, reception, policy, certificate, mailLog::isStrained, Pace.real());
        opened.push(smtp);
        smtp.start();
        Gauge.builder("signalpost.smtp.clients", smtp, SmtpServer::clients)
                .description("Clients that are connected")
                .register(metrics.registry());
        opened.push(tracking::leave);
        console.out()
                .print(Welcome.text(
                        settings, smtp.addresses().getFirst(), tracking.address(), tracking.signInPath(), data));
        console.out().flush();
    }

    /**
     * Pixels, links, API and books alone. Books of a relay that ran here before are kept up; its queue stays as it is.
     */
    private void openHttp(RelaySettings settings, Console console) {
        var clock = InstantSource.system();
        var random = new SecureRandom();
        DataDirectory data = DataDirectory.at(settings.dataDirectory());
        data.open();
        opened.push(data);
        SigningKeys keys = data.signingKeys(random);
        String adminKey = data.adminKey(random);
        Journal mailLog = Journal.open(data.resolve("log").resolve("mail"));
        opened.push(mailLog);
        Journal eventLog = Journal.open(data.resolve("log").resolve("events"));
        opened.push(eventLog);
        var outbox = new Capture(data.resolve("outbox"), clock);
        outbox.start();
        var metrics = new Metrics();
        opened.push(metrics);
        var feed = new MailFeed(mailLog, History::event, booked -> {});
        var tracking = new TrackingServer(
                settings.tracking(adminKey),
                keys,
                eventLog,
                feed,
                outbox,
                Optional.empty(),
                Classifier.byAgent(),
                metrics,
                clock,
                random);
        opened.push(tracking);
        tracking.start();
        console.out().print(Welcome.httpOnly(tracking.address(), tracking.signInPath(), data));
        console.out().flush();
    }

    private void close() {
        while (!opened.isEmpty()) {
            AutoCloseable last = opened.pop();
            try {
                last.close();
            } catch (Exception e) {
                LOG.warn("{} was not closed cleanly: {}", last.getClass().getSimpleName(), e.toString());
            }
        }
    }
}
