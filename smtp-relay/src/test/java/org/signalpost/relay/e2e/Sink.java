package org.signalpost.relay.e2e;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** A next hop that takes everything and keeps the octets as they came over the wire, unstuffed. */
final class Sink implements AutoCloseable {
    /** One transaction that ended with 250. */
    static final class Received {
        private final String sender;
        private final List<String> recipients;
        private final byte[] octets;

        private Received(String sender, List<String> recipients, byte[] octets) {
            this.sender = sender;
            this.recipients = List.copyOf(recipients);
            this.octets = octets;
        }

        String sender() {
            return sender;
        }

        List<String> recipients() {
            return recipients;
        }

        byte[] octets() {
            return octets;
        }

        String text() {
            return new String(octets, StandardCharsets.ISO_8859_1);
        }
    }

    private final CopyOnWriteArrayList<Received> received = new CopyOnWriteArrayList<>();
    private final ServerSocket server;
    private volatile CountDownLatch gate = new CountDownLatch(0);

    private Sink(ServerSocket server) {
        this.server = server;
    }

    /** On this port of the loopback address; 0 for any. */
    static Sink listening(int port) throws IOException {
        var server = new ServerSocket();
        server.setReuseAddress(true);
        server.bind(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
        var sink = new Sink(server);
        Thread.ofVirtual().start(sink::accept);
        return sink;
    }

    /** Whatever comes is recorded, and not answered until {@link #letGo}. */
    void hold() {
        gate = new CountDownLatch(1);
    }

    void letGo() {
        gate.countDown();
    }

    int port() {
        return server.getLocalPort();
    }

    List<Received> received() {
        return List.copyOf(received);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            OutputStream out = new BufferedOutputStream(socket.getOutputStream());
            say(out, "220 sink.test ESMTP");
            String sender = "";
            var recipients = new ArrayList<String>();
            for (String line = line(in); !line.isEmpty(); line = line(in)) {
                String verb = line.split("[ \r\n]", 2)[0].toUpperCase(Locale.ROOT);
                switch (verb) {
                    case "EHLO" -> say(out, "250-sink.test\r\n250-8BITMIME\r\n250-SIZE 50000000\r\n250 PIPELINING");
                    case "MAIL" -> {
                        sender = between(line);
                        recipients.clear();
                        say(out, "250 2.1.0 ok");
                    }
                    case "RCPT" -> {
                        recipients.add(between(line));
                        say(out, "250 2.1.5 ok");
                    }
                    case "DATA" -> {
                        say(out, "354 go on");
                        received.add(new Received(sender, recipients, data(in)));
                        gate.await();
                        say(out, "250 2.0.0 taken");
                    }
                    case "QUIT" -> {
                        say(out, "221 2.0.0 bye");
                        return;
                    }
                    default -> say(out, "250 2.0.0 ok");
                }
            }
        } catch (IOException | InterruptedException e) {
            // The client went away; what it completed is kept.
        }
    }

    private static String between(String line) {
        return line.substring(line.indexOf('<') + 1, line.indexOf('>'));
    }

    private static void say(OutputStream out, String line) throws IOException {
        out.write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    /** One line with its end; empty at the end of the stream. */
    private static String line(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        int octet = in.read();
        while (octet >= 0) {
            line.write(octet);
            if (octet == '\n') {
                break;
            }
            octet = in.read();
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    private static byte[] data(InputStream in) throws IOException {
        var octets = new ByteArrayOutputStream();
        for (String line = line(in); !line.equals(".\r\n"); line = line(in)) {
            if (line.isEmpty()) {
                throw new IOException("the connection ended inside a message");
            }
            octets.writeBytes((line.startsWith(".") ? line.substring(1) : line).getBytes(StandardCharsets.ISO_8859_1));
        }
        return octets.toByteArray();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
