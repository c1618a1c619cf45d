package org.signalpost.rewrite.html;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.signalpost.rewrite.OctetSearch;

/** Short ASCII texts in octets. */
final class Markers {
    private Markers() {}

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Every place of each text, as pairs of first and last, in order. */
    static int[][] find(byte[] octets, List<String> texts) {
        var found = new ArrayList<int[]>(0);
        for (String text : texts) {
            for (int at : new OctetSearch(ascii(text)).find(octets)) {
                found.add(new int[] {at, at + text.length()});
            }
        }
        found.sort(Comparator.comparingInt(range -> range[0]));
        return found.toArray(int[][]::new);
    }

    /** Whether these octets are the text, in either case; the text is in lower case. */
    static boolean sameLower(byte[] octets, int at, byte[] text) {
        for (int i = 0; i < text.length; i++) {
            int c = octets[at + i];
            if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != text[i]) {
                return false;
            }
        }
        return true;
    }
}
