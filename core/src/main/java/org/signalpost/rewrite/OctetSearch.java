package org.signalpost.rewrite;

import java.util.Arrays;

/** Looks for a short text in octets, stepping over most of them (Horspool's search). Immutable and safe to share. */
public final class OctetSearch {
    private final byte[] text;
    private final int[] skip = new int[256];

    /** Looks for this text. */
    public OctetSearch(byte[] text) {
        this.text = text.clone();
        Arrays.fill(skip, text.length);
        for (int i = 0; i < text.length - 1; i++) {
            skip[text[i] & 0xff] = text.length - 1 - i;
        }
    }

    /** How long the text is, in octets. */
    public int length() {
        return text.length;
    }

    /** Every place where the text begins, in order; places may not overlap. */
    public int[] find(byte[] octets) {
        int length = text.length;
        var found = new int[0];
        int count = 0;
        int end = length - 1;
        while (end < octets.length) {
            int i = 0;
            while (i < length && octets[end - i] == text[length - 1 - i]) {
                i++;
            }
            if (i == length) {
                if (count == found.length) {
                    found = Arrays.copyOf(found, Math.max(8, 2 * count));
                }
                found[count++] = end - length + 1;
                end += length;
            } else {
                end += skip[octets[end] & 0xff];
            }
        }
        return Arrays.copyOf(found, count);
    }
}
