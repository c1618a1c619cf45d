package org.signalpost.relay.delivery;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A next hop that answers what the script says; {@code <close>} hangs up. */
final class ScriptedPeer implements AutoCloseable {
    final List<String> commands = new CopyOnWriteArrayList<>();
    final List<byte[]> mails = new CopyOnWriteArrayList<>();
    final AtomicInteger connections = new AtomicInteger();

    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Map<String, String> script;

    ScriptedPeer(Map<String, String> script) throws IOException {
        this.script = script;
        Thread.ofVirtual().start(this::accept);
    }

    InetSocketAddress address() {
        return InetSocketAddress.createUnresolved("127.0.0.1", server.getLocalPort());
    }

    /** Closes every connection, as a peer does that finds them idle. */
    void hangUp() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                connections.incrementAndGet();
                sockets.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private boolean say(Socket socket, String verb, String usual) throws IOException {
        String reply = script.getOrDefault(verb, usual);
        if (reply.equals("<close>")) {
            socket.close();
            return false;
        }
        socket.getOutputStream().write((reply + "\r\n").getBytes(StandardCharsets.US_ASCII));
        return true;
    }

    private void serve(Socket socket) {
        try (socket;
                var in = new BufferedReader(
                        new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1))) {
            boolean open = say(socket, "banner", "220 peer.example.org");
            while (open) {
                String line = in.readLine();
                if (line == null) {
                    return;
                }
                commands.add(line);
                String verb = line.split("[ :]", 2)[0].toUpperCase(java.util.Locale.ROOT);
                open = say(
                        socket,
                        verb,
                        verb.equals("EHLO")
                                ? "250-peer\r\n250-SIZE 1000\r\n250 8BITMIME"
                                : verb.equals("DATA") ? "354 go" : "250 ok");
                if (open
                        && verb.equals("DATA")
                        && script.getOrDefault("DATA", "354").startsWith("354")) {
                    body(in);
                    open = say(socket, ".", "250 2.0.0 taken");
                }
            }
        } catch (IOException gone) {
            commands.add("<gone>");
        }
    }

    private void body(BufferedReader in) throws IOException {
        var mail = new ByteArrayOutputStream();
        String line = in.readLine();
        while (line != null && !line.equals(".")) {
            mail.writeBytes(
                    ((line.startsWith(".") ? line.substring(1) : line) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            line = in.readLine();
        }
        mails.add(mail.toByteArray());
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
