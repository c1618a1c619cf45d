package org.signalpost.relay.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The data directory on a file system of its own that somebody else fills to the last octet, while mail comes in: what
 * was answered with 250 arrives, and everything goes on by itself when there is room again.
 */
class DiskFullIT {
    private static final Pattern SUBJECT = Pattern.compile("\r\nSubject: (Full \\d+)\r\n");
    private static final Pattern WELL = Pattern.compile("250 .*|45[12] 4\\.3\\.[01] .*", Pattern.DOTALL);

    @TempDir
    Path directory;

    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    private final Map<String, AtomicInteger> replies = new ConcurrentHashMap<>();
    private final AtomicInteger number = new AtomicInteger();

    @BeforeEach
    void mount() throws IOException, InterruptedException {
        Path data = Files.createDirectories(directory.resolve("data"));
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=420m,mode=700", "tmpfs", data.toString()) == 0,
                "a small file system can't be mounted here: that takes root");
    }

    @AfterEach
    void unmount() throws IOException, InterruptedException {
        run("umount", directory.resolve("data").toString());
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    @Test
    void mail_is_refused_for_now_and_nothing_that_was_taken_is_lost() throws Exception {
        try (var sink = Sink.listening(0);
                var signalpost = RunningSignalpost.start(
                        directory,
                        Map.of(
                                "delivery.smarthost", "127.0.0.1:" + sink.port(),
                                "smtp.max-message", "2MB",
                                "retry.steps", "1s"));
                var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            var over = new AtomicBoolean();
            for (int i = 0; i < 4; i++) {
                clients.execute(() -> {
                    while (!over.get()) {
                        session(signalpost.smtpPort(), over);
                    }
                });
            }
            await("mail comes in", signalpost, () -> acknowledged.size() > 50);

            Path filler = signalpost.data().resolve("filler");
            fill(filler);
            await("mail is refused", signalpost, () -> count("452") > 20);
            await("it says so", signalpost, () -> health(signalpost).contains("\"degraded\":[\"mail\"]"));
            int then = acknowledged.size();
            Files.delete(filler);
            await("it says that, too", signalpost, () -> health(signalpost).contains("\"status\":\"ready\""));
            await("mail is taken again", signalpost, () -> acknowledged.size() > then + 50);
            over.set(true);

            await("everything arrives", signalpost, () -> missing(sink).isEmpty());
            assertThat(replies.keySet()).allMatch(reply -> WELL.matcher(reply).matches());
            await(
                    "no file of a mail is left",
                    signalpost,
                    () -> files(signalpost.data().resolve("spool")).isEmpty());
            await("all of it is booked", signalpost, () -> tracks(signalpost) == acknowledged.size());
        }
    }

    private static String health(RunningSignalpost signalpost) throws IOException {
        return new String(signalpost.visit(signalpost.uri("/health/ready")).body(), StandardCharsets.UTF_8);
    }

    private static int tracks(RunningSignalpost signalpost) throws IOException {
        return signalpost
                .api("/analytics?period=7d")
                .path("summary")
                .path("totalTracks")
                .asInt();
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }

    private void await(String what, RunningSignalpost signalpost, Waiting.Condition condition) {
        Waiting.until(
                Duration.ofSeconds(60),
                condition,
                () -> what + "; taken " + acknowledged.size() + ", replies " + replies + "\n" + signalpost.output());
    }

    private int count(String code) {
        return replies.entrySet().stream()
                .filter(reply -> reply.getKey().startsWith(code))
                .mapToInt(reply -> reply.getValue().get())
                .sum();
    }

    private Set<String> missing(Sink sink) {
        Set<String> missing = new TreeSet<>(acknowledged);
        for (Sink.Received copy : sink.received()) {
            Matcher subject = SUBJECT.matcher(copy.text());
            assertThat(subject.find()).isTrue();
            missing.remove(subject.group(1));
        }
        return missing;
    }

    /** To the last octet. */
    private static void fill(Path filler) {
        var octets = new byte[1 << 20];
        try (OutputStream out = Files.newOutputStream(filler)) {
            while (true) {
                out.write(octets, 0, octets.length);
            }
        } catch (IOException full) {
            assertThat(full).hasMessageContaining("No space left");
        }
        octets = new byte[1];
        try (OutputStream out = Files.newOutputStream(filler, java.nio.file.StandardOpenOption.APPEND)) {
            while (true) {
                out.write(octets);
            }
        } catch (IOException full) {
            assertThat(full).hasMessageContaining("No space left");
        }
    }

    /**
     * One mail after the other over one connection; until one is refused; each third is so large that it has a file.
     */
    private void session(int port, AtomicBoolean over) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port);
                var in = new BufferedReader(
                        new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1))) {
            OutputStream out = socket.getOutputStream();
            in.readLine();
            say(in, out, "HELO client.example.org");
            while (!over.get() && mail(in, out)) {
                Thread.sleep(5);
            }
            // Refused: as any client does, it comes again later.
            Thread.sleep(100);
        } catch (IOException e) {
            replies.computeIfAbsent("connection: " + e, any -> new AtomicInteger())
                    .incrementAndGet();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether it was taken. */
    private boolean mail(BufferedReader in, OutputStream out) throws IOException {
        int own = number.incrementAndGet();
        String subject = "Full " + own;
        if (!note(say(in, out, "MAIL FROM:<shop@example.org>")).startsWith("250")) {
            return false;
        }
        say(in, out, "RCPT TO:<ann" + own + "@example.com>");
        if (!say(in, out, "DATA").startsWith("354")) {
            throw new IOException("no 354");
        }
        String text = Mails.newsletter(subject).replace("\r\n.", "\r\n..");
        String rest = own % 3 == 0 ? ("x".repeat(98) + "\r\n").repeat(6_000) : "";
        boolean taken = note(say(in, out, text + rest + ".")).startsWith("250");
        if (taken) {
            acknowledged.add(subject);
        }
        return taken;
    }

    private static String say(BufferedReader in, OutputStream out, String line) throws IOException {
        out.write((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        String reply = in.readLine();
        if (reply == null) {
            throw new IOException("the connection ended");
        }
        return reply;
    }

    private String note(String reply) {
        String kind = reply.startsWith("250") ? "250 " : reply;
        replies.computeIfAbsent(kind, any -> new AtomicInteger()).incrementAndGet();
        return reply;
    }
}
