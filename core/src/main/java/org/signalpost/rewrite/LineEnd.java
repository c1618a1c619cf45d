package org.signalpost.rewrite;

/** How the lines of a mail end: what is put in ends alike. */
public final class LineEnd {
    private LineEnd() {}

    /** The first line end in a range of octets, CRLF or LF; CRLF when there is none. */
    public static String first(byte[] octets, int from, int to) {
        for (int i = from; i < to; i++) {
            if (octets[i] == '\n') {
                return i > from && octets[i - 1] == '\r' ? "\r\n" : "\n";
            }
        }
        return "\r\n";
    }
}
