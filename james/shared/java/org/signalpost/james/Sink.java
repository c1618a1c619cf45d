package org.signalpost.james;

import java.io.BufferedInputStream;
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

/** The gateway behind James: takes all mail, announces 8BITMIME, and keeps what came over the wire. */
public final class Sink implements AutoCloseable {
    /**
     * One mail.
     *
     * @param recipients the recipients of the envelope
     * @param mail the mail, one character for each octet
     */
    public record Received(List<String> recipients, String mail) {
        /** Copies the list. */
        public Received {
            recipients = List.copyOf(recipients);
        }
    }

    private final ServerSocket server;
    private final List<Received> received = new CopyOnWriteArrayList<>();

    private Sink(ServerSocket server) {
        this.server = server;
    }

    /** On a free port of this machine. */
    public static Sink start() throws IOException {
        var sink = new Sink(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
        Thread.ofVirtual().start(sink::accept);
        return sink;
    }

    /** Its port. */
    public int port() {
        return server.getLocalPort();
    }

    /** Everything that came so far. */
    public List<Received> received() {
        return List.copyOf(received);
    }

    /** What came with this text in it. */
    public List<Received> received(String text) {
        return received.stream().filter(one -> one.mail().contains(text)).toList();
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
            OutputStream out = socket.getOutputStream();
            say(out, "220 sink.test ESMTP");
            var recipients = new ArrayList<String>();
            for (String line = line(in); !line.isEmpty(); line = line(in)) {
                switch (line.strip().split("[ :]", 2)[0].toUpperCase(Locale.ROOT)) {
                    case "EHLO" -> say(out, "250-sink.test\r\n250 8BITMIME");
                    case "MAIL" -> {
                        recipients.clear();
                        say(out, "250 ok");
                    }
                    case "RCPT" -> {
                        recipients.add(line.substring(line.indexOf('<') + 1, line.indexOf('>')));
                        say(out, "250 ok");
                    }
                    case "DATA" -> {
                        say(out, "354 go on");
                        received.add(new Received(recipients, data(in)));
                        say(out, "250 taken");
                    }
                    default -> say(out, "250 ok");
                }
            }
        } catch (IOException e) {
            // The client went away; what it completed is kept.
        }
    }

    private static void say(OutputStream out, String line) throws IOException {
        out.write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    private static String data(InputStream in) throws IOException {
        var mail = new StringBuilder();
        for (String line = line(in); !line.equals(".\r\n"); line = line(in)) {
            if (line.isEmpty()) {
                throw new IOException("the connection ended inside a mail");
            }
            mail.append(line.startsWith(".") ? line.substring(1) : line);
        }
        return mail.toString();
    }

    /** One line with its end; empty at the end of the stream. */
    static String line(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int octet = in.read(); octet >= 0; octet = in.read()) {
            line.write(octet);
            if (octet == '\n') {
                break;
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
