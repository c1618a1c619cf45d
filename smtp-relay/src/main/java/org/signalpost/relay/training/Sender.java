package org.signalpost.relay.training;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A client as most are: one connection for each mail, one command at a time. */
final class Sender {
    private static final int PATIENCE_MILLIS = 20_000;

    private Sender() {}

    /**
     * Sends the mail to a server on this machine.
     *
     * @throws IOException when it does not take it
     */
    static void send(int port, byte[] mail) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            var reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            OutputStream out = socket.getOutputStream();
            hear(reader, '2');
            say(out, reader, "EHLO client.example.com", '2');
            say(out, reader, "MAIL FROM:<shop@example.com> SIZE=" + mail.length, '2');
            say(out, reader, "RCPT TO:<ann@example.org>", '2');
            say(out, reader, "DATA", '3');
            out.write(mail);
            say(out, reader, ".", '2');
            say(out, reader, "QUIT", '2');
        }
    }

    private static void say(OutputStream out, BufferedReader reader, String line, char wanted) throws IOException {
        out.write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
        hear(reader, wanted);
    }

    private static void hear(BufferedReader reader, char wanted) throws IOException {
        String line = reader.readLine();
        while (line != null && line.length() > 3 && line.charAt(3) == '-') {
            line = reader.readLine();
        }
        if (line == null || line.isEmpty() || line.charAt(0) != wanted) {
            throw new IOException("the server says: " + line);
        }
    }
}
