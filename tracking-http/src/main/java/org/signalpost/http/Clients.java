package org.signalpost.http;

import java.net.InetAddress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.Request;
import org.signalpost.net.Network;

/**
 * All connections: how many there are, from whom, and which of them take too long. An idle time-out is no deadline: a
 * client that sends an octet now and then would keep its connection for ever. Safe to share.
 */
final class Clients implements Connection.Listener {
    private final HttpSettings settings;
    private final ClientAddress addresses;
    private final Map<Connection, Client> clients = new ConcurrentHashMap<>();
    private final Map<Network, Integer> perAddress = new ConcurrentHashMap<>();
    private final AtomicInteger count = new AtomicInteger();

    Clients(HttpSettings settings, ClientAddress addresses) {
        this.settings = settings;
        this.addresses = addresses;
    }

    /** How many there are. */
    int size() {
        return count.get();
    }

    @Override
    public void onOpened(Connection connection) {
        Optional<Network> from = Optional.of(connection.getEndPoint().getRemoteSocketAddress())
                .flatMap(ClientAddress::address)
                .filter(address -> isLimited(connection, address))
                .map(Network::around);
        clients.put(connection, new Client(connection, from));
        int ofAddress =
                from.map(address -> perAddress.merge(address, 1, Integer::sum)).orElse(0);
        if (count.incrementAndGet() > settings.connections() || ofAddress > settings.connectionsPerClient()) {
            connection.getEndPoint().close();
        }
    }

    /** A proxy may have as many as it likes, and before its PROXY header everybody is one. */
    private boolean isLimited(Connection connection, InetAddress address) {
        return !(connection instanceof ProxiedConnection) && !addresses.isProxy(address);
    }

    @Override
    public void onClosed(Connection connection) {
        Optional.ofNullable(clients.remove(connection)).ifPresent(client -> {
            count.decrementAndGet();
            client.from()
                    .ifPresent(from ->
                            perAddress.computeIfPresent(from, (key, number) -> number == 1 ? null : number - 1));
        });
    }

    /** Who sent this request. */
    Client of(Request request) {
        Connection connection = request.getConnectionMetaData().getConnection();
        // One that was closed in the meantime is nobody's business any more.
        return Optional.ofNullable(clients.get(connection)).orElseGet(() -> new Client(connection, Optional.empty()));
    }

    /** Whether a request is being answered. */
    boolean anyBusy() {
        return clients.values().stream().anyMatch(Client::isBusy);
    }

    /** Cuts off those who have missed a deadline. */
    void watch() {
        long now = System.nanoTime();
        for (Client client : clients.values()) {
            if (client.isLate(settings.patience(), now)) {
                client.cut();
            }
        }
    }
}
