package org.signalpost.relay.smtp;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLSocket;
import org.signalpost.net.ProxyHeader;
import org.signalpost.relay.tls.ServerCertificate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The text side of one connection: whole checked command lines for the shell, message bodies, counters and deadlines.
 *
 * <p>The shell is handed at most one line per read, so that it never buffers more than the line in hand. One thread
 * reads and writes; {@link #phase}, {@link #leave} and {@link #cut} are for whoever keeps the time.
 */
final class Wire extends StandInSocket {
    private static final Logger LOG = LoggerFactory.getLogger(SmtpServer.class);
    private static final Duration REPLY = Duration.ofMinutes(1);
    private static final Duration HANDSHAKE = Duration.ofSeconds(30);
    private static final Duration PROXY = Duration.ofSeconds(10);
    private static final Duration LAST_WORD = Duration.ofSeconds(1);
    private static final Duration BODY = Duration.ofMinutes(5);

    /** How often the rate of a body is looked at, so to speak: it may lag so far behind. */
    private static final Duration RATED = Duration.ofSeconds(10);

    private final Socket plain;
    private final Connections connections;
    private final Inflow inflow;
    private final InputStream lines = new Lines(this::command);
    private final Replies replies;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile Socket socket;
    private volatile Phase phase;
    private volatile boolean leaving;
    private volatile long leavesSince;
    private Client client;
    private int junk;
    private boolean ended;

    /** Takes a connected socket over. */
    Wire(Socket plain, Connections connections) throws IOException {
        super(plain);
        this.plain = plain;
        this.socket = plain;
        this.connections = connections;
        this.client = new Client(plain.getInetAddress());
        this.replies = new Replies(plain.getOutputStream(), connections::replied);
        this.inflow = new Inflow(plain.getInputStream(), connections.blocks());
        this.phase = new Phase(Phase.Kind.BUSY, connections.now(), REPLY);
    }

    /** Whom it connects us with. */
    Client client() {
        return client;
    }

    /** What it does now. */
    Phase phase() {
        return phase;
    }

    private void within(Duration time) {
        phase = new Phase(Phase.Kind.BUSY, connections.now(), time);
    }

    /** Reads the header of a proxy: from there comes the client. */
    void readProxyHeader() throws IOException {
        within(PROXY);
        // Whom a proxy does not name has nobody's rights, and not the proxy's either.
        client = new Client(ProxyHeader.read(plain.getInputStream()).orElse(InetAddress.getByAddress(new byte[4])));
        within(REPLY);
    }

    /** Whether the client talks before it was greeted; waits so long for it. */
    boolean talksWithin(Duration time) throws IOException {
        if (time.isZero()) {
            return socket.getInputStream().available() > 0;
        }
        within(REPLY.plus(time));
        plain.setSoTimeout(Math.toIntExact(time.toMillis()));
        try {
            return socket.getInputStream().read() >= 0;
        } catch (SocketTimeoutException silent) {
            return false;
        } finally {
            plain.setSoTimeout(0);
        }
    }

    /** Whether more has come in than the command in hand. */
    boolean hasMore() {
        return inflow.hasMore();
    }

    /** Goes on under TLS, as if nothing had been said before; false when that failed, and then it is closed. */
    boolean secure(ServerCertificate certificate) {
        within(HANDSHAKE);
        try {
            SSLSocket tls = certificate.over(plain);
            tls.startHandshake();
            socket = tls;
            inflow.from(tls.getInputStream());
            replies.to(tls.getOutputStream());
            client = client.underTls();
            within(REPLY);
            return true;
        } catch (IOException e) {
            LOG.debug("no TLS: {}", e.toString());
            ended = true;
            cut();
            return false;
        }
    }

    /** How a body ended. */
    enum Ending {
        /** At its true end. */
        WHOLE,
        /** At its true end, but it was longer than allowed. */
        TOO_LONG,
        /** The connection ended first. */
        CUT
    }

    /** Reads to the true end of a mail, whatever becomes of what was read. */
    Ending body(EndOfData mail) {
        within(BODY);
        long rate = Math.max(connections.patience().minRate(), 1);
        long began = 0;
        long received = 0;
        while (!mail.ended()) {
            if (inflow.isEmpty() && !inflow.fillThick()) {
                ended = true;
                return Ending.CUT;
            }
            if (received == 0) {
                began = connections.now();
            }
            received += inflow.into(mail);
            phase = new Phase(Phase.Kind.BUSY, began, RATED.plusSeconds(received / rate));
        }
        within(REPLY);
        return mail.tooLong() ? Ending.TOO_LONG : Ending.WHOLE;
    }

    /** One more command that leads nowhere. */
    void countJunk() {
        junk++;
    }

    /** A mail has come: what led nowhere before is forgotten. */
    void forgetJunk() {
        junk = 0;
    }

    /** The client's answer to a question within a command; empty at the end of the session. */
    Optional<String> answer() {
        return line(Line.answer(), Phase.Kind.LISTENING).map(Line::text);
    }

    /** The next command; empty at the end of the session, which was said if it was ours to say. */
    private Optional<Line> command() {
        SmtpSettings.Limits limits = connections.limits();
        if (!ended && replies.errors() >= (connections.isStressed() ? 1 : limits.errors())) {
            return end("421 4.7.0 Too many errors");
        }
        if (!ended && junk >= limits.junk()) {
            return end("421 4.7.0 Too many commands without a mail");
        }
        return line(Line.command(), client.hasMail() ? Phase.Kind.LISTENING : Phase.Kind.IDLE);
    }

    private Optional<Line> line(Line line, Phase.Kind kind) {
        phase = new Phase(kind, connections.now(), connections.patience().command());
        while (!line.isWhole()) {
            if (ended || (inflow.isEmpty() && !inflow.fill())) {
                ended = true;
                return Optional.empty();
            }
            if (phase.kind() == Phase.Kind.IDLE) {
                phase = new Phase(Phase.Kind.LISTENING, phase.since(), phase.limit());
            }
            if (!line.add(inflow.next())) {
                return end("500 5.5.2 The line is too long, or holds what no command holds");
            }
        }
        if (leaving) {
            // It is being told to go: what it said meanwhile is not done.
            ended = true;
            return Optional.empty();
        }
        within(REPLY);
        return line.isUtf8() ? Optional.of(line) : end("500 5.5.2 The line is not UTF-8");
    }

    /** Says the last word; always empty. */
    private Optional<Line> end(String reply) {
        ended = true;
        try {
            replies.say(reply);
        } catch (IOException e) {
            LOG.debug("a last word was not heard: {}", e.toString());
        }
        return Optional.empty();
    }

    /** Says a last word while the client is waited for, and closes; called again, it sees to that. From one thread. */
    void leave(String reply) {
        long now = connections.now();
        if (leaving) {
            if (now - leavesSince >= LAST_WORD.toNanos()) {
                cut();
            }
            return;
        }
        leavesSince = now;
        leaving = true;
        // Whoever does not read must not hold up the one who keeps the time.
        Thread.ofVirtual().start(() -> {
            try {
                replies.say(reply);
                socket.shutdownOutput();
            } catch (IOException e) {
                LOG.debug("a last word was not heard: {}", e.toString());
            } finally {
                cut();
            }
        });
    }

    /** Closes at once, which ends every read, write and handshake; from any thread. */
    void cut() {
        try {
            plain.close();
        } catch (IOException e) {
            LOG.debug("closing a connection: {}", e.toString());
        }
    }

    /** Closes with a last word of TLS, and so that what we said is not lost; the session's thread does this. */
    @Override
    public void close() {
        if (!closed.compareAndSet(/* expectedValue= */ false, /* newValue= */ true)) {
            return;
        }
        try {
            socket.shutdownOutput();
            // What is left unread would reset the connection, and our last reply with it.
            InputStream rest = plain.getInputStream();
            for (int left = 64; left > 0 && rest.available() > 0; left--) {
                rest.skipNBytes(rest.available());
            }
        } catch (IOException e) {
            LOG.debug("closing a connection: {}", e.toString());
        } finally {
            cut();
            connections.left(this);
        }
    }

    @Override
    public boolean isClosed() {
        return closed.get();
    }

    /** Deadlines are kept from outside. */
    @Override
    public void setSoTimeout(int timeout) {
        LOG.trace("the shell's timeout of {} ms is not used", timeout);
    }

    @Override
    public InputStream getInputStream() {
        return lines;
    }

    @Override
    public OutputStream getOutputStream() {
        return replies;
    }
}
