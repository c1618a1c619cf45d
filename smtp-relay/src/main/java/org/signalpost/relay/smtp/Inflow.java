package org.signalpost.relay.smtp;

import java.io.IOException;
import java.io.InputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has come in from a client and was not used yet.
 *
 * <p>Holds nothing until the first octet comes, then 4 KB, and a block of 64 KB while a large mail comes. For one
 * thread.
 */
final class Inflow {
    private static final Logger LOG = LoggerFactory.getLogger(SmtpServer.class);
    private static final int SMALL = 4 << 10;
    private static final byte[] NOTHING = {};

    private final Blocks blocks;
    private InputStream in;
    private byte[] octets = NOTHING;
    private int at;
    private int filled;

    Inflow(InputStream in, Blocks blocks) {
        this.in = in;
        this.blocks = blocks;
    }

    /** Whether everything was used. */
    boolean isEmpty() {
        return at == filled;
    }

    /** Whether the client has said more than was used, here or still in the socket. */
    boolean hasMore() {
        try {
            return at < filled || in.available() > 0;
        } catch (IOException e) {
            return !gone(e);
        }
    }

    /** From now on it comes from here. */
    void from(InputStream other) {
        in = other;
    }

    /** The next octet; there has to be one. */
    byte next() {
        return octets[at++];
    }

    /** Hands on to a mail what belongs to it; how much that was. */
    int into(EndOfData mail) {
        int read = mail.read(octets, at, filled);
        at += read;
        return read;
    }

    /** Waits for more of a command; false when there will be none. */
    boolean fill() {
        if (octets.length > SMALL) {
            blocks.give(octets);
            octets = NOTHING;
        }
        return octets.length == 0 ? first() : read();
    }

    /** The same for a mail; one that comes thick gets more room. */
    boolean fillThick() {
        if (octets.length == SMALL && filled == SMALL) {
            octets = blocks.take();
        }
        return octets.length == 0 ? first() : read();
    }

    /** A client that says nothing costs nothing. */
    private boolean first() {
        try {
            int octet = in.read();
            if (octet < 0) {
                return false;
            }
            octets = new byte[SMALL];
            octets[0] = (byte) octet;
            at = 0;
            filled = 1;
            return true;
        } catch (IOException e) {
            return gone(e);
        }
    }

    private boolean read() {
        at = 0;
        filled = 0;
        try {
            filled = Math.max(in.read(octets, 0, octets.length), 0);
            letOthers();
            return filled > 0;
        } catch (IOException e) {
            return gone(e);
        }
    }

    /** Nothing takes a processor from a virtual thread: a client that always has more to say would keep it from all. */
    @SuppressWarnings("ThreadPriorityCheck")
    private static void letOthers() {
        Thread.yield();
    }

    /** Clients hang up, reset, or are cut off: all that is an end. */
    private static boolean gone(IOException e) {
        LOG.debug("a connection broke: {}", e.toString());
        return false;
    }
}
