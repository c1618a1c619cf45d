package org.signalpost.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/** A client that says what it likes, octet for octet. */
final class Raw implements AutoCloseable {
    private static final int PATIENCE = 20_000;

    private final Socket socket;

    Raw(RunningServer server) {
        this(server.uri("/").getPort());
    }

    Raw(int port) {
        try {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setSoTimeout(PATIENCE);
            socket.setTcpNoDelay(true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends; false when the other side has hung up. */
    boolean say(String text) {
        try {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** All that comes until the other side hangs up. */
    String rest() {
        try {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (SocketException reset) {
            return "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What comes, up to and with this text, or to the end. */
    String until(String end) {
        var text = new StringBuilder();
        try {
            int octet = socket.getInputStream().read();
            while (octet >= 0) {
                text.append((char) octet);
                if (text.indexOf(end, Math.max(0, text.length() - end.length())) >= 0) {
                    break;
                }
                octet = socket.getInputStream().read();
            }
        } catch (SocketException reset) {
            return text.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    /** One request and everything that is answered, on a connection of its own. */
    static String ask(RunningServer server, String request) {
        try (var raw = new Raw(server)) {
            raw.say(request);
            return raw.rest();
        }
    }

    /** A GET that closes, with these header lines, each with its line end. */
    static String get(String path, String lines) {
        return "GET " + path + " HTTP/1.1\r\nHost: t.example\r\n" + lines + "Connection: close\r\n\r\n";
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
