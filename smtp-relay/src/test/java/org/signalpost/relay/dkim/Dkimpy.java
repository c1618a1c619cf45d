package org.signalpost.relay.dkim;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** Debian's python3-dkim as a receiver. */
final class Dkimpy {
    private static final String PYTHON = "/usr/bin/python3";
    private static final Path SCRIPT = Path.of("src/test/resources/dkim/verify.py");

    private Dkimpy() {}

    /** Leaves the test where the module can't be loaded; .ci/run installs it. */
    static void assumeInstalled() throws IOException {
        boolean there = Files.isExecutable(Path.of(PYTHON)) && run("-c", "import dkim, nacl") == 0;
        Assumptions.assumeTrue(there, "python3-dkim is not installed");
    }

    private static int run(String... arguments) throws IOException {
        return await(start(ProcessBuilder.Redirect.DISCARD, arguments));
    }

    private static Process start(ProcessBuilder.Redirect output, String... arguments) throws IOException {
        var command = new ArrayList<>(List.of(PYTHON));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectErrorStream(/* redirectErrorStream= */ true)
                .redirectOutput(output)
                .start();
    }

    private static int await(Process process) {
        try {
            if (!process.waitFor(120, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("python3 takes too long");
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** For each mail what it says of its signatures from the top, such as {@code pass pass}. */
    static List<String> verdicts(Path directory, List<byte[]> mails) throws IOException {
        Path records = Files.writeString(directory.resolve("records"), line(TestKeys.RSA) + line(TestKeys.ED25519));
        Path folder = Files.createTempDirectory(directory, "mails");
        for (int i = 0; i < mails.size(); i++) {
            Files.write(folder.resolve("%05d".formatted(i)), mails.get(i));
        }
        Path output = Files.createTempFile(directory, "verdicts", ".txt");
        Process process = start(
                ProcessBuilder.Redirect.to(output.toFile()), SCRIPT.toString(), records.toString(), folder.toString());
        int status = await(process);
        List<String> lines = Files.readAllLines(output, UTF_8);
        if (status != 0 || lines.size() != mails.size()) {
            throw new AssertionError("python3 ended with " + status + ":\n" + String.join("\n", lines));
        }
        return lines.stream()
                .map(line -> line.substring("00000".length()).strip())
                .toList();
    }

    private static String line(DkimKey key) {
        return TestKeys.name(key) + " " + TestKeys.record(key) + "\n";
    }
}
