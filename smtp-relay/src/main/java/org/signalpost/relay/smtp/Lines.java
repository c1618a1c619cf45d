package org.signalpost.relay.smtp;

import java.io.InputStream;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What the shell reads: no more than one line at a time, so that it never holds what is not its own. For one thread.
 */
final class Lines extends InputStream {
    private static final byte[] NONE = {};

    private final Supplier<Optional<Line>> source;
    private byte[] line = NONE;
    private int at;

    /** Lines come from {@code source} until it has none. */
    Lines(Supplier<Optional<Line>> source) {
        this.source = source;
    }

    @Override
    public int read() {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] octets, int from, int length) {
        if (at == line.length) {
            line = source.get().map(Line::octets).orElse(NONE);
            at = 0;
        }
        if (line.length == 0) {
            return -1;
        }
        int count = Math.min(length, line.length - at);
        System.arraycopy(line, at, octets, from, count);
        at += count;
        return count;
    }
}
