package org.signalpost.relay;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.signalpost.process.DataDirectory;
import org.signalpost.relay.client.Hop;

/** {@code check}: what would stop the start, or the mail after it; reads and changes nothing but a probe file. */
final class CheckCommand {
    private static final int CONNECT_MILLIS = 5_000;

    private final PrintStream out;
    private final RelaySettings settings;
    private boolean failed;

    CheckCommand(Console console, RelaySettings settings) {
        this.out = console.out();
        this.settings = settings;
    }

    /** Prints one line for each check; fails when one of them does. */
    int check() {
        line(/* good= */ true, "configuration", settings.source());
        disk();
        settings.smtpListen().forEach(address -> port("SMTP port", address));
        port("HTTP port", settings.httpListen());
        settings.delivery()
                .smarthost()
                .ifPresentOrElse(
                        this::smarthost,
                        () -> line(
                                /* good= */ true,
                                "delivery",
                                settings.delivery().destination()));
        return failed ? CommandLine.FAILED : 0;
    }

    private void line(boolean good, String what, String detail) {
        failed |= !good;
        out.printf("%-7s %-14s %s%n", good ? "ok" : "FAILED", what, detail);
    }

    private void disk() {
        Path directory = settings.dataDirectory().toAbsolutePath().normalize();
        Path existing = directory;
        while (!Files.exists(existing) && existing.getParent() != null) {
            existing = existing.getParent();
        }
        try {
            Path probe = Files.createTempFile(existing, ".signalpost-check", "");
            Files.delete(probe);
            long free = Files.getFileStore(existing).getUsableSpace();
            boolean enough = free > settings.leastFree();
            String wanted = enough ? "" : "; mail is taken from " + (settings.leastFree() >> 20) + " MB on";
            line(enough, "disk", directory + ", " + (free >> 20) + " MB free" + wanted);
        } catch (IOException e) {
            line(/* good= */ false, "disk", directory + " can't be written: " + e.getMessage());
        }
    }

    /** A port is good when it is free, or when a server of ours is what holds it. */
    private void port(String what, InetSocketAddress address) {
        try (var socket = new ServerSocket()) {
            socket.bind(address);
            line(/* good= */ true, what, RelaySettings.written(address) + " is free");
        } catch (IOException e) {
            boolean running = DataDirectory.at(settings.dataDirectory()).inUse();
            line(
                    running,
                    what,
                    RelaySettings.written(address)
                            + (running ? " is held by the running server" : " can't be used: " + e.getMessage()));
        }
    }

    private void smarthost(Hop hop) {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getByName(hop.host()), hop.port()), CONNECT_MILLIS);
            socket.setSoTimeout(CONNECT_MILLIS);
            if (hop.tls() == Hop.Tls.IMPLICIT) {
                line(/* good= */ true, "smarthost", hop + " is there");
                return;
            }
            Optional<String> banner = banner(socket);
            line(
                    banner.filter(text -> text.startsWith("220")).isPresent(),
                    "smarthost",
                    hop + " says: " + banner.orElse("nothing"));
        } catch (IOException e) {
            line(/* good= */ false, "smarthost", hop + " can't be reached: " + e.getMessage());
        }
    }

    private static Optional<String> banner(Socket socket) throws IOException {
        var text = new StringBuilder();
        int octet = socket.getInputStream().read();
        while (octet >= 0 && octet != '\n' && text.length() < 200) {
            if (octet >= ' ' && octet < 127) {
                text.append((char) octet);
            }
            octet = socket.getInputStream().read();
        }
        return Optional.of(text.toString()).filter(line -> !line.isEmpty());
    }
}
