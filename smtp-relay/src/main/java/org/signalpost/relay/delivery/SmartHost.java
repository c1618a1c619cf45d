package org.signalpost.relay.delivery;

import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes copies on to one next hop, over connections that are used again while they are fresh.
 *
 * <p>Safe to call from any thread; each attempt has a connection of its own. Codes decide, never the texts of replies:
 * 4xx is later, 5xx to a mail is never, and whatever happens before a mail is the route's trouble and later.
 */
public final class SmartHost implements Courier, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SmartHost.class);
    private static final int CONNECT_MILLIS = 30_000;
    private static final int MOST_COPIES = 100;
    private static final Duration FRESH = Duration.ofSeconds(5);

    private final InetSocketAddress address;
    private final Session session;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private final Deque<SmtpClient> resting = new ArrayDeque<>();
    private final Set<PeerSocket> sockets = ConcurrentHashMap.newKeySet();
    private final Thread watchdog;
    private boolean closed;

    /** Sends to the address, which is looked up for each connection, and calls itself {@code hostname}. */
    public SmartHost(InetSocketAddress address, String hostname) {
        this.address = address;
        var properties = new Properties();
        properties.setProperty("mail.smtp.localhost", hostname);
        properties.setProperty("mail.smtp.quitwait", "false");
        // Whatever the copy contains is the recipient's: nothing is converted on the way.
        properties.setProperty("mail.smtp.allow8bitmime", "false");
        this.session = Session.getInstance(properties);
        this.watchdog = Thread.ofVirtual().name("delivery watchdog").start(this::watch);
    }

    @Override
    public Outcome deliver(Outgoing copy) {
        try {
            Optional<SmtpClient> used = fresh();
            if (used.isPresent()) {
                try {
                    return send(used.get(), copy);
                } catch (MessagingException e) {
                    if (!isSilence(e) || used.get().mailAnswered()) {
                        return refused(e);
                    }
                    // The peer has closed what we kept; that says nothing about the copy.
                }
            }
            return send(connect(), copy);
        } catch (Unreachable e) {
            return new Outcome.Deferred(e.reason(), Outcome.Fault.ROUTE);
        } catch (MessagingException e) {
            return refused(e);
        }
    }

    private Outcome send(SmtpClient client, Outgoing copy) throws MessagingException {
        boolean keep = false;
        try {
            OptionalLong limit = client.limit();
            if (limit.isPresent() && copy.message().size() > limit.getAsLong()) {
                keep = true;
                return new Outcome.TooLarge("the next hop takes " + limit.getAsLong() + " octets", limit.getAsLong());
            }
            String reply = client.send(copy);
            keep = client.sent() < MOST_COPIES;
            return new Outcome.Delivered(Reply.printable(reply));
        } catch (SendFailedException e) {
            // A code that is none means that the library has closed the connection.
            keep = code(e).filter(code -> code >= 200 && code != 421).isPresent() && !isSilence(e);
            throw e;
        } finally {
            if (!keep || !rest(client)) {
                client.close();
            }
        }
    }

    /** No reply at all, or the connection broke. */
    private static boolean isSilence(MessagingException e) {
        return code(e).isEmpty() || e.getNextException() instanceof IOException;
    }

    /** The reply code that decides: the recipient's own, else the mail's. */
    private static Optional<Integer> code(MessagingException e) {
        Optional<Integer> code = Optional.empty();
        for (Exception at = e; at instanceof MessagingException failure; at = failure.getNextException()) {
            if (failure instanceof SMTPAddressFailedException recipient) {
                return Optional.of(recipient.getReturnCode());
            }
            if (code.isEmpty() && failure instanceof SMTPSendFailedException mail && mail.getReturnCode() > 0) {
                code = Optional.of(mail.getReturnCode());
            }
        }
        return code;
    }

    private static Outcome refused(MessagingException e) {
        Optional<Integer> code = code(e);
        String reply = Reply.printable(e);
        if (code.isEmpty()) {
            return new Outcome.Deferred(reply, Outcome.Fault.COPY);
        }
        boolean atTheDot = e instanceof SMTPSendFailedException mail && ".".equals(mail.getCommand());
        return switch (code.get() / 100) {
            // The library takes 250 only; 251 after the mail has the same meaning.
            case 2 -> atTheDot ? new Outcome.Delivered(reply) : new Outcome.Deferred(reply, Outcome.Fault.COPY);
            case 5 -> new Outcome.Refused(reply);
            default -> new Outcome.Deferred(reply, code.get() == 421 ? Outcome.Fault.ROUTE : Outcome.Fault.COPY);
        };
    }

    /** There is no session to be had. */
    private static final class Unreachable extends Exception {
        private static final long serialVersionUID = 1L;

        private Unreachable(String reason, Throwable cause) {
            super(reason, cause);
        }

        private String reason() {
            return String.valueOf(getMessage());
        }
    }

    private SmtpClient connect() throws Unreachable {
        String name = address.getHostString();
        IOException last = new IOException("no address for " + name);
        try {
            for (InetAddress one : InetAddress.getAllByName(name)) {
                // With the configured name, so that nobody looks it up backwards.
                InetAddress named = InetAddress.getByAddress(name, one.getAddress());
                var socket = new PeerSocket();
                sockets.add(socket);
                try {
                    socket.connect(new InetSocketAddress(named, address.getPort()), CONNECT_MILLIS);
                    socket.setTcpNoDelay(/* on= */ true);
                    return SmtpClient.greet(session, socket);
                } catch (IOException e) {
                    socket.close();
                    last = e;
                } catch (MessagingException e) {
                    socket.close();
                    throw new Unreachable("the next hop does not greet: " + Reply.printable(e), e);
                }
            }
        } catch (IOException e) {
            last = e;
        }
        throw new Unreachable("can't connect to " + name + ":" + address.getPort() + ": " + last.getMessage(), last);
    }

    private Optional<SmtpClient> fresh() {
        lock.lock();
        try {
            return Optional.ofNullable(resting.pollLast());
        } finally {
            lock.unlock();
        }
    }

    private boolean rest(SmtpClient client) {
        lock.lock();
        try {
            client.rest();
            return !closed && resting.add(client);
        } finally {
            lock.unlock();
        }
    }

    /** Once a second: cuts whoever takes too long, says goodbye on connections that nobody used. */
    private void watch() {
        boolean over = false;
        while (!over) {
            var stale = new ArrayDeque<SmtpClient>();
            lock.lock();
            try {
                long nanos = TimeUnit.SECONDS.toNanos(1);
                while (nanos > 0 && !closed) {
                    nanos = ended.awaitNanos(nanos);
                }
                over = closed;
                while (!resting.isEmpty()
                        && (over || resting.peekFirst().resting().compareTo(FRESH) > 0)) {
                    stale.add(resting.pollFirst());
                }
            } catch (InterruptedException e) {
                over = true;
            } finally {
                lock.unlock();
            }
            stale.forEach(SmtpClient::close);
            sockets.removeIf(PeerSocket::isClosed);
            sockets.stream().filter(PeerSocket::overdue).forEach(SmartHost::cut);
        }
    }

    private static void cut(PeerSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("closing a connection: {}", e.toString());
        }
    }

    /** Closes what rests; attempts under way are cut. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            ended.signalAll();
        } finally {
            lock.unlock();
        }
        sockets.forEach(SmartHost::cut);
        try {
            watchdog.join();
        } catch (InterruptedException e) {
            sockets.clear();
        }
    }
}
