package org.signalpost.relay.dkim;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import org.signalpost.rewrite.mime.Fields;

/**
 * The canonicalisation {@code relaxed} (RFC 6376 section 3.4.2 and 3.4.4), on octets; line ends are CRLF.
 *
 * <p>A body without a last line end is taken as SMTP sends it, with one. One body, one thread.
 */
final class Relaxed {
    private static final byte[] BLANK = {' '};
    private static final byte[] LINE_END = {'\r', '\n'};

    private final byte[] octets;
    private final Sink sink;
    private int linesEnded;
    private boolean empty = true;

    private Relaxed(byte[] octets, Sink sink) {
        this.octets = octets;
        this.sink = sink;
    }

    /** Takes canonical octets, such as a digest does. */
    interface Sink {
        void take(byte[] octets, int from, int length);
    }

    /** The body from here to the end of the mail. */
    static void body(byte[] octets, int from, Sink sink) {
        new Relaxed(octets, sink).body(from);
    }

    private void body(int from) {
        int begin = from;
        int at = from;
        while (at < octets.length) {
            if (isBlank(octets[at])) {
                int end = at;
                while (end < octets.length && isBlank(octets[end])) {
                    end++;
                }
                boolean atLineEnd = end == octets.length || endsLine(end);
                boolean stays = !atLineEnd && end == at + 1 && octets[at] == ' ';
                if (!stays) {
                    put(octets, begin, at);
                    if (!atLineEnd) {
                        put(BLANK, 0, 1);
                    }
                    begin = end;
                }
                at = end;
            } else if (endsLine(at)) {
                put(octets, begin, at);
                linesEnded++;
                at += 2;
                begin = at;
            } else {
                at++;
            }
        }
        put(octets, begin, at);
        if (!empty) {
            sink.take(LINE_END, 0, 2);
        }
    }

    /** Line ends wait until something follows: empty lines at the end do not count. */
    private void put(byte[] source, int from, int to) {
        if (from < to) {
            for (; linesEnded > 0; linesEnded--) {
                sink.take(LINE_END, 0, 2);
            }
            sink.take(source, from, to - from);
            empty = false;
        }
    }

    private boolean endsLine(int at) {
        return octets[at] == '\r' && at + 1 < octets.length && octets[at + 1] == '\n';
    }

    private static boolean isBlank(byte octet) {
        return octet == ' ' || octet == '\t';
    }

    /** One field, with its name, without its last line end. */
    static byte[] field(byte[] octets, int from, int to) {
        var canonical = new ByteArrayOutputStream(to - from);
        int colon = from;
        while (octets[colon] != ':') {
            colon++;
        }
        String name = new String(octets, from, colon - from, US_ASCII);
        canonical.writeBytes((name.strip().toLowerCase(Locale.ROOT) + ":").getBytes(US_ASCII));
        boolean begun = false;
        boolean blank = false;
        for (int at = colon + 1; at < to; at++) {
            if (isBlank(octets[at])) {
                blank = true;
            } else if (octets[at] != '\r' && octets[at] != '\n') {
                if (blank && begun) {
                    canonical.write(' ');
                }
                canonical.write(octets[at]);
                begun = true;
                blank = false;
            }
        }
        return canonical.toByteArray();
    }

    /** The fields that h= names, each with its line end: of those with one name the last first (section 5.4.2). */
    static byte[] header(byte[] octets, Fields fields, List<String> names) {
        var canonical = new ByteArrayOutputStream();
        var taken = new HashMap<String, Integer>();
        for (String name : names) {
            String key = name.toLowerCase(Locale.ROOT);
            List<Fields.Field> named = fields.list().stream()
                    .filter(field -> field.name().equals(key))
                    .toList();
            int nth = taken.merge(key, 1, Integer::sum);
            if (nth <= named.size()) {
                Fields.Field field = named.get(named.size() - nth);
                canonical.writeBytes(field(octets, field.from(), field.to()));
                canonical.writeBytes(LINE_END);
            }
        }
        return canonical.toByteArray();
    }

    /** What is signed: the fields that h= names, and the signature without its b= (section 3.7). */
    static byte[] content(byte[] octets, Fields fields, List<String> names, byte[] unsigned) {
        var content = new ByteArrayOutputStream();
        content.writeBytes(header(octets, fields, names));
        content.writeBytes(field(unsigned, 0, unsigned.length));
        return content.toByteArray();
    }

    /** The hash of a body. */
    static byte[] bodyHash(byte[] octets, int from) {
        var digest = DkimAlgorithm.sha256();
        body(octets, from, digest::update);
        return digest.digest();
    }
}
