package org.signalpost.relay.client;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.signalpost.relay.delivery.Consignment;
import org.signalpost.relay.delivery.Outcome;
import org.signalpost.relay.delivery.Prepared;

/**
 * Sends copies over connections that are used again while they are fresh. Safe to call from any thread; each attempt
 * has a connection of its own.
 */
public final class SmtpPool implements AutoCloseable {
    private static final Duration GOODBYES = Duration.ofSeconds(2);

    private final Reuse reuse;
    private final Connector connector;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private final Map<Target, Deque<SmtpClient>> resting = new HashMap<>();
    private final Thread watchdog;
    private boolean closed;

    /**
     * How connections are used.
     *
     * @param idle how long one rests before it is closed
     * @param copies for how many copies it is used
     * @param pipelining whether commands go out together where the peer offers it (RFC 2920)
     */
    public record Reuse(Duration idle, int copies, boolean pipelining) {}

    /** One address of a next hop, and the kind of session with it. */
    private record Target(Hop hop, InetAddress address, boolean utf8) {}

    /** We call ourselves {@code hostname}. */
    public SmtpPool(String hostname, Trust trust, Reuse reuse, Patience patience) {
        this.reuse = reuse;
        this.connector = new Connector(hostname, trust, patience, reuse.pipelining());
        this.watchdog = Thread.ofPlatform().daemon().name("delivery watchdog").start(this::watch);
    }

    /**
     * One attempt at one address.
     *
     * @throws IOException when there is no connection: another address may be tried
     */
    Outcome send(Hop hop, InetAddress address, Consignment consignment) throws IOException {
        // Whether SMTPUTF8 is wanted and had is known when the copy is prepared; then the kind of session may change.
        return send(new Target(hop, address, /* utf8= */ false), consignment);
    }

    private Outcome send(Target target, Consignment consignment) throws IOException {
        Optional<SmtpClient> used = fresh(target);
        if (used.isPresent()) {
            Outcome outcome = send(target, used.get(), consignment);
            // A peer that has closed what we kept says nothing about the copy.
            if (!used.get().isStale()) {
                return outcome;
            }
        }
        try {
            return send(target, connector.connect(target.hop(), target.address(), target.utf8()), consignment);
        } catch (NoSession e) {
            return e.outcome(target.hop().host());
        }
    }

    private Outcome send(Target target, SmtpClient client, Consignment consignment) throws IOException {
        try {
            Prepared prepared = consignment.preparedFor(client.peer());
            return switch (prepared) {
                case Prepared.Impossible impossible -> new Outcome.Refused(impossible.said());
                case Prepared.Ready ready
                when ready.copy().utf8() && !target.utf8() ->
                    send(new Target(target.hop(), target.address(), /* utf8= */ true), consignment);
                case Prepared.Ready ready -> client.send(ready.copy(), consignment.recipient(), consignment.wishes());
            };
        } finally {
            if (!client.isUsable() || client.sent() >= reuse.copies() || !rest(target, client)) {
                client.close();
            }
        }
    }

    private Optional<SmtpClient> fresh(Target target) {
        lock.lock();
        try {
            return Optional.ofNullable(resting.get(target)).map(Deque::pollLast);
        } finally {
            lock.unlock();
        }
    }

    private boolean rest(Target target, SmtpClient client) {
        lock.lock();
        try {
            client.rest();
            return !closed
                    && resting.computeIfAbsent(target, any -> new ArrayDeque<>())
                            .add(client);
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
                boolean all = over;
                resting.values().forEach(clients -> stale(clients, all, stale));
                resting.values().removeIf(Deque::isEmpty);
            } catch (InterruptedException e) {
                over = true;
            } finally {
                lock.unlock();
            }
            stale.forEach(SmtpClient::close);
            connector.cutOverdue();
        }
    }

    private void stale(Deque<SmtpClient> clients, boolean all, Deque<SmtpClient> stale) {
        while (!clients.isEmpty() && (all || clients.peekFirst().resting().compareTo(reuse.idle()) > 0)) {
            stale.add(clients.pollFirst());
        }
    }

    /** Says goodbye on what rests; attempts under way are cut, and there are no new ones. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            ended.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            watchdog.join(GOODBYES);
            connector.close();
            watchdog.join();
        } catch (InterruptedException e) {
            connector.close();
        }
    }
}
