package org.signalpost.relay;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.signalpost.event.MailFeed;
import org.signalpost.http.TrackingServer;
import org.signalpost.journal.Journal;
import org.signalpost.journal.JournalException;
import org.signalpost.relay.delivery.Capture;
import org.signalpost.relay.delivery.Courier;
import org.signalpost.relay.delivery.DeliveryLoop;
import org.signalpost.relay.delivery.Dispatch;
import org.signalpost.relay.delivery.SmartHost;
import org.signalpost.relay.smtp.SmtpListener;
import org.signalpost.relay.spool.Spool;
import org.signalpost.rewrite.MessageRewriter;
import org.signalpost.settings.ConfigurationException;
import org.signalpost.track.SigningKeys;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where everything comes together: what listens opens last and closes first, what keeps is opened first and closed
 * last.
 *
 * <p>A mail goes SmtpListener, Spool, DeliveryLoop, Dispatch (which rewrites), Courier; a hit goes TrackingServer,
 * event log, books.
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
        int code = new CommandLine(console, (settings, there) -> new Main().serve(settings, there))
                .run(List.of(arguments));
        System.out.flush();
        if (code != 0) {
            System.exit(code);
        }
    }

    private int serve(RelaySettings settings, Console console) {
        try {
            open(settings, console);
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

        Journal mailLog = Journal.open(data.resolve("log").resolve("mail"));
        opened.push(mailLog);
        Journal eventLog = Journal.open(data.resolve("log").resolve("events"));
        opened.push(eventLog);
        var spool = new Spool(mailLog, data.path(), clock, random);
        spool.start();
        var outbox = new Capture(data.resolve("outbox"), clock);
        outbox.start();

        var feed = new MailFeed(mailLog, Spool::event, spool::projected);
        var tracking = new TrackingServer(settings.tracking(adminKey), keys, eventLog, feed, outbox, clock, random);
        opened.push(tracking);
        tracking.start();

        var rewriter = new MessageRewriter(settings.urls(), keys, settings.rewrite());
        var dispatch = new Dispatch(
                rewriter,
                courier(settings, outbox),
                settings.hostname(),
                new Failures(data.resolve("failures"), settings.values().value(RelayKeys.KEEP_FAILURES)));
        var loop = new DeliveryLoop(
                spool,
                dispatch,
                settings.retry(random::nextDouble),
                clock,
                settings.values().value(RelayKeys.CONNECTIONS));
        opened.push(loop);
        loop.start();

        long largest = settings.smtp().maxMessage();
        var room = new Room(data.path(), largest + largest / 2 + (RelaySettings.LEAST_FREE_MEGABYTES << 20));
        var smtp = new SmtpListener(settings.smtp(), spool, room, rewriter::refusal);
        opened.push(smtp);
        smtp.start();
        console.out().print(Welcome.text(settings, smtp.address(), tracking.address(), tracking.signInPath(), data));
        console.out().flush();
    }

    private Courier courier(RelaySettings settings, Capture outbox) {
        Optional<SmartHost> smarthost =
                settings.smarthost().map(address -> new SmartHost(address, settings.hostname()));
        smarthost.ifPresent(opened::push);
        return smarthost.<Courier>map(host -> host).orElse(outbox);
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
