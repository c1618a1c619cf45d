package org.signalpost.rewrite;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A rewrite as what it is: sorted, disjoint ranges of the original octets, each with what stands there afterwards.
 *
 * <p>Applying them is the only way a mail is ever changed. Immutable and safe to share.
 */
public final class Cuts {
    private final List<Cut> cuts;

    /** Sorted by place and disjoint, or it is a caller's mistake. Two insertions at one place keep their order. */
    public Cuts(List<Cut> cuts) {
        this.cuts = List.copyOf(cuts);
        int end = 0;
        for (Cut cut : this.cuts) {
            if (cut.from() < end) {
                throw new IllegalArgumentException("cuts overlap at octet " + cut.from());
            }
            end = cut.to();
        }
    }

    /** The cuts, sorted by place. */
    public List<Cut> list() {
        return cuts;
    }

    /** The octets after all cuts. */
    public byte[] apply(byte[] original) {
        var result = new byte[Math.toIntExact(original.length + growth())];
        int in = 0;
        int out = 0;
        for (Cut cut : cuts) {
            System.arraycopy(original, in, result, out, cut.from() - in);
            out += cut.from() - in;
            System.arraycopy(cut.replacement, 0, result, out, cut.replacement.length);
            out += cut.replacement.length;
            in = cut.to();
        }
        System.arraycopy(original, in, result, out, original.length - in);
        return result;
    }

    /** By how many octets the result is longer than the original. */
    public long growth() {
        long growth = 0;
        for (Cut cut : cuts) {
            growth += cut.replacement.length - (cut.to() - cut.from());
        }
        return growth;
    }

    /** The cuts that turn the result of {@link #apply} back into {@code original}. */
    public Cuts inverse(byte[] original) {
        var inverse = new ArrayList<Cut>(cuts.size());
        int shift = 0;
        for (Cut cut : cuts) {
            var removed = Arrays.copyOfRange(original, cut.from(), cut.to());
            int from = cut.from() + shift;
            inverse.add(new Cut(from, from + cut.replacement.length, removed));
            shift += cut.replacement.length - removed.length;
        }
        return new Cuts(inverse);
    }

    /** Whether undoing the cuts on the result gives the original back, octet for octet; allocates nothing. */
    public boolean undoes(byte[] original, byte[] result) {
        int in = 0;
        int out = 0;
        for (Cut cut : cuts) {
            int same = cut.from() - in;
            int length = cut.replacement.length;
            if (out + same + length > result.length
                    || !Arrays.equals(original, in, in + same, result, out, out + same)
                    || !Arrays.equals(cut.replacement, 0, length, result, out + same, out + same + length)) {
                return false;
            }
            in = cut.to();
            out += same + length;
        }
        return Arrays.equals(original, in, original.length, result, out, result.length);
    }

    /** One range of the original, and what stands there afterwards. */
    public static final class Cut {
        private final int from;
        private final int to;
        private final byte[] replacement;

        /** From the first octet to the one behind the last; the replacement is taken over, not copied. */
        public Cut(int from, int to, byte[] replacement) {
            if (from < 0 || to < from) {
                throw new IllegalArgumentException("no range: " + from + " to " + to);
            }
            this.from = from;
            this.to = to;
            this.replacement = replacement;
        }

        /** The first octet that goes. */
        public int from() {
            return from;
        }

        /** The octet behind the last one that goes. */
        public int to() {
            return to;
        }

        /** What stands there afterwards; a copy. */
        public byte[] replacement() {
            return replacement.clone();
        }
    }
}
