package org.signalpost.relay.smtp;

import java.io.ByteArrayOutputStream;

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

    private final long limit;
    private ByteArrayOutputStream out = new ByteArrayOutputStream();
    private State state = State.BOL;
    private long size;
    private boolean crWaits;

    /** Stores no more than {@code limit} octets of content. */
    EndOfData(long limit) {
        this.limit = limit;
    }

    /** Reads on; returns how many octets belonged to the mail, all of them unless {@link #ended}. */
    int read(byte[] octets, int from, int to) {
        for (int i = from; i < to; i++) {
            step(octets[i]);
            if (state == State.END) {
                return i + 1 - from;
            }
        }
        return to - from;
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

    /** How many octets are held in memory. */
    int held() {
        return out.size();
    }

    /** Gives up storing; the search goes on. */
    void forget() {
        out = new ByteArrayOutputStream();
    }

    /** The content, every line of which ends in CRLF. */
    byte[] content() {
        if (crWaits) {
            lineEnd();
            crWaits = false;
        }
        return out.toByteArray();
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

    private void keep(byte octet) {
        size++;
        if (size > limit) {
            return;
        }
        boolean after = crWaits;
        crWaits = octet == '\r';
        if (after) {
            lineEnd();
        }
        if (octet == '\n') {
            if (!after) {
                lineEnd();
            }
        } else if (octet != '\r') {
            out.write(octet);
        }
    }

    private void lineEnd() {
        out.write('\r');
        out.write('\n');
    }
}
