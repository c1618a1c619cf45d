package org.signalpost.relay.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A client that speaks SMTP as it likes; one octet for each character. */
final class Talk implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 20_000;

    private final Socket socket;

    /** Connects, and hears the greeting. */
    Talk(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(PATIENCE_MILLIS);
        hear("220");
    }

    /** A whole reply, whose last line begins so. */
    void hear(String wanted) throws IOException {
        String line = line();
        while (line.length() > 3 && line.charAt(3) == '-') {
            line = line();
        }
        assertThat(line).startsWith(wanted);
    }

    private String line() throws IOException {
        var line = new StringBuilder();
        int octet = socket.getInputStream().read();
        while (octet >= 0 && octet != '\n') {
            line.append((char) octet);
            octet = socket.getInputStream().read();
        }
        return line.toString();
    }

    void write(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    void say(String line, String wanted) throws IOException {
        write(line + "\r\n");
        hear(wanted);
    }

    /** Up to where the mail itself is wanted. */
    void begin() throws IOException {
        say("MAIL FROM:<shop@example.org>", "250");
        say("RCPT TO:<ann@example.com>", "250");
        say("DATA", "354");
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
