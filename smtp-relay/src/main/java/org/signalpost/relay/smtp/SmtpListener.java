package org.signalpost.relay.smtp;

import java.io.IOException;
import java.io.InputStream;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.signalpost.relay.spool.Spool;
import org.signalpost.rewrite.RawMessage;
import org.signalpost.settings.ConfigurationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.subethamail.smtp.internal.proxy.ProxyHandler.ProxyResult;
import org.subethamail.smtp.server.SMTPServer;
import org.subethamail.smtp.server.Session;
import org.subethamail.smtp.server.SessionHandler;

/** One address that takes mail by SMTP and puts it into the spool. Start once, close once. */
public final class SmtpListener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SmtpListener.class);
    private static final Duration STOP = Duration.ofSeconds(3);

    private final SmtpSettings settings;
    private final Verbs verbs;
    private final SMTPServer server;
    private final Set<Wire> wires = ConcurrentHashMap.newKeySet();
    private final Map<Session, InetAddress> sessions = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private volatile boolean closing;
    private volatile boolean closed;

    /** What speaks against taking a mail that came whole, in words; mostly nothing. */
    public interface Screening {
        /** The reason, or nothing. */
        Optional<String> refusal(RawMessage message);
    }

    /** Mail goes into the spool as long as {@code room} says that the disk has room for it. */
    public SmtpListener(SmtpSettings settings, Spool spool, BooleanSupplier room, Screening screening) {
        this.settings = settings;
        this.verbs = new Verbs(settings, spool, room, () -> closing, screening);
        this.server = SMTPServer.port(settings.listen().getPort())
                .bindAddress(settings.listen().getAddress())
                .hostName(settings.hostname())
                .softwareName("Signalpost")
                .insertReceivedHeaders(/* value= */ false)
                .executorService(Executors.newVirtualThreadPerTaskExecutor())
                .enableTLS(/* value= */ false)
                .maxConnections(settings.limits().connections())
                .connectionTimeoutMs(Math.toIntExact(settings.limits().command().toMillis()))
                .sessionHandler(new Door())
                .proxyHandler((in, out, session) -> greet(session, in))
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
    public void start() {
        try {
            server.start();
        } catch (RuntimeException e) {
            String why = "the port is in use, or the address is not of this machine; free it or choose another";
            throw new ConfigurationException("smtp.listen = " + written(settings.listen()) + ": " + why, e);
        }
        Thread.ofVirtual().name("smtp watchdog").start(this::watch);
    }

    /** Where it listens, with the port that was picked. */
    public InetSocketAddress address() {
        return new InetSocketAddress(settings.listen().getAddress(), server.getPortAllocated());
    }

    private static String written(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    /** First thing on a new connection, before the banner. */
    private ProxyResult greet(Session session, InputStream in) throws IOException {
        if (in.available() > 0) {
            return new ProxyResult(554, "5.5.1 You talk before the banner");
        }
        session.getSocket().setTcpNoDelay(/* on= */ true);
        var wire = new Wire(session.getSocket(), settings.limits());
        wires.add(wire);
        session.setSocket(wire);
        return ProxyResult.NOP;
    }

    /** Who may come in, counted by address; IPv6 by /64. */
    private final class Door implements SessionHandler {
        @Override
        public SessionAcceptance accept(Session session) {
            if (closing) {
                return SessionAcceptance.failure(421, "4.3.2 Shutting down");
            }
            InetAddress client = network(session.getRemoteAddress().getAddress());
            long others = sessions.values().stream().filter(client::equals).count();
            if (others >= settings.limits().perClient()) {
                return SessionAcceptance.failure(421, "4.7.0 Too many connections from your address");
            }
            sessions.put(session, client);
            return SessionAcceptance.success();
        }

        @Override
        public void onSessionEnd(Session session) {
            sessions.remove(session);
            if (session.getSocket() instanceof Wire wire) {
                wires.remove(wire);
            }
            lock.lock();
            try {
                ended.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    private static InetAddress network(InetAddress address) {
        if (!(address instanceof Inet6Address)) {
            return address;
        }
        byte[] octets = address.getAddress();
        java.util.Arrays.fill(octets, 8, 16, (byte) 0);
        try {
            return InetAddress.getByAddress(octets);
        } catch (java.net.UnknownHostException e) {
            return address;
        }
    }

    /** Closes whoever takes longer than allowed; closing wakes any read or write. */
    private void watch() {
        while (!closed) {
            await(Duration.ofSeconds(1));
            wires.removeIf(Wire::isClosed);
            wires.stream()
                    .filter(wire -> wire.overdue() || (closing && wire.idle()))
                    .forEach(SmtpListener::cut);
        }
    }

    private static void cut(Wire wire) {
        try {
            wire.close();
        } catch (IOException e) {
            LOG.debug("closing a connection: {}", e.toString());
        }
    }

    private void await(Duration time) {
        long nanos = time.toNanos();
        lock.lock();
        try {
            while (nanos > 0 && !closed) {
                nanos = ended.awaitNanos(nanos);
            }
        } catch (InterruptedException e) {
            LOG.debug("interrupted while waiting for sessions");
        } finally {
            lock.unlock();
        }
    }

    /** Takes nothing new, lets mail that is being received come in, then closes what is left; bounded. */
    @Override
    public void close() {
        closing = true;
        long until = System.nanoTime() + settings.limits().drain().toNanos();
        while (wires.stream().anyMatch(wire -> !wire.isClosed() && !wire.idle()) && System.nanoTime() - until < 0) {
            await(Duration.ofMillis(100));
        }
        wires.forEach(SmtpListener::cut);
        closed = true;
        // The shell's stop waits without a limit.
        Thread stopping = Thread.ofVirtual().start(server::stop);
        try {
            if (!stopping.join(STOP)) {
                LOG.warn("alarm=smtp-stop the listener has not stopped in {}", STOP);
            }
        } catch (InterruptedException e) {
            LOG.warn("alarm=smtp-stop interrupted");
        }
    }
}
