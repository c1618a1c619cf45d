package org.signalpost.http;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.AbstractConnectionFactory;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.ProxyConnectionFactory.ProxyEndPoint;
import org.signalpost.net.ProxyHeader;

/**
 * A connection that has to begin with a PROXY header, and is one of HTTP by the client named in it from then on.
 * Jetty's own would look up a name that stands in place of an address.
 */
final class ProxiedConnection extends AbstractConnection.NonBlocking implements Connection.UpgradeFrom {
    private final Connector connector;
    private final ConnectionFactory next;

    /** What has come; filled up to its position. */
    private final ByteBuffer come = ByteBuffer.allocate(ProxyHeader.LONGEST);

    private ProxiedConnection(EndPoint endPoint, Connector connector, Executor executor, ConnectionFactory next) {
        super(endPoint, executor);
        this.connector = connector;
        this.next = next;
    }

    /** Makes them; what follows the header is {@code next}'s. */
    static ConnectionFactory factory(ConnectionFactory next) {
        return new Factory(next);
    }

    private static final class Factory extends AbstractConnectionFactory {
        private final ConnectionFactory next;

        private Factory(ConnectionFactory next) {
            super("proxy");
            this.next = next;
        }

        @Override
        public Connection newConnection(Connector connector, EndPoint endPoint) {
            return configure(
                    new ProxiedConnection(endPoint, connector, connector.getExecutor(), next), connector, endPoint);
        }
    }

    @Override
    public void onOpen() {
        super.onOpen();
        fillInterested();
    }

    @Override
    public void onFillable() {
        try {
            ByteBuffer free = come.slice(come.position(), come.remaining()).limit(0);
            int filled = getEndPoint().fill(free);
            if (filled < 0) {
                close();
                return;
            }
            come.position(come.position() + filled);
            if (filled == 0 || !isWhole()) {
                fillInterested();
            }
        } catch (IOException noHeader) {
            close();
        }
    }

    /** Goes on as HTTP when the header is whole; false when there has to come more. */
    private boolean isWhole() throws IOException {
        var in = new ByteArrayInputStream(come.array(), 0, come.position());
        Optional<InetAddress> named;
        try {
            named = ProxyHeader.read(in);
        } catch (EOFException e) {
            return false;
        }
        int rest = in.available();
        come.limit(come.position()).position(come.position() - rest);
        EndPoint here = getEndPoint();
        var client = new ProxyEndPoint(
                here,
                here.getLocalSocketAddress(),
                named.<java.net.SocketAddress>map(address -> new InetSocketAddress(address, 0))
                        .orElse(here.getRemoteSocketAddress()));
        here.upgrade(next.newConnection(connector, client));
        return true;
    }

    @Override
    public ByteBuffer onUpgradeFrom() {
        return come.slice();
    }
}
