package org.signalpost.relay.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.signalpost.relay.Command;

/** An authority that signs certificates with openssl, in a directory of its own. */
public final class Authority {
    private final Path directory;
    private int issued;

    private Authority(Path directory) {
        this.directory = directory;
    }

    /** Makes its key and certificate. */
    public static Authority in(Path directory) throws IOException {
        var authority = new Authority(Files.createDirectories(directory));
        Files.writeString(authority.file("openssl.cnf"), """
                [req]
                distinguished_name = name
                [name]
                [authority]
                basicConstraints = critical,CA:TRUE
                keyUsage = critical,keyCertSign
                """);
        authority
                .openssl("req", "-x509", "-config", "openssl.cnf", "-extensions", "authority", "-days", "30")
                .with("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
                .with("-subj", "/CN=Test authority", "-keyout", "ca.key", "-out", "ca.pem")
                .run();
        return authority;
    }

    /** A certificate with its key. */
    public record Issued(Path certificate, Path key) {}

    /**
     * For a name, with a key on an elliptic curve, valid for so many days; fewer than none for one that has expired.
     */
    public Issued issue(String name, int days) throws IOException {
        return issue(name, days, "ec", "-pkeyopt", "ec_paramgen_curve:P-256");
    }

    /** The same with a key that openssl makes from these arguments. */
    public Issued issue(String name, int days, String... key) throws IOException {
        String file = "issued" + issued++;
        Files.writeString(file(file + ".ext"), "subjectAltName = DNS:" + name + "\n");
        openssl("req", "-config", "openssl.cnf", "-subj", "/CN=" + name, "-nodes", "-newkey")
                .with(key)
                .with("-keyout", file + ".key", "-out", file + ".csr")
                .run();
        openssl("x509", "-req", "-in", file + ".csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial")
                .with("-days", String.valueOf(days), "-extfile", file + ".ext", "-out", file + ".pem")
                .run();
        return new Issued(file(file + ".pem"), file(file + ".key"));
    }

    public Path certificate() {
        return file("ca.pem");
    }

    /** A key in another form. */
    Path converted(Path key, String... arguments) throws IOException {
        Path converted = file("converted" + issued++ + ".key");
        openssl(arguments)
                .with("-in", key.toString(), "-out", converted.toString())
                .run();
        return converted;
    }

    private Path file(String name) {
        return directory.resolve(name);
    }

    private Openssl openssl(String... arguments) {
        return new Openssl(new ArrayList<>()).with(arguments);
    }

    /** A command line in the making; arguments that are names of files here become their paths. */
    private final class Openssl {
        private final List<String> arguments;

        private Openssl(List<String> arguments) {
            this.arguments = arguments;
        }

        private Openssl with(String... more) {
            for (String argument : more) {
                boolean here = argument.matches("[a-z0-9]+\\.(cnf|key|pem|csr|ext)");
                arguments.add(here ? file(argument).toString() : argument);
            }
            return this;
        }

        private void run() throws IOException {
            var command = new ArrayList<>(List.of("openssl"));
            command.addAll(arguments);
            Command.run(command);
        }
    }
}
