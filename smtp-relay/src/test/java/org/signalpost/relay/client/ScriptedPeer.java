package org.signalpost.relay.client;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * A next hop that does what a script says: for each verb, {@code banner}, {@code .} (the end of a mail) or {@code body}
 * (said at its first octet, instead of at its end) a reply, and acts in angle brackets: {@code <close>} and
 * {@code <reset>} end the connection, alone or behind a reply; {@code <stall>} says nothing more; {@code <deaf>} does
 * not even read; {@code <endless>} never stops; {@code <split>} sends octet by octet; {@code <lf>} ends lines in a bare
 * LF; {@code <garbage>} talks nonsense from then on. {@code keywords} is what EHLO offers, with commas between; what is
 * said to a verb with {@code later} before it is said under TLS and behind the first mail of a connection.
 */
public final class ScriptedPeer implements AutoCloseable {
    public final List<String> commands = new CopyOnWriteArrayList<>();
    /** Those of them that came without TLS. */
    public final List<String> inClear = new CopyOnWriteArrayList<>();

    public final List<byte[]> mails = new CopyOnWriteArrayList<>();
    /** The mails with their stuffed dots. */
    public final List<byte[]> wire = new CopyOnWriteArrayList<>();

    public final AtomicInteger connections = new AtomicInteger();

    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final Phaser open = new Phaser(1);
    private final CountDownLatch end = new CountDownLatch(1);
    private final ServerSocket server;
    private final Map<String, String> script;
    private final Optional<SSLContext> tls;
    private final boolean fromTheStart;

    public ScriptedPeer(Map<String, String> script) throws IOException {
        this(script, Optional.empty(), /* fromTheStart= */ false);
    }

    /** With a certificate; {@code fromTheStart} is implicit TLS. */
    public ScriptedPeer(Map<String, String> script, Optional<SSLContext> tls, boolean fromTheStart) throws IOException {
        this(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), script, tls, fromTheStart);
    }

    /** At this address. */
    public ScriptedPeer(
            InetSocketAddress address, Map<String, String> script, Optional<SSLContext> tls, boolean fromTheStart)
            throws IOException {
        this.server = new ServerSocket(address.getPort(), 50, address.getAddress());
        this.script = script;
        this.tls = tls;
        this.fromTheStart = fromTheStart;
        Thread.ofVirtual().start(this::accept);
    }

    public int port() {
        return server.getLocalPort();
    }

    /** The way there, without TLS. */
    public Hop hop() {
        return new Hop("127.0.0.1", port(), Hop.Tls.NONE, Optional.empty());
    }

    /** Closes every connection, as a peer does that finds them idle. */
    void hangUp() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    /** Waits until the other side has closed every connection; fails when it does not. */
    void awaitSilence() {
        try {
            open.awaitAdvanceInterruptibly(open.arrive(), 10, TimeUnit.SECONDS);
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("a connection is still open: " + commands, e);
        }
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                socket.setTcpNoDelay(/* on= */ true);
                open.register();
                connections.incrementAndGet();
                sockets.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket accepted) {
        try (accepted) {
            Socket socket = fromTheStart ? secure(accepted) : accepted;
            if (say(socket, "banner", "220 peer.example.org")) {
                talk(socket);
            }
        } catch (IOException gone) {
            commands.add("<gone>");
        } finally {
            open.arriveAndDeregister();
        }
    }

    private SSLSocket secure(Socket plain) throws IOException {
        var secure = (SSLSocket) tls.orElseThrow().getSocketFactory().createSocket(plain, null, /* autoClose= */ true);
        secure.setUseClientMode(/* mode= */ false);
        secure.startHandshake();
        return secure;
    }

    private void talk(Socket first) throws IOException {
        Socket socket = first;
        boolean mailTaken = false;
        while (true) {
            String line = Heard.line(socket.getInputStream());
            if (line.equals("<end>")) {
                return;
            }
            hear(socket, line);
            String verb = line.split("[ :]", 2)[0].toUpperCase(Locale.ROOT);
            if (line.equals("AUTH LOGIN")) {
                askForLogin(socket);
            }
            // Before it is said: whoever has heard it may change the script.
            String plain = reply(verb, usual(verb, socket));
            boolean again = (mailTaken || socket instanceof SSLSocket) && script.containsKey("later " + verb);
            if (!say(socket, again ? "later " + verb : verb, usual(verb, socket))) {
                return;
            }
            if (verb.equals("STARTTLS") && plain.contains("220")) {
                socket = secure(socket);
            }
            if (verb.equals("DATA") && plain.contains("354")) {
                mailTaken = true;
                if (!take(socket)) {
                    return;
                }
            }
        }
    }

    private void hear(Socket socket, String line) {
        commands.add(line);
        if (!(socket instanceof SSLSocket)) {
            inClear.add(line);
        }
    }

    private void askForLogin(Socket socket) throws IOException {
        for (String question : List.of("334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6")) {
            socket.getOutputStream().write((question + "\r\n").getBytes(StandardCharsets.US_ASCII));
            hear(socket, Heard.line(socket.getInputStream()));
        }
    }

    /** A mail; whether the connection goes on. */
    private boolean take(Socket socket) throws IOException {
        var in = new PushbackInputStream(socket.getInputStream());
        boolean early = script.containsKey("body");
        if (early) {
            int octet = in.read();
            if (!say(socket, "body", "")) {
                return false;
            }
            in.unread(octet);
        }
        Heard.Mail mail = Heard.mail(in);
        mails.add(mail.octets());
        wire.add(mail.stuffed());
        return early || say(socket, ".", "250 2.0.0 taken");
    }

    private String usual(String verb, Socket socket) {
        return switch (verb) {
            case "EHLO" -> {
                String keywords = script.getOrDefault("keywords", "SIZE 1000,8BITMIME")
                        + (tls.isPresent() && !(socket instanceof SSLSocket) ? ",STARTTLS" : "");
                yield "250-peer\r\n250-" + keywords.replace(",", "\r\n250-") + "\r\n250 HELP";
            }
            case "DATA" -> "354 go";
            case "STARTTLS" -> "220 go";
            case "AUTH" -> "235 2.7.0 in";
            default -> "250 ok";
        };
    }

    private String reply(String verb, String usual) {
        return script.getOrDefault(verb, script.getOrDefault("*", "") + usual);
    }

    /** Whether the connection goes on. */
    private boolean say(Socket socket, String verb, String usual) throws IOException {
        String reply = reply(verb, usual);
        write(socket.getOutputStream(), reply);
        if (reply.contains("<endless>")) {
            repeat(socket.getOutputStream(), "250-and another thing\r\n", 50_000);
        }
        if (reply.contains("<deaf>")) {
            awaitEnd();
            return false;
        }
        if (reply.contains("<garbage>")) {
            repeat(socket.getOutputStream(), "what is that?\r\n", 100);
        }
        if (reply.contains("<stall>") || reply.contains("<garbage>")) {
            while (socket.getInputStream().read() >= 0) {
                // Whatever is said, there is no answer.
            }
            return false;
        }
        if (reply.contains("<reset>")) {
            socket.setSoLinger(/* on= */ true, 0);
        }
        if (reply.contains("<close>") || reply.contains("<reset>")) {
            socket.close();
            return false;
        }
        return true;
    }

    private void awaitEnd() throws IOException {
        try {
            end.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static void write(OutputStream out, String reply) throws IOException {
        String text = reply.replaceAll("<[a-z]+>", "");
        if (text.isEmpty()) {
            return;
        }
        String lineEnd = reply.contains("<lf>") ? "\n" : "\r\n";
        byte[] octets = (text + "\r\n").replace("\r\n", lineEnd).getBytes(StandardCharsets.ISO_8859_1);
        if (reply.contains("<split>")) {
            for (byte octet : octets) {
                out.write(octet);
                out.flush();
            }
        } else {
            out.write(octets);
        }
    }

    private static void repeat(OutputStream out, String line, int times) throws IOException {
        for (int i = 0; i < times; i++) {
            out.write(line.getBytes(StandardCharsets.US_ASCII));
        }
    }

    @Override
    public void close() throws IOException {
        end.countDown();
        server.close();
        hangUp();
    }
}
