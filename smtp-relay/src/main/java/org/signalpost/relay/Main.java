package org.signalpost.relay;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.signalpost.event.MailFeed;
import org.signalpost.http.Metrics;
import org.signalpost.http.TrackingServer;
import org.signalpost.journal.DurableFiles;
import org.signalpost.journal.Journal;
import org.signalpost.journal.JournalException;
import org.signalpost.process.DataDirectory;
import org.signalpost.process.Lifetime;
import org.signalpost.relay.bounce.NoticeLoop;
import org.signalpost.relay.delivery.Capture;
import org.signalpost.relay.delivery.DeliveryLoop;
import org.signalpost.relay.delivery.Overdue;
import org.signalpost.relay.delivery.Plans;
import org.signalpost.relay.delivery.Verdicts;
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
import org.signalpost.relay.training.Training;
import org.signalpost.rewrite.MessageRewriter;
import org.signalpost.settings.ConfigurationException;
import org.signalpost.store.Classifier;
import org.signalpost.track.SigningKeys;

/**
 * Where everything comes together: what listens opens last and closes first, what keeps is opened first and closed
 * last.
 *
 * <p>A mail goes SmtpServer, Spool, DeliveryLoop, Dispatch (which rewrites), Courier; a hit goes TrackingServer, event
 * log, books.
 */
public final class Main {
    // With the usual http.stop-delay, which comes before, the whole ends within 30 seconds: others kill us then.
    private static final Duration RECEIVING = Duration.ofSeconds(17);
    private static final Duration ATTEMPTS = Duration.ofSeconds(20);
    private static final Duration ANSWERS = Duration.ofSeconds(22);

    private Main() {}

    /** Runs the command line. */
    public static void main(String[] arguments) {
        Path home = Path.of(System.getProperty("signalpost.home", "."))
                .toAbsolutePath()
                .normalize();
        var console = new Console(System.in, System.out, System.err, System.getenv(), home);
        int code = new CommandLine(console, Main::serve, Main::train).run(List.of(arguments));
        System.out.flush();
        if (code != 0) {
            System.exit(code);
        }
    }

    private static int serve(RelaySettings settings, CommandLine.Parts parts, Console console) {
        switch (parts) {
            case ALL -> serve(settings, console);
            case HTTP_ONLY ->
                org.signalpost.http.Main.serve(settings.values(), Optional.of(History::event), console.out());
        }
        return 0;
    }

    private static void serve(RelaySettings settings, Console console) {
        try {
            Lifetime.serve(life -> open(life, settings, console));
        } catch (JournalException e) {
            throw new ConfigurationException("data.directory = " + settings.dataDirectory() + ": " + e.getMessage(), e);
        }
    }

    /** Works for itself for a while, so that a Java that keeps what it learns (JEP 514) can. */
    private static int train(Console console) {
        Training training = Training.open(console.err());
        Lifetime.serve(life -> {
            life.opened(training);
            open(life, RelaySettings.of("training", training.configuration(), Map.of()), console);
            training.start(life::finish);
        });
        return training.wentWell() ? 0 : CommandLine.FAILED;
    }

    private static void open(Lifetime life, RelaySettings settings, Console console) {
        var clock = InstantSource.system();
        var random = new SecureRandom();
        DataDirectory data = DataDirectory.at(settings.dataDirectory());
        data.open();
        life.opened(data);
        SigningKeys keys = data.signingKeys(random);
        String adminKey = data.adminKey(random);
        Optional<ServerCertificate> certificate = settings.receiving().certificate(clock);

        Journal mailLog = Journal.open(data.resolve("log").resolve("mail"));
        life.opened(mailLog);
        Journal eventLog = Journal.open(data.resolve("log").resolve("events"));
        life.opened(eventLog);
        var outbox = new Capture(data.resolve("outbox"), settings.delivery().outbox(), clock);
        life.opened(outbox);
        outbox.start();
        var metrics = new Metrics();
        life.opened(metrics);
        metrics.show("mail", mailLog);
        metrics.show("events", eventLog);
        var delivery = new DeliverySide(settings, data, outbox, metrics.registry(), clock);
        life.opened(delivery);
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
        var release = new Release(outbox, spool, delivery.passesOn());
        var rewriter = new MessageRewriter(settings.urls(), keys, settings.rewrite());
        var room = new Room(data.path(), settings.leastFree());
        var reception = new Reception(spool, room, rewriter::refusal, data.instance(random), metrics.registry());
        Plans plans = delivery.plans(rewriter);
        var queue = new Queue(
                spool,
                delivery.routes(),
                new Acts(spool, clock),
                release,
                plans::forecast,
                () -> reception.takesMail() && !mailLog.isFailing());
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
        life.ends(ANSWERS, tracking::end);
        tracking.start();

        Verdicts verdicts = delivery.verdicts(random);
        DeliveryLoop loop = delivery.loop(spool, plans, tracking.quota(), verdicts, random);
        life.ends(ATTEMPTS, loop::end);
        loop.start();
        Overdue overdue = delivery.overdue(spool, verdicts);
        life.opened(overdue);
        overdue.start();
        NoticeLoop notices = delivery.notices(spool);
        life.opened(notices);
        notices.start();

        SmtpSettings receiving = settings.smtp();
        var policy = new SubmissionPolicy(receiving.rules(), tracking.credentials());
        var smtp = new SmtpServer(receiving, reception, policy, certificate, mailLog::isStrained, Pace.real());
        life.ends(RECEIVING, smtp::end);
        smtp.start();
        ListenerFigures.show(smtp, metrics.registry());
        life.opened(loop::leave);
        life.opened(tracking::leave);
        console.out()
                .print(Welcome.text(
                        settings, smtp.addresses().getFirst(), tracking.address(), tracking.signInPath(), data));
        console.out().flush();
    }
}
