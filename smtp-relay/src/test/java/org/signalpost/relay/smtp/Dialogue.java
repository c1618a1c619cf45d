package org.signalpost.relay.smtp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A client that says exactly these octets. */
final class Dialogue implements AutoCloseable {
    private final Socket socket;

    Dialogue(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(10_000);
        reply();
    }

    /** Says it and reads one reply, which may have several lines. */
    String say(String octets) throws IOException {
        write(octets);
        return reply();
    }

    void write(String octets) throws IOException {
        socket.getOutputStream().write(octets.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The next reply; empty when the server has hung up. */
    String reply() throws IOException {
        InputStream in = socket.getInputStream();
        var all = new StringBuilder();
        String line;
        do {
            var octets = new ByteArrayOutputStream();
            int octet = in.read();
            while (octet >= 0 && octet != '\n') {
                octets.write(octet);
                octet = in.read();
            }
            line = octets.toString(StandardCharsets.ISO_8859_1).strip();
            all.append(line).append('\n');
        } while (line.length() > 3 && line.charAt(3) == '-');
        return all.toString().strip();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
