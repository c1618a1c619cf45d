package org.signalpost.net;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ProtocolException;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a proxy says of a client before it lets it speak (the PROXY protocol of HAProxy, versions 1 and 2). Reads the
 * header and not one octet more.
 */
public final class ProxyHeader {
    /** The longest line of version 1, with its line end. */
    private static final int LONGEST_LINE = 107;

    private static final int MOST_DATA = 2048;

    /** The longest header of either version, in octets. */
    public static final int LONGEST = 16 + MOST_DATA;

    private static final byte[] MAGIC = {'\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'};

    private static final String ADDRESS = "([0-9A-Fa-f.:]{2,45})";
    private static final Pattern LINE = Pattern.compile(
            "PROXY (?:TCP4|TCP6) " + ADDRESS + " " + ADDRESS + " ([0-9]{1,5}) ([0-9]{1,5})\r\n|PROXY UNKNOWN.*\r\n");

    private static final int LOCAL = 0x20;
    private static final int PROXIED = 0x21;
    private static final int TCP4 = 0x11;
    private static final int TCP6 = 0x21;

    private ProxyHeader() {}

    /**
     * The address of the client; empty when the proxy speaks for itself or does not know.
     *
     * @throws ProtocolException when it is no such header
     */
    public static Optional<InetAddress> read(InputStream in) throws IOException {
        int first = next(in);
        return switch (first) {
            case 'P' -> line(in);
            case '\r' -> binary(in);
            default -> throw wrong();
        };
    }

    private static int next(InputStream in) throws IOException {
        int octet = in.read();
        if (octet < 0) {
            throw new EOFException("the proxy has hung up");
        }
        return octet;
    }

    private static ProtocolException wrong() {
        return new ProtocolException("this is no PROXY header");
    }

    private static Optional<InetAddress> line(InputStream in) throws IOException {
        var text = new StringBuilder("P");
        while (text.charAt(text.length() - 1) != '\n') {
            if (text.length() == LONGEST_LINE) {
                throw wrong();
            }
            text.append((char) next(in));
        }
        Matcher matcher = LINE.matcher(text);
        if (!matcher.matches()) {
            throw wrong();
        }
        String address = matcher.group(1);
        if (address == null) {
            return Optional.empty();
        }
        boolean four = text.charAt("PROXY TCP".length()) == '4';
        if (four == address.contains(":")) {
            throw wrong();
        }
        return Optional.of(AddressLiteral.parse(address).orElseThrow(ProxyHeader::wrong));
    }

    private static Optional<InetAddress> binary(InputStream in) throws IOException {
        var head = new byte[16];
        head[0] = '\r';
        if (in.readNBytes(head, 1, 15) < 15) {
            throw new EOFException("the proxy has hung up");
        }
        int length = (head[14] & 0xFF) << 8 | (head[15] & 0xFF);
        if (!Arrays.equals(head, 0, MAGIC.length, MAGIC, 0, MAGIC.length) || length > MOST_DATA) {
            throw wrong();
        }
        byte[] data = in.readNBytes(length);
        if (data.length < length) {
            throw new EOFException("the proxy has hung up");
        }
        int act = head[12];
        if (act == LOCAL) {
            return Optional.empty();
        }
        int size = head[13] == TCP4 ? 4 : head[13] == TCP6 ? 16 : 0;
        if (act != PROXIED || (size > 0 && data.length < 2 * size + 4)) {
            throw wrong();
        }
        return size == 0 ? Optional.empty() : Optional.of(InetAddress.getByAddress(Arrays.copyOf(data, size)));
    }
}
