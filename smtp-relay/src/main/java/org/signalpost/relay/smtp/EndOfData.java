package org.signalpost.relay.smtp;

import org.signalpost.rewrite.Octets;

/**
 * Finds the end of a mail after DATA, takes the stuffed dots out, and makes every bare CR and LF a CRLF.
 *
 * <p>Only CR LF dot CR LF ends a mail, or dot CR LF as its first octets (RFC 5321 section 4.1.1.4). The search runs on
 * the octets as they came; the other way round LF dot LF would become an end. For one thread.
 */
final class EndOfData {
    private enum State {
        BOL,
        TEXT,
        CR,
        DOT,
        DOTCR,
        END
    }

    /** Takes the content, bit by bit. */
    interface Sink {
        void write(byte[] octets, int from, int to);
    }

    private static final int SMALL = 128;

    private final long limit;
    private final Sink sink;
    private final byte[] waiting = new byte[512];
    private int waits;
    private State state = State.BOL;
    private long size;
    private boolean crWaits;
    private boolean bare;

    /** Hands no more than {@code limit} octets of content on; line ends that become CRLF may add a few. */
    EndOfData(long limit, Sink sink) {
        this.limit = limit;
        this.sink = sink;
    }

    /** Reads on; returns how many octets belonged to the mail, all of them unless {@link #ended}. */
    int read(byte[] octets, int from, int to) {
        int at = from;
        while (at < to && state != State.END) {
            if (state == State.TEXT || (state == State.BOL && octets[at] != '.')) {
                int end = plain(octets, at, to);
                keep(octets, at, end);
                at = end;
            }
            if (at < to) {
                // What is not plain: a dot that begins a line, a CR or LF alone, or a CR whose LF is not here yet.
                step(octets[at++]);
            }
        }
        flush();
        return at - from;
    }

    /**
     * How far what follows needs no second look: lines that end in CRLF and do not begin with a dot. Sets the state
     * behind it.
     */
    private int plain(byte[] octets, int from, int to) {
        int at = from;
        while (true) {
            int end = Octets.findEither(octets, '\r', '\n', at, to);
            if (end == to) {
                state = State.TEXT;
                return to;
            }
            if (octets[end] == '\n' || end + 1 == to || octets[end + 1] != '\n') {
                state = end == from ? state : State.TEXT;
                return end;
            }
            at = end + 2;
            if (at == to || octets[at] == '.') {
                state = State.BOL;
                return at;
            }
        }
    }

    /** Whether the true end was seen. */
    boolean ended() {
        return state == State.END;
    }

    /** The length of the content so far, stuffing taken out. */
    long size() {
        return size;
    }

    /** Whether it is longer than the limit; then only its beginning was stored, or nothing. */
    boolean tooLong() {
        return size > limit;
    }

    /** Whether a CR or an LF stood alone. */
    boolean bare() {
        return bare;
    }

    private void step(byte octet) {
        switch (state) {
            case BOL -> {
                if (octet == '.') {
                    state = State.DOT;
                } else {
                    keep(octet);
                    state = octet == '\r' ? State.CR : State.TEXT;
                }
            }
            case TEXT -> {
                keep(octet);
                state = octet == '\r' ? State.CR : State.TEXT;
            }
            case CR -> {
                keep(octet);
                state = octet == '\r' ? State.CR : octet == '\n' ? State.BOL : State.TEXT;
            }
            case DOT -> {
                if (octet == '\r') {
                    state = State.DOTCR;
                } else {
                    keep(octet);
                    state = State.TEXT;
                }
            }
            case DOTCR -> {
                if (octet == '\n') {
                    state = State.END;
                } else {
                    keep((byte) '\r');
                    keep(octet);
                    state = octet == '\r' ? State.CR : State.TEXT;
                }
            }
            case END -> throw new IllegalStateException("behind the end");
        }
    }

    private void keep(byte[] octets, int from, int to) {
        int length = to - from;
        size += length;
        if (size > limit || length == 0) {
            return;
        }
        if (length > SMALL) {
            flush();
            sink.write(octets, from, to);
            return;
        }
        // Between bare line ends there may be an octet at a time, and the sink may be a disk.
        if (waits + length > waiting.length) {
            flush();
        }
        System.arraycopy(octets, from, waiting, waits, length);
        waits += length;
    }

    private void keep(byte octet) {
        size++;
        boolean after = crWaits;
        crWaits = octet == '\r';
        if (after) {
            bare |= octet != '\n';
            lineEnd();
        }
        if (octet == '\n') {
            if (!after) {
                bare = true;
                lineEnd();
            }
        } else if (octet != '\r') {
            out(octet);
        }
    }

    private void lineEnd() {
        out((byte) '\r');
        out((byte) '\n');
    }

    private void out(byte octet) {
        if (size <= limit) {
            if (waits == waiting.length) {
                flush();
            }
            waiting[waits++] = octet;
        }
    }

    private void flush() {
        int count = waits;
        waits = 0;
        if (count > 0) {
            sink.write(waiting, 0, count);
        }
    }
}
