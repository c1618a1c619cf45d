package org.signalpost.rewrite;

import java.util.Arrays;

/** Looks for a short text in octets, stepping over most of them (Horspool's search). */
public final class OctetSearch {
    private OctetSearch() {}

    /** Every place where the text begins, in order; places may not overlap. */
    public static int[] find(byte[] octets, byte[] text) {
        int length = text.length;
        var skip = new int[256];
        Arrays.fill(skip, length);
        for (int i = 0; i < length - 1; i++) {
            skip[text[i] & 0xff] = length - 1 - i;
        }
        var found = new int[8];
        int count = 0;
        int end = length - 1;
        while (end < octets.length) {
            int i = 0;
            while (i < length && octets[end - i] == text[length - 1 - i]) {
                i++;
            }
            if (i == length) {
                if (count == found.length) {
                    found = Arrays.copyOf(found, 2 * count);
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
