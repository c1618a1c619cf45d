package org.signalpost.relay.smtp;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.signalpost.relay.tls.ServerCertificate;
import org.signalpost.retry.Pause;
import org.signalpost.settings.ConfigurationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes mail by SMTP, at one or more addresses. Start once, end once. */
public final class SmtpServer {
    private static final Logger LOG = LoggerFactory.getLogger(SmtpServer.class);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration DRAIN_LOOK = Duration.ofMillis(50);

    private final Connections connections;
    private final Pace pace;
    private final List<SmtpListener> listeners;
    private final Pause pause = new Pause();

    /**
     * Mail goes to {@code reception}, from those whom {@code policy} admits. Without a certificate there is no TLS, and
     * no signing in. While what stands behind is {@code strained}, clients have to hurry.
     */
    public SmtpServer(
            SmtpSettings settings,
            Reception reception,
            SubmissionPolicy policy,
            Optional<ServerCertificate> certificate,
            BooleanSupplier strained,
            Pace pace) {
        this.pace = pace;
        this.connections = new Connections(settings, pace, strained);
        var verbs = new Verbs(settings, reception, policy, certificate, connections, pace);
        this.listeners = settings.doors().stream()
                .map(door -> new SmtpListener(door, settings, verbs, certificate, connections))
                .toList();
    }

    /**
     * Listens at all addresses.
     *
     * @throws ConfigurationException when one can't be used
     */
    public void start() {
        listeners.forEach(SmtpListener::start);
        // Not a virtual one: it has to look when those have no processor left.
        Thread.ofPlatform().daemon().name("smtp watchdog").start(this::watch);
    }

    /** Where it listens, in the order of the settings, with the ports that were picked. */
    public List<InetSocketAddress> addresses() {
        return listeners.stream().map(SmtpListener::address).toList();
    }

    List<SmtpListener> listeners() {
        return listeners;
    }

    /** How many clients are connected. */
    public int clients() {
        return connections.size();
    }

    /** How many replies of a class, 2 to 5, were given since the start. */
    public long replies(int ofClass) {
        return connections.replies(ofClass);
    }

    /** Who is there. */
    Connections connections() {
        return connections;
    }

    private void watch() {
        while (pause.await(LOOK)) {
            connections.watch();
        }
    }

    /**
     * Takes nothing new, lets mail that is being received come in for so long, then closes what is left, which takes up
     * to three seconds more.
     */
    public void end(Duration within) {
        connections.close();
        connections.watch();
        long until = pace.nanos() + within.toNanos();
        while (!connections.isEmpty() && pace.nanos() - until < 0) {
            pace.pause(DRAIN_LOOK, () -> false);
            connections.watch();
        }
        connections.cut();
        pause.end();
        SmtpListener.stop(listeners);
        LOG.debug("no more mail is taken");
    }
}
