package org.signalpost.relay.smtp;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;

/**
 * What the shell writes its replies to: counts those of class 4 and 5. For the session's thread, but for {@link #say},
 * which may come from another.
 */
final class Replies extends OutputStream {
    private final ReentrantLock writing = new ReentrantLock();
    private final IntConsumer told;
    private volatile OutputStream out;
    private boolean lineStart = true;
    private int errors;

    /** {@code told} is given the first octet of each. */
    Replies(OutputStream out, IntConsumer told) {
        this.out = out;
        this.told = told;
    }

    /** From now on they go there. */
    void to(OutputStream other) {
        out = other;
    }

    /** How many replies were errors. */
    int errors() {
        return errors;
    }

    /** Writes a reply that the shell knows nothing of. */
    void say(String reply) throws IOException {
        told.accept(reply.charAt(0));
        send((reply + "\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    private void send(byte[] octets) throws IOException {
        writing.lock();
        try {
            out.write(octets);
            out.flush();
        } finally {
            writing.unlock();
        }
    }

    @Override
    public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    /** Each write behind a line end begins a reply. */
    @Override
    public void write(byte[] octets, int from, int length) throws IOException {
        byte[] reply = Arrays.copyOfRange(octets, from, from + length);
        if (lineStart && length > 0) {
            told.accept(reply[0]);
            errors += isError(reply) ? 1 : 0;
        }
        lineStart = length > 0 && reply[length - 1] == '\n';
        send(reply);
    }

    /** A client that sends all its recipients at once is told of each that is too many, and that is no error. */
    private static boolean isError(byte[] reply) {
        String start = new String(reply, 0, Math.min(reply.length, 9), StandardCharsets.US_ASCII);
        return (start.startsWith("4") || start.startsWith("5")) && !start.equals("452 4.5.3");
    }
}
