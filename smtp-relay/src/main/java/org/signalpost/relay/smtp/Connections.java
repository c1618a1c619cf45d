package org.signalpost.relay.smtp;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.BooleanSupplier;
import org.signalpost.net.Network;

/**
 * All connections, at all addresses together: how many there are, from whom, and which have been too slow. Safe to
 * share.
 */
final class Connections {
    /** Whoever is in the middle of something has so long for the next command when we end. */
    private static final Duration LAST_COMMAND = Duration.ofSeconds(5);

    private final SmtpSettings settings;
    private final Pace pace;
    private final BooleanSupplier strained;
    private final Blocks blocks = new Blocks();
    private final Set<Wire> wires = ConcurrentHashMap.newKeySet();
    private final Map<Wire, Network> guests = new ConcurrentHashMap<>();
    private final Map<Network, Integer> perClient = new ConcurrentHashMap<>();
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicLongArray replies = new AtomicLongArray(6);
    private volatile boolean closing;

    /** There may be fewer and slower clients while what stands behind is {@code strained}. */
    Connections(SmtpSettings settings, Pace pace, BooleanSupplier strained) {
        this.settings = settings;
        this.pace = pace;
        this.strained = strained;
    }

    SmtpSettings.Limits limits() {
        return settings.limits();
    }

    SmtpSettings.Patience patience() {
        return settings.patience();
    }

    Blocks blocks() {
        return blocks;
    }

    /** Nanoseconds since some moment. */
    long now() {
        return pace.nanos();
    }

    /** A reply that begins with this octet was given. */
    void replied(int octet) {
        if (octet >= '2' && octet <= '5') {
            replies.incrementAndGet(octet - '0');
        }
    }

    /** How many replies of a class, 2 to 5, were given. */
    long replies(int ofClass) {
        return replies.get(ofClass);
    }

    int size() {
        return count.get();
    }

    /** A connection is there; it is not let in yet, but its time is kept. */
    void arrived(Wire wire) {
        wires.add(wire);
    }

    /** Lets it in; the reply when it has to stay outside. */
    Optional<String> admit(Wire wire) {
        if (closing) {
            return Optional.of("421 4.3.2 Shutting down");
        }
        InetAddress address = wire.client().address();
        Network client = Network.around(address);
        int ofClient = perClient.merge(client, 1, Integer::sum);
        guests.put(wire, client);
        int all = count.incrementAndGet();
        if (all > limits().connections()) {
            leaves(wire);
            return Optional.of("421 4.3.2 Too many connections");
        }
        if (ofClient > limits().perClient()) {
            leaves(wire);
            return Optional.of("421 4.7.0 Too many connections from your address");
        }
        return Optional.empty();
    }

    private void leaves(Wire wire) {
        Optional.ofNullable(guests.remove(wire)).ifPresent(client -> {
            count.decrementAndGet();
            perClient.computeIfPresent(client, (key, number) -> number == 1 ? null : number - 1);
        });
    }

    /** A connection is gone. */
    void left(Wire wire) {
        wires.remove(wire);
        leaves(wire);
    }

    /** Whether there are so many that everybody has to hurry. */
    boolean isStressed() {
        return count.get() * 5L > limits().connections() * 4L || strained.getAsBoolean();
    }

    /** What all of them do now. */
    List<Phase> phases() {
        return wires.stream().map(Wire::phase).toList();
    }

    /** From now on nobody is let in, and whoever has nothing under way is asked to leave. */
    void close() {
        closing = true;
    }

    boolean isClosing() {
        return closing;
    }

    /** Whether nobody is there. */
    boolean isEmpty() {
        return wires.isEmpty();
    }

    /** Asks those to leave who have waited too long, and cuts off those who have been too slow. */
    void watch() {
        boolean stressed = isStressed();
        long now = now();
        for (Wire wire : wires) {
            Phase phase = wire.phase();
            if (closing && (phase.kind() == Phase.Kind.IDLE || phase.awaits(LAST_COMMAND, now))) {
                wire.leave("421 4.3.2 Shutting down");
            } else if (stressed && phase.awaits(patience().stressed(), now)) {
                wire.leave("421 4.3.2 Too busy to wait for you");
            } else if (phase.isOver(now) && phase.kind() == Phase.Kind.BUSY) {
                wire.cut();
            } else if (phase.isOver(now)) {
                wire.leave("421 4.4.2 You have taken too long");
            }
        }
    }

    /** Cuts off everybody. */
    void cut() {
        wires.forEach(Wire::cut);
    }
}
