package org.signalpost.rewrite;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Looks through octets eight at a time: a mail is read from end to end several times, mostly for its line ends.
 *
 * <p>Pure; safe to call from any thread. Ranges are {@code from} inclusive to {@code to} exclusive, and lie inside of
 * the array.
 */
public final class Octets {
    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long ONES = 0x0101010101010101L;
    private static final long LOW_BITS = 0x7f7f7f7f7f7f7f7fL;
    private static final long HIGH_BITS = 0x8080808080808080L;

    private Octets() {}

    /** The first place of an ASCII character; {@code to} when there is none. */
    public static int find(byte[] octets, char wanted, int from, int to) {
        long eightWanted = ONES * wanted;
        int at = from;
        for (; at + 8 <= to; at += 8) {
            long marks = zeros((long) EIGHT.get(octets, at) ^ eightWanted);
            if (marks != 0) {
                return at + (Long.numberOfTrailingZeros(marks) >> 3);
            }
        }
        while (at < to && octets[at] != wanted) {
            at++;
        }
        return at;
    }

    /** The first place of either of two ASCII characters; {@code to} when there is none. */
    public static int findEither(byte[] octets, char one, char other, int from, int to) {
        long eightOne = ONES * one;
        long eightOther = ONES * other;
        int at = from;
        for (; at + 8 <= to; at += 8) {
            long eight = (long) EIGHT.get(octets, at);
            long marks = zeros(eight ^ eightOne) | zeros(eight ^ eightOther);
            if (marks != 0) {
                return at + (Long.numberOfTrailingZeros(marks) >> 3);
            }
        }
        while (at < to && octets[at] != one && octets[at] != other) {
            at++;
        }
        return at;
    }

    /** The last place of an ASCII character; -1 when there is none. */
    public static int findLast(byte[] octets, char wanted, int from, int to) {
        int at = to - 1;
        while (at >= from && octets[at] != wanted) {
            at--;
        }
        return at < from ? -1 : at;
    }

    /** How often an ASCII character occurs. */
    public static int count(byte[] octets, char wanted, int from, int to) {
        long eightWanted = ONES * wanted;
        int count = 0;
        int at = from;
        for (; at + 8 <= to; at += 8) {
            long differing = (long) EIGHT.get(octets, at) ^ eightWanted;
            // The high bit of each octet that is not zero, then those that are: here each mark has to be true.
            long nonZero = ((differing & LOW_BITS) + LOW_BITS) | differing;
            count += Long.bitCount(~nonZero & HIGH_BITS);
        }
        for (; at < to; at++) {
            count += octets[at] == wanted ? 1 : 0;
        }
        return count;
    }

    /** Whether all of them are ASCII. */
    public static boolean areAscii(byte[] octets, int from, int to) {
        int at = from;
        for (; at + 8 <= to; at += 8) {
            if (((long) EIGHT.get(octets, at) & HIGH_BITS) != 0) {
                return false;
            }
        }
        for (; at < to; at++) {
            if (octets[at] < 0) {
                return false;
            }
        }
        return true;
    }

    /** Marks the octets that are zero with their high bit; the lowest mark is true, those above it may not be. */
    private static long zeros(long eight) {
        return (eight - ONES) & ~eight & HIGH_BITS;
    }
}
