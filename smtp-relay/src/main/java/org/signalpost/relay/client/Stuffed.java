package org.signalpost.relay.client;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.signalpost.rewrite.Octets;

/**
 * The content of a mail on its way out: a dot that begins a line is doubled (RFC 5321 section 4.5.2), and a bare CR or
 * LF becomes CRLF (section 2.3.8). The library's own stream does the same line by line; most mails need neither, and go
 * out as they lie in memory. One mail, one thread.
 */
final class Stuffed extends OutputStream {
    private static final byte[] LINE_END = {'\r', '\n'};

    private final OutputStream out;
    private boolean lineBegins = true;

    /** The octet before was a CR, which is out as CRLF already. */
    private boolean ended;

    Stuffed(OutputStream out) {
        this.out = new BufferedOutputStream(out);
    }

    @Override
    public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] octets, int from, int length) throws IOException {
        int to = from + length;
        int at = ended && length > 0 && octets[from] == '\n' ? from + 1 : from;
        int done = at;
        ended &= length == 0;
        while (at < to) {
            if (lineBegins && octets[at] == '.') {
                out.write(octets, done, at - done);
                out.write('.');
                done = at;
            }
            int end = Octets.findEither(octets, '\r', '\n', at, to);
            lineBegins = end < to;
            boolean whole = end + 1 < to && octets[end] == '\r' && octets[end + 1] == '\n';
            if (lineBegins && !whole) {
                out.write(octets, done, end - done);
                out.write(LINE_END, 0, LINE_END.length);
                done = end + 1;
                ended = done == to && octets[end] == '\r';
            }
            at = whole ? end + 2 : end + 1;
        }
        out.write(octets, done, Math.max(to - done, 0));
    }

    /** Ends the last line if it does not end, and sends everything. */
    void end() throws IOException {
        if (!lineBegins) {
            out.write(LINE_END, 0, LINE_END.length);
            lineBegins = true;
        }
        out.flush();
    }
}
