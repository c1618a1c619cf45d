package org.signalpost.relay.training;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A server on loopback that takes every mail and keeps the text of the newest. Safe to share. */
final class NextHop implements AutoCloseable {
    private final ServerSocket listening;
    private volatile String newest = "";

    private NextHop(ServerSocket listening) {
        this.listening = listening;
    }

    static NextHop open() throws IOException {
        var hop = new NextHop(new ServerSocket(0, 100, InetAddress.getLoopbackAddress()));
        Thread.ofVirtual().start(hop::accept);
        return hop;
    }

    int port() {
        return listening.getLocalPort();
    }

    /** One octet for each character; empty before the first. */
    String newest() {
        return newest;
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket client = listening.accept();
                Thread.ofVirtual().start(() -> talk(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void talk(Socket client) {
        try (client) {
            var reader =
                    new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.ISO_8859_1));
            OutputStream out = client.getOutputStream();
            answer(out, "220 hop.example.org");
            String line = reader.readLine();
            while (line != null && !line.startsWith("QUIT")) {
                if (line.startsWith("DATA")) {
                    answer(out, "354 go on");
                    newest = text(reader);
                }
                answer(out, line.toUpperCase(Locale.ROOT).startsWith("EHLO") ? OFFERED : "250 2.0.0 Ok");
                line = reader.readLine();
            }
        } catch (IOException gone) {
            // The client is not owed anything more.
        }
    }

    private static final String OFFERED = "250-hop.example.org\r\n250-PIPELINING\r\n250-SIZE\r\n250 8BITMIME";

    private static void answer(OutputStream out, String text) throws IOException {
        out.write((text + "\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    private static String text(BufferedReader reader) throws IOException {
        var text = new StringBuilder();
        String line = reader.readLine();
        while (line != null && !line.equals(".")) {
            text.append(line).append("\r\n");
            line = reader.readLine();
        }
        return text.toString();
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
