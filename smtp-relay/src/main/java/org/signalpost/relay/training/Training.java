package org.signalpost.relay.training;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a training run needs and does: a data directory that is thrown away, a next hop, free ports on loopback, then
 * mails, and visits to their links. It stops early when it takes too long. For one run.
 */
public final class Training implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Training.class);

    /** More teach it nothing: docs/decisions/0018-training-run.md. */
    private static final int MAILS = 6_000;

    private static final int TOLD_EVERY = 1_000;
    private static final int VISITED_EVERY = 20;
    private static final int AT_ONCE = 20;
    private static final Duration MOST = Duration.ofMinutes(1);

    private final Path directory;
    private final NextHop hop;
    private final int smtp;
    private final int http;
    private final PrintStream told;
    private final AtomicInteger failures = new AtomicInteger();
    private final Semaphore turns = new Semaphore(AT_ONCE);
    private volatile boolean worked;

    private Training(Path directory, NextHop hop, int smtp, int http, PrintStream told) {
        this.directory = directory;
        this.hop = hop;
        this.smtp = smtp;
        this.http = http;
        this.told = told;
    }

    /** Prepares a run that tells there how far it is. */
    public static Training open(PrintStream told) {
        try {
            return new Training(
                    Files.createTempDirectory("signalpost-training-"), NextHop.open(), freePort(), freePort(), told);
        } catch (IOException e) {
            throw new UncheckedIOException("a training run can't begin: " + e.getMessage(), e);
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** The text of the configuration file that the program has to serve with. */
    public String configuration() {
        return """
                data.directory = %s
                smtp.listen = 127.0.0.1:%d
                http.listen = 127.0.0.1:%d
                http.stop-delay = 0s
                delivery.smarthost = 127.0.0.1:%d
                """.formatted(directory.resolve("data"), smtp, http, hop.port());
    }

    /** Works on a thread of its own while the program serves, and runs {@code after} in the end. */
    public void start(Runnable after) {
        Thread.ofPlatform().name("training").start(() -> {
            try {
                work();
            } finally {
                after.run();
            }
        });
    }

    /** Whether everything went as it should, once the run has ended. */
    public boolean wentWell() {
        return worked && failures.get() == 0 && !hop.newest().isEmpty();
    }

    private void work() {
        List<byte[]> mails = Samples.mails();
        long end = System.nanoTime() + MOST.toNanos();
        try (var reader = new Reader("http://127.0.0.1:" + http)) {
            for (int sent = 1; sent <= MAILS && failures.get() == 0 && System.nanoTime() < end; sent++) {
                byte[] mail = mails.get(sent % mails.size());
                await(1);
                Thread.ofVirtual().start(() -> attempt(() -> Sender.send(smtp, mail)));
                if (sent % VISITED_EVERY == 0) {
                    await(1);
                    attempt(() -> reader.read(hop.newest()));
                }
                if (sent % TOLD_EVERY == 0) {
                    told.println("training: " + sent + " of " + MAILS + " mails");
                    await(1);
                    attempt(() -> reader.look(key()));
                }
            }
            await(AT_ONCE);
            worked = true;
        } catch (InterruptedException | IllegalStateException e) {
            told.println("training: " + e.getMessage());
        }
    }

    /** Until so many more may be under way; a client that waits for ever must not hold up the build. */
    private void await(int more) throws InterruptedException {
        if (!turns.tryAcquire(more, MOST.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException("a client waits for ever");
        }
    }

    private String key() throws IOException {
        return Files.readString(directory.resolve("data").resolve("admin.key")).strip();
    }

    private interface Act {
        void run() throws IOException;
    }

    private void attempt(Act act) {
        try {
            act.run();
        } catch (IOException | RuntimeException | Error e) {
            if (failures.incrementAndGet() == 1) {
                told.println("training: " + e.getMessage());
            }
        } finally {
            turns.release();
        }
    }

    /** Ends the next hop and throws the directory away. */
    @Override
    public void close() {
        try (hop;
                var files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.warn("{} can't be deleted: {}", directory, e.toString());
        }
    }
}
