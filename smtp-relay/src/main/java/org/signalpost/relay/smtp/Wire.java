package org.signalpost.relay.smtp;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * The text side of one connection: whole checked command lines for the shell, message bodies, counters and deadlines.
 *
 * <p>The shell is handed at most one line per read, so that it never buffers more than the line in hand. One thread
 * reads and writes; {@link #overdue} and {@link #close} may come from another.
 */
final class Wire extends Socket {
    private static final int LONGEST_LINE = 512;
    private static final Duration REPLY = Duration.ofMinutes(1);

    private final Socket socket;
    private final SmtpSettings.Limits limits;
    private final Submission submission = new Submission();
    private final InputStream lines = new Lines();
    private final OutputStream replies = new Replies();
    private final byte[] buffer = new byte[16 << 10];
    private int at;
    private int filled;
    private byte[] line = new byte[0];
    private int lineAt;
    private int errors;
    private boolean ended;
    private volatile long deadline;
    private volatile boolean idle;

    /** Takes a connected socket over. */
    Wire(Socket socket, SmtpSettings.Limits limits) {
        this.socket = socket;
        this.limits = limits;
        within(REPLY);
    }

    Submission submission() {
        return submission;
    }

    /** Whether the client has taken longer than it may. */
    boolean overdue() {
        return System.nanoTime() - deadline > 0;
    }

    /** Whether it waits for a command outside of a transaction. */
    boolean idle() {
        return idle;
    }

    private void within(Duration time) {
        deadline = System.nanoTime() + time.toNanos();
    }

    /** How a body ended. */
    enum Ending {
        /** At its true end. */
        WHOLE,
        /** At its true end, but it was longer than allowed. */
        TOO_LONG,
        /** At its true end, but there was no memory for it. */
        NO_ROOM,
        /** The connection ended first. */
        CUT
    }

    /** Reads to the true end of a mail; {@code room} is asked before the held octets may grow to a number. */
    Ending body(EndOfData mail, IntPredicate room) throws IOException {
        within(limits.bodyStart());
        long began = System.nanoTime();
        long received = 0;
        boolean roomy = true;
        while (!mail.ended()) {
            if (at == filled && !fill()) {
                return Ending.CUT;
            }
            int read = mail.read(buffer, at, filled);
            at += read;
            received += read;
            if (received == read) {
                // The rate counts from the first octet on.
                began = System.nanoTime();
            }
            deadline =
                    began + Duration.ofSeconds(10 + received / limits.minRate()).toNanos();
            roomy = roomy && room.test(mail.held());
            if (!roomy || mail.tooLong()) {
                mail.forget();
            }
        }
        within(REPLY);
        return mail.tooLong() ? Ending.TOO_LONG : roomy ? Ending.WHOLE : Ending.NO_ROOM;
    }

    private boolean fill() throws IOException {
        int read = socket.getInputStream().read(buffer, 0, buffer.length);
        at = 0;
        filled = Math.max(read, 0);
        return read > 0;
    }

    /** Reads the next line; false at the end of the session, which was said if it was ours to say. */
    private boolean nextLine() throws IOException {
        if (ended || errors >= limits.errors()) {
            return !ended && end("421 4.7.0 Too many errors");
        }
        within(limits.command());
        idle = !submission.begun();
        var read = new byte[LONGEST_LINE];
        int length = 0;
        while (length < 2 || read[length - 1] != '\n') {
            if (at == filled && !fill()) {
                ended = true;
                return false;
            }
            byte octet = buffer[at++];
            boolean afterCr = length > 0 && read[length - 1] == '\r';
            boolean bad = (afterCr != (octet == '\n')) || (octet >= 0 && octet < ' ' && octet != '\r' && octet != '\n');
            if (bad || octet == 0x7F || length == LONGEST_LINE) {
                return end("500 5.5.2 The line is too long, or holds what no command holds");
            }
            read[length++] = octet;
        }
        idle = false;
        within(REPLY);
        line = java.util.Arrays.copyOf(read, length);
        lineAt = 0;
        return utf8(line) || end("500 5.5.2 The line is not UTF-8");
    }

    private static boolean utf8(byte[] octets) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets)) != null;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    /** Says the last word; always false. */
    private boolean end(String reply) throws IOException {
        ended = true;
        line = new byte[0];
        lineAt = 0;
        socket.getOutputStream().write((reply + "\r\n").getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
        socket.shutdownOutput();
        // What is left unread would reset the connection, and the reply with it.
        int left = 64;
        while (left-- > 0 && socket.getInputStream().available() > 0 && fill()) {
            at = filled;
        }
        return false;
    }

    /** Counts replies of class 4 and 5. */
    private void count(byte[] octets, int from, int length) {
        // A client that sends all its recipients at once is told of each that is too many, and that is no error.
        boolean overshoot = length > 9 && new String(octets, from, 9, StandardCharsets.US_ASCII).equals("452 4.5.3");
        if (length > 0 && (octets[from] == '4' || octets[from] == '5') && !overshoot) {
            errors++;
        }
    }

    /** What the shell reads: one line at a time. */
    private final class Lines extends InputStream {
        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] octets, int from, int length) throws IOException {
            if (lineAt == line.length && !nextLine()) {
                return -1;
            }
            int count = Math.min(length, line.length - lineAt);
            System.arraycopy(line, lineAt, octets, from, count);
            lineAt += count;
            return count;
        }
    }

    /** What the shell writes to: each write begins a reply. */
    private final class Replies extends OutputStream {
        private boolean lineStart = true;

        @Override
        public void write(int octet) throws IOException {
            write(new byte[] {(byte) octet}, 0, 1);
        }

        @Override
        public void write(byte[] octets, int from, int length) throws IOException {
            if (lineStart) {
                count(octets, from, length);
            }
            lineStart = length > 0 && octets[from + length - 1] == '\n';
            socket.getOutputStream().write(octets, from, length);
        }

        @Override
        public void flush() throws IOException {
            socket.getOutputStream().flush();
        }
    }

    @Override
    public InputStream getInputStream() {
        return lines;
    }

    @Override
    public OutputStream getOutputStream() {
        return replies;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    @Override
    public boolean isClosed() {
        return socket.isClosed();
    }

    @Override
    public boolean isBound() {
        return socket.isBound();
    }

    @Override
    public boolean isConnected() {
        return socket.isConnected();
    }

    @Override
    public boolean isInputShutdown() {
        return socket.isInputShutdown();
    }

    @Override
    public boolean isOutputShutdown() {
        return socket.isOutputShutdown();
    }

    @Override
    public void setSoTimeout(int timeout) throws SocketException {
        socket.setSoTimeout(timeout);
    }

    @Override
    public int getSoTimeout() throws SocketException {
        return socket.getSoTimeout();
    }

    @Override
    public InetAddress getInetAddress() {
        return Optional.ofNullable(socket.getInetAddress()).orElseGet(InetAddress::getLoopbackAddress);
    }

    @Override
    public InetAddress getLocalAddress() {
        return socket.getLocalAddress();
    }

    @Override
    public int getPort() {
        return socket.getPort();
    }

    @Override
    public int getLocalPort() {
        return socket.getLocalPort();
    }

    @Override
    @SuppressWarnings("NullAway") // As Socket: null when not connected.
    public SocketAddress getRemoteSocketAddress() {
        return socket.getRemoteSocketAddress();
    }

    @Override
    @SuppressWarnings("NullAway") // As Socket: null when not bound.
    public SocketAddress getLocalSocketAddress() {
        return socket.getLocalSocketAddress();
    }
}
