package org.signalpost.relay.client;

import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection to a next hop, with a deadline that another thread enforces, and a bound on what a peer may say between
 * two things we say: the client library collects a reply line without a limit.
 */
final class PeerSocket extends Socket {
    private static final Logger LOG = LoggerFactory.getLogger(PeerSocket.class);

    private static final long MOST_BETWEEN_WRITES = 64 << 10;

    private static final int BLOCK = 16 << 10;

    private volatile Duration patience = Duration.ofMinutes(5);
    private volatile long deadline = Long.MAX_VALUE;

    /** Behind this no progress helps. */
    private volatile long latest = Long.MAX_VALUE;

    /** One thread at a time talks with the peer. */
    private long heard;

    private Optional<SSLSocket> tls = Optional.empty();

    /** What is held back while several commands are put together. */
    private Optional<ByteArrayOutputStream> held = Optional.empty();

    /**
     * From now on no longer than this without progress: each write that comes through begins the time anew, what the
     * peer says does not, lest it says one octet at a time.
     */
    void within(Duration time) {
        patience = time;
        long now = System.nanoTime();
        long until = now + time.toNanos();
        deadline = latest != Long.MAX_VALUE && latest - until < 0 ? latest : until;
    }

    /** What follows has to be over within this time, whatever progress it makes, until {@link #inItsOwnTime}. */
    void allWithin(Duration time) {
        latest = System.nanoTime() + time.toNanos();
        within(patience);
    }

    /** From now on only progress counts. */
    void inItsOwnTime() {
        latest = Long.MAX_VALUE;
    }

    /** From now on TLS is spoken over it. */
    void securedBy(SSLSocket over) {
        tls = Optional.of(over);
    }

    /** Whether TLS is spoken over it. */
    boolean isSecured() {
        return tls.isPresent();
    }

    /** Through which the peer is told something, over TLS if that is spoken. */
    OutputStream spoken() throws IOException {
        return tls.isPresent() ? tls.get().getOutputStream() : getOutputStream();
    }

    /** Holds back what is written from now on, to send it in one go. */
    void hold() {
        held = Optional.of(new ByteArrayOutputStream());
    }

    /** Sends what was held back. */
    void sendHeld() throws IOException {
        byte[] octets = held.map(ByteArrayOutputStream::toByteArray).orElse(new byte[0]);
        held = Optional.empty();
        getOutputStream().write(octets);
    }

    /** Nothing is waited for. */
    void atRest() {
        deadline = Long.MAX_VALUE;
    }

    boolean overdue() {
        long until = deadline;
        return until != Long.MAX_VALUE && System.nanoTime() - until > 0;
    }

    @Override
    public InputStream getInputStream() throws IOException {
        return new FilterInputStream(super.getInputStream()) {
            @Override
            public int read() throws IOException {
                count(1);
                return in.read();
            }

            @Override
            public int read(byte[] octets, int from, int length) throws IOException {
                int read = in.read(octets, from, length);
                count(Math.max(read, 0));
                return read;
            }
        };
    }

    /** Closes it under whoever waits for it; from any thread. */
    void cut() {
        try {
            close();
        } catch (IOException e) {
            LOG.debug("closing a connection: {}", e.toString());
        }
    }

    private void count(int octets) throws IOException {
        heard += octets;
        if (heard > MOST_BETWEEN_WRITES) {
            throw new IOException("the peer says more than a reply");
        }
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        return new FilterOutputStream(super.getOutputStream()) {
            @Override
            public void write(int octet) throws IOException {
                write(new byte[] {(byte) octet}, 0, 1);
            }

            @Override
            public void write(byte[] octets, int from, int length) throws IOException {
                if (held.isPresent()) {
                    held.get().write(octets, from, length);
                    return;
                }
                heard = 0;
                for (int at = from; at < from + length; at += BLOCK) {
                    out.write(octets, at, Math.min(BLOCK, from + length - at));
                    within(patience);
                }
            }
        };
    }
}
