package org.signalpost.rewrite.html;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Counts line ends, eight octets at a time. */
final class LineCount {
    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long ONES = 0x0101010101010101L;
    private static final long LOW_BITS = 0x7f7f7f7f7f7f7f7fL;
    private static final long LINE_FEEDS = ONES * '\n';

    private LineCount() {}

    /** How many line feeds there are. */
    static int of(byte[] octets, int from, int to) {
        int count = 0;
        int at = from;
        for (; at + 8 <= to; at += 8) {
            long differing = (long) EIGHT.get(octets, at) ^ LINE_FEEDS;
            // The high bit of each octet that is not zero, then those that are.
            long nonZero = ((differing & LOW_BITS) + LOW_BITS) | differing;
            count += Long.bitCount(~nonZero & ~LOW_BITS);
        }
        for (; at < to; at++) {
            count += octets[at] == '\n' ? 1 : 0;
        }
        return count;
    }
}
