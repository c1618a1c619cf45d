package org.signalpost.relay.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens sessions with next hops, and knows every connection that is open. Safe to call from any thread; blocks. */
final class Connector {
    private static final Logger LOG = LoggerFactory.getLogger(SmtpPool.class);

    private final Patience patience;
    private final Trust trust;
    private final Sessions sessions;
    private final Set<PeerSocket> sockets = ConcurrentHashMap.newKeySet();
    private final boolean pipelining;
    private volatile boolean closed;

    /** We call ourselves {@code hostname}; commands may go out together when there is {@code pipelining}. */
    Connector(String hostname, Trust trust, Patience patience, boolean pipelining) {
        this.pipelining = pipelining;
        this.patience = patience;
        this.trust = trust;
        this.sessions = new Sessions(hostname, trust);
    }

    /**
     * A session with a hop at one of its addresses; {@code utf8} for mail that needs SMTPUTF8.
     *
     * <p>Where TLS is opportunistic and fails, mail goes in clear over a second connection: a peer whose TLS is broken
     * would get no mail at all, and whoever can break TLS could have hidden STARTTLS just as well.
     *
     * @throws IOException when there is no connection: another address may be tried
     */
    SmtpClient connect(Hop hop, InetAddress address, boolean utf8) throws IOException, NoSession {
        try {
            return open(hop, address, utf8);
        } catch (NoSession e) {
            if (hop.tls() != Hop.Tls.OPPORTUNISTIC || !e.inTls()) {
                throw e;
            }
            LOG.info("route={} TLS fails, mail goes in clear: {}", hop, e.getMessage());
        }
        return open(new Hop(hop.host(), hop.port(), Hop.Tls.NONE, hop.login()), address, utf8);
    }

    private SmtpClient open(Hop hop, InetAddress address, boolean utf8) throws IOException, NoSession {
        if (hop.login().isPresent() && !hop.isSafe()) {
            throw NoSession.unfit("a password goes only over TLS that is required or implicit");
        }
        // With the configured name, so that nobody looks it up backwards.
        InetAddress named = InetAddress.getByAddress(hop.host(), address.getAddress());
        PeerSocket socket = registered();
        boolean greeted = false;
        try {
            socket.connect(
                    new InetSocketAddress(named, hop.port()),
                    Math.toIntExact(patience.connect().toMillis()));
            socket.setTcpNoDelay(/* on= */ true);
            socket.within(patience.connect());
            Socket spoken = hop.tls() == Hop.Tls.IMPLICIT ? secured(socket, hop) : socket;
            var kind = new Sessions.Kind(hop.tls(), hop.login().isPresent(), utf8);
            SmtpClient client =
                    SmtpClient.greet(new Dialogue.Manner(sessions.of(kind), patience, pipelining), hop, socket, spoken);
            greeted = true;
            return client;
        } finally {
            if (!greeted) {
                socket.close();
            }
        }
    }

    private PeerSocket registered() throws IOException {
        var socket = new PeerSocket();
        sockets.add(socket);
        if (closed) {
            socket.close();
            throw new IOException("no mail is passed on any more");
        }
        return socket;
    }

    private SSLSocket secured(PeerSocket socket, Hop hop) throws IOException, NoSession {
        var secure = (SSLSocket) trust.checking().createSocket(socket, hop.host(), hop.port(), /* autoClose= */ true);
        socket.securedBy(secure);
        SSLParameters parameters = secure.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secure.setSSLParameters(parameters);
        try {
            secure.startHandshake();
        } catch (IOException e) {
            throw NoSession.withoutTls(e);
        }
        return secure;
    }

    /** Cuts whoever takes too long. */
    void cutOverdue() {
        sockets.removeIf(PeerSocket::isClosed);
        sockets.stream().filter(PeerSocket::overdue).forEach(PeerSocket::cut);
    }

    /** Cuts everybody, and connects no more. */
    void close() {
        closed = true;
        sockets.forEach(PeerSocket::cut);
    }
}
