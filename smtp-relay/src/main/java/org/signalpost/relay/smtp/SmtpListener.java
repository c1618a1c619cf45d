package org.signalpost.relay.smtp;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import org.signalpost.relay.tls.ServerCertificate;
import org.signalpost.settings.Addresses;
import org.signalpost.settings.ConfigurationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.subethamail.smtp.internal.proxy.ProxyHandler.ProxyResult;
import org.subethamail.smtp.server.SMTPServer;
import org.subethamail.smtp.server.Session;

/** One address that takes mail by SMTP: the accept loop is SubEthaSMTP's. Start once, stop once. */
final class SmtpListener {
    private static final Logger LOG = LoggerFactory.getLogger(SmtpListener.class);
    private static final Duration STOP = Duration.ofSeconds(3);

    /** The shell counts as well; it is to have room for those whom we tell that there is none. */
    private static final int MORE = 500;

    private static final int BACKLOG = 1_024;

    private final SmtpSettings.Door door;
    private final SmtpSettings.Patience patience;
    private final Optional<ServerCertificate> certificate;
    private final Connections connections;
    private final SMTPServer server;

    SmtpListener(
            SmtpSettings.Door door,
            SmtpSettings settings,
            Verbs verbs,
            Optional<ServerCertificate> certificate,
            Connections connections) {
        this.door = door;
        this.patience = settings.patience();
        this.certificate = certificate;
        this.connections = connections;
        this.server = SMTPServer.port(door.address().getPort())
                .bindAddress(door.address().getAddress())
                .backlog(BACKLOG)
                .hostName(settings.hostname())
                .softwareName("Signalpost")
                .insertReceivedHeaders(/* value= */ false)
                .executorService(Executors.newVirtualThreadPerTaskExecutor())
                .enableTLS(/* value= */ false)
                .maxConnections(settings.limits().connections() + MORE)
                .proxyHandler((in, out, session) -> greet(session))
                .messageHandlerFactory(context -> {
                    throw new IllegalStateException("the shell's own DATA was used");
                })
                .build();
        verbs.all().forEach(server.getCommandHandler()::addCommand);
    }

    /** The shell's verbs, for a test that compares them with ours. */
    Set<String> shellVerbs() {
        return server.getCommandHandler().getVerbs();
    }

    /**
     * Listens.
     *
     * @throws ConfigurationException when the address can't be used
     */
    void start() {
        try {
            server.start();
        } catch (RuntimeException e) {
            String key = door.tls() ? "smtp.listen-tls" : "smtp.listen";
            String why = "the port is in use, or the address is not of this machine; free it or choose another";
            throw new ConfigurationException(key + " = " + Addresses.written(door.address()) + ": " + why, e);
        }
    }

    /** Where it listens, with the port that was picked. */
    InetSocketAddress address() {
        return new InetSocketAddress(door.address().getAddress(), server.getPortAllocated());
    }

    /** First thing on a new connection, before the banner, on the session's own thread. */
    private ProxyResult greet(Session session) throws IOException {
        var wire = new Wire(session.getSocket(), connections);
        session.setSocket(wire);
        connections.arrived(wire);
        Optional<String> refusal;
        try {
            refusal = refusal(wire);
        } catch (IOException e) {
            LOG.debug("gone before the banner: {}", e.toString());
            wire.cut();
            refusal = Optional.of("421 4.4.2 You are gone");
        }
        if (refusal.isPresent()) {
            if (door.tls() && !wire.client().isSecure()) {
                // Nothing is said in clear where TLS is spoken.
                wire.cut();
            }
            String reply = refusal.get();
            LOG.debug("not let in: {}", reply);
            return new ProxyResult(Integer.parseInt(reply.substring(0, 3)), reply.substring(4));
        }
        session.setTlsStarted(door.tls());
        return ProxyResult.NOP;
    }

    /** The reply when the client is not let in. */
    private Optional<String> refusal(Wire wire) throws IOException {
        if (door.proxied()) {
            try {
                wire.readProxyHeader();
            } catch (IOException e) {
                LOG.debug("no PROXY header: {}", e.toString());
                return Optional.of("554 5.5.1 A PROXY header is expected here");
            }
        }
        Optional<String> full = connections.admit(wire);
        if (full.isPresent()) {
            return full;
        }
        if (door.tls() && !wire.secure(certificate.orElseThrow())) {
            return Optional.of("421 4.7.0 No TLS");
        }
        return wire.talksWithin(patience.greeting())
                ? Optional.of("554 5.5.1 You talk before the banner")
                : Optional.empty();
    }

    /** They take nothing new, and end all sessions; bounded. */
    static void stop(List<SmtpListener> listeners) {
        // The shell's stop waits without a limit.
        List<Thread> stopping = listeners.stream()
                .map(listener -> Thread.ofVirtual().start(listener.server::stop))
                .toList();
        long until = System.nanoTime() + STOP.toNanos();
        try {
            for (Thread thread : stopping) {
                Duration left = Duration.ofNanos(Math.max(until - System.nanoTime(), 1));
                if (!thread.join(left)) {
                    LOG.warn("alarm=smtp-stop a listener has not stopped in {}", STOP);
                }
            }
        } catch (InterruptedException e) {
            LOG.warn("alarm=smtp-stop interrupted");
        }
    }
}
