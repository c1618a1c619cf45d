package org.signalpost.relay.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.signalpost.relay.Command;

/** A Postfix of its own on one port of this machine, which passes all mail on to one next hop. Wants root. */
final class Postfix implements AutoCloseable {
    private static final List<String> SERVICES = List.of(
            "cleanup unix n - n - 0 cleanup",
            "qmgr unix n - n 1 1 qmgr",
            "tlsmgr unix - - n 1000? 1 tlsmgr",
            "rewrite unix - - n - - trivial-rewrite",
            "bounce unix - - n - 0 bounce",
            "defer unix - - n - 0 bounce",
            "trace unix - - n - 0 bounce",
            "verify unix - - n - 1 verify",
            "flush unix n - n 1000? 0 flush",
            "proxymap unix - - n - - proxymap",
            "smtp unix - - n - - smtp",
            "relay unix - - n - - smtp",
            "showq unix n - n - - showq",
            "error unix - - n - - error",
            "retry unix - - n - - error",
            "anvil unix - - n - 1 anvil",
            "scache unix - - n - 1 scache",
            "postlog unix-dgram n - n - 1 postlogd");

    private final Path configuration;
    private final Path log;

    private Postfix(Path configuration, Path log) {
        this.configuration = configuration;
        this.log = log;
    }

    /** Why it can't run here; empty when it can. */
    static String hindrance() {
        boolean root = System.getProperty("user.name", "").equals("root");
        return !root ? "Postfix wants root" : Files.exists(Path.of("/usr/sbin/postfix")) ? "" : "no Postfix here";
    }

    /** Starts one; {@code more} are further parameters of main.cf. */
    static Postfix start(Path home, int port, int nextHop, Map<String, String> more) throws IOException {
        Files.createDirectories(home);
        for (Path at = home; at != null && at.getNameCount() > 1; at = at.getParent()) {
            // Its own user has to find its files.
            Files.setPosixFilePermissions(at, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        Path configuration = Files.createDirectories(home.resolve("conf"));
        Path data = Files.createDirectories(home.resolve("lib"));
        Command.run(List.of("chown", "postfix", data.toString()));
        var main = new LinkedHashMap<String, String>();
        main.put("compatibility_level", "3.6");
        main.put(
                "queue_directory",
                Files.createDirectories(home.resolve("spool")).toString());
        main.put("data_directory", data.toString());
        main.put("command_directory", "/usr/sbin");
        main.put("daemon_directory", "/usr/lib/postfix/sbin");
        main.put("maillog_file", home.resolve("log").toString());
        main.put("maillog_file_prefixes", home.toString());
        main.put("myhostname", "postfix.example.test");
        main.put("mydestination", "");
        main.put("inet_interfaces", "127.0.0.1");
        main.put("inet_protocols", "ipv4");
        main.put("mynetworks", "127.0.0.0/8");
        main.put("relayhost", "[127.0.0.1]:" + nextHop);
        main.put("alias_maps", "");
        main.put("alias_database", "");
        main.put("smtp_tls_security_level", "may");
        main.putAll(more);
        Files.writeString(
                configuration.resolve("main.cf"),
                main.entrySet().stream()
                        .map(entry -> entry.getKey() + " = " + entry.getValue() + "\n")
                        .collect(Collectors.joining()));
        Files.writeString(
                configuration.resolve("master.cf"),
                "127.0.0.1:" + port + " inet n - n - - smtpd\n" + String.join("\n", SERVICES) + "\n");
        Files.writeString(configuration.resolve("dynamicmaps.cf"), "");
        Command.run(List.of("postfix", "-c", configuration.toString(), "start"));
        return new Postfix(configuration, home.resolve("log"));
    }

    /** What it says it did. */
    String log() {
        try {
            return Files.exists(log) ? Files.readString(log) : "no log";
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Override
    public void close() throws IOException {
        Command.run(List.of("postfix", "-c", configuration.toString(), "stop"));
    }
}
