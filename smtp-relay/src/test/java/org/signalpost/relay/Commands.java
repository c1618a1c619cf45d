package org.signalpost.relay;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Runs commands of the program within this process, where its start script would take seconds for each. */
public final class Commands {
    private Commands() {}

    /** How a command ended and what it printed. */
    public record Ended(int code, String out, String err) {}

    /** Runs it as if it was installed in {@code home}, with this environment; it may be any but {@code serve}. */
    public static Ended run(Path home, Map<String, String> environment, List<String> arguments) {
        return run(home, environment, arguments, "");
    }

    /** The same with this on standard input; one octet for each character. */
    public static Ended run(Path home, Map<String, String> environment, List<String> arguments, String input) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var console = new Console(
                new ByteArrayInputStream(input.getBytes(StandardCharsets.ISO_8859_1)),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                environment,
                home);
        int code = new CommandLine(
                        console,
                        (settings, parts, any) -> {
                            throw new IllegalStateException("nothing is served here");
                        },
                        any -> {
                            throw new IllegalStateException("nothing is trained here");
                        })
                .run(arguments);
        return new Ended(code, out.toString(StandardCharsets.ISO_8859_1), err.toString(StandardCharsets.ISO_8859_1));
    }
}
