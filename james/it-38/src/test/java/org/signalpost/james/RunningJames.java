package org.signalpost.james;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/** The real James 3.8.1 memory server in a process of its own, with our jar in {@code extensions-jars}. */
final class RunningJames implements AutoCloseable {
    static final String PASSWORD = "secret-1";
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final ConcurrentLinkedQueue<String> output = new ConcurrentLinkedQueue<>();
    private final Process process;
    private final Ports ports;

    /** Where it listens. */
    record Ports(int smtp, int imap, int admin) {
        static Ports free() throws IOException {
            try (var one = free(0);
                    var two = free(0);
                    var three = free(0)) {
                return new Ports(one.getLocalPort(), two.getLocalPort(), three.getLocalPort());
            }
        }

        private static ServerSocket free(int port) throws IOException {
            return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
        }
    }

    private RunningJames(Process process, Ports ports) {
        this.process = process;
        this.ports = ports;
    }

    /**
     * Starts it, waits until it has started, and makes the users {@code shop} and {@code lee} of the domain
     * {@code james.test}.
     *
     * @param processors the processors beside {@code root} and {@code error}
     */
    static RunningJames start(Path home, String processors) throws Exception {
        return start(home, processors, "org.apache.james.MemoryJamesServerMain");
    }

    /** The same with a mail queue below {@code home}, which survives the end of the process. */
    static RunningJames startPersistent(Path home, String processors) throws Exception {
        Path program = Path.of("src", "test", "james", "PersistentJames.java").toAbsolutePath();
        return start(home, processors, program.toString());
    }

    private static RunningJames start(Path home, String processors, String program) throws Exception {
        var ports = Ports.free();
        configure(home, ports, processors);
        Path jars = Files.createDirectories(home.resolve("extensions-jars"));
        Path jar = Path.of(System.getProperty("mailet.jar38", ""));
        Files.copy(jar, jars.resolve(jar.getFileName()), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx384m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        Files.readString(Path.of(System.getProperty("james.classpath", "")))
                                .strip(),
                        "-Dworking.directory=" + home,
                        "-Dlogback.configurationFile=" + home.resolve("conf").resolve("logback.xml"),
                        program)
                .directory(home.toFile())
                .redirectErrorStream(true)
                .start();
        var james = new RunningJames(process, ports);
        Thread.ofVirtual().start(james::read);
        try {
            james.await("JAMES server started");
            james.administer("/domains/james.test", "");
            james.administer("/users/shop@james.test", "{\"password\":\"" + PASSWORD + "\"}");
            james.administer("/users/lee@james.test", "{\"password\":\"" + PASSWORD + "\"}");
        } catch (Exception | AssertionError e) {
            james.close();
            throw e;
        }
        return james;
    }

    private static void configure(Path home, Ports ports, String processors) throws IOException {
        Path conf = Files.createDirectories(home.resolve("conf"));
        Path templates = Path.of("src/test/resources/conf");
        try (var files = Files.list(templates)) {
            for (Path file : files.toList()) {
                String text = Files.readString(file)
                        .replace("@smtp@", String.valueOf(ports.smtp()))
                        .replace("@imap@", String.valueOf(ports.imap()))
                        .replace("@admin@", String.valueOf(ports.admin()))
                        .replace("@processors@", processors);
                Files.writeString(conf.resolve(file.getFileName()), text);
            }
        }
    }

    private void read() {
        try (var reader = process.inputReader(StandardCharsets.UTF_8)) {
            reader.lines().forEach(output::add);
        } catch (IOException | UncheckedIOException e) {
            output.add("(the output broke: " + e.getMessage() + ")");
        }
    }

    String output() {
        return String.join("\n", output);
    }

    void await(String words) throws Exception {
        Waiting.until(PATIENCE, () -> output().contains(words) || !process.isAlive(), this::output);
        if (!output().contains(words)) {
            throw new AssertionError("James ended:\n" + output());
        }
    }

    private void administer(String path, String body) throws IOException, InterruptedException {
        try (var client = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + ports.admin() + path))
                    .header("Content-Type", "application/json")
                    .PUT(HttpRequest.BodyPublishers.ofString(body))
                    .build();
            HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 204) {
                throw new AssertionError(path + ": " + answer.statusCode() + " " + answer.body());
            }
        }
    }

    int smtpPort() {
        return ports.smtp();
    }

    /** Submits a mail as {@code shop}, signed in. */
    void submit(String mail, String... recipients) throws IOException {
        Talk.submit(ports.smtp(), "shop@james.test", PASSWORD, List.of(recipients), mail);
    }

    /** What is in the mailbox of {@code lee} with this text in it. */
    List<String> inbox(String text) throws IOException {
        var mails = new ArrayList<>(Talk.inbox(ports.imap(), "lee@james.test", PASSWORD));
        mails.removeIf(mail -> !mail.contains(text));
        return mails;
    }

    /** As a power cut would end it. */
    void kill() {
        process.destroyForcibly();
        if (!ended(PATIENCE)) {
            throw new AssertionError("James does not end:\n" + output());
        }
    }

    private boolean ended(Duration patience) {
        try {
            return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** SIGTERM, and waits for the end. */
    @Override
    public void close() {
        process.destroy();
        if (!ended(Duration.ofSeconds(20))) {
            kill();
        }
    }
}
