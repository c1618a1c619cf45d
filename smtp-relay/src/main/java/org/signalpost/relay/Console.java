package org.signalpost.relay;

import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;

/**
 * What a command reads from and prints to; the real streams in {@link Main}, others in tests.
 *
 * @param in standard input
 * @param out standard output: what was asked for
 * @param err standard error: what a person should know besides
 * @param environment the environment variables
 * @param home the folder the installation is in, whose {@code config/signalpost.properties} is read by default
 */
record Console(InputStream in, PrintStream out, PrintStream err, Map<String, String> environment, Path home) {
    /** Copies the map. */
    Console {
        environment = Map.copyOf(environment);
    }
}
