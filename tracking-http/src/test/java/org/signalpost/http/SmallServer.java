package org.signalpost.http;

import java.io.IOException;
import java.nio.file.Path;

/** A server in a process of its own: prints its port, and ends when its input does. */
final class SmallServer {
    private SmallServer() {}

    public static void main(String[] arguments) throws IOException {
        try (var server = new RunningServer(Path.of(arguments[0]))) {
            System.out.println(server.uri("/").getPort());
            System.out.flush();
            int octet = System.in.read();
            while (octet >= 0) {
                octet = System.in.read();
            }
        }
    }
}
