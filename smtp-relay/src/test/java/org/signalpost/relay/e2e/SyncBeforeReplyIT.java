package org.signalpost.relay.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** R1: what the kernel was asked for, in its order, while mail comes in. */
class SyncBeforeReplyIT {
    private static final int MAILS = 1_000;

    /** Every so many mails one that is too large for the log, and has a file of its own. */
    private static final int LARGE = 50;

    private static final String FILLER = ("x".repeat(70) + "\r\n").repeat(5_000);
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** A line of strace: the thread, then a call and what it was given, or that an earlier call has ended. */
    private static final Pattern CALL =
            Pattern.compile("(\\d+) +(?:<\\.\\.\\. )?(\\w+)(?:\\(\\d+<([^>]*)>| resumed>)(.*)");

    @TempDir
    Path directory;

    private enum Kind {
        WRITE,
        FORCED
    }

    /** A write that began, or a force that ended well. */
    private record Event(Kind kind, String path, String text) {
        boolean forced(Predicate<String> file) {
            return kind == Kind.FORCED && file.test(path);
        }
    }

    private static boolean isLarge(int mail) {
        return mail % LARGE == LARGE - 1;
    }

    private static String subject(int mail) {
        return "Subject: sync <" + mail + ">";
    }

    @Test
    void what_keeps_a_mail_is_forced_to_the_disk_before_it_is_said_that_it_is_kept() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/strace")), "strace is not installed");
        Path trace = directory.resolve("trace");
        try (var signalpost = RunningSignalpost.start(directory.resolve("signalpost"), Map.of())) {
            Process strace = attached(signalpost.pid(), trace);
            try {
                send(signalpost.smtpPort());
            } finally {
                strace.destroy();
                assertThat(strace.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                        .isTrue();
            }
        }
        List<Event> events = events(trace);
        int[] replies = IntStream.range(0, events.size())
                .filter(i -> events.get(i).kind() == Kind.WRITE
                        && events.get(i).text().contains("250 2.0.0 Ok: queued as "))
                .toArray();
        assertThat(replies).hasSize(MAILS);
        for (int mail = 0; mail < MAILS; mail++) {
            // There is one client: what comes before this reply and behind the one before is this mail's.
            List<Event> before = events.subList(mail == 0 ? 0 : replies[mail - 1], replies[mail]);
            String subject = subject(mail);
            int written = first(before, 0, event -> event.text().contains(subject));
            assertThat(written)
                    .as("mail %s is written before it is answered", mail)
                    .isNotNegative();
            String file = before.get(written).path();
            int forced = first(before, written + 1, event -> event.forced(file::equals));
            assertThat(forced).as("and forced, in %s", file).isNotNegative();
            assertThat(file.contains("/log/mail/")).isEqualTo(!isLarge(mail));
            if (isLarge(mail)) {
                int named = first(before, forced + 1, event -> event.forced(path -> path.endsWith("/spool")));
                assertThat(named).as("so is the directory of its file").isNotNegative();
                assertThat(first(before, named + 1, event -> event.forced(path -> path.contains("/log/mail/"))))
                        .as("and the log, after that")
                        .isNotNegative();
            }
        }
    }

    private static int first(List<Event> events, int from, Predicate<Event> wanted) {
        for (int i = from; i < events.size(); i++) {
            if (wanted.test(events.get(i))) {
                return i;
            }
        }
        return -1;
    }

    private static Process attached(long pid, Path trace) throws IOException {
        Path said = trace.resolveSibling("strace.log");
        Process strace = new ProcessBuilder(
                        "/usr/bin/strace",
                        "-f",
                        "-y",
                        "-s",
                        "2000",
                        "-e",
                        "trace=write,writev,pwrite64,pwritev,sendto,fsync,fdatasync",
                        "-o",
                        trace.toString(),
                        "-p",
                        String.valueOf(pid))
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        Waiting.until(PATIENCE, () -> Files.readString(said).contains("attached"), () -> "strace does not attach");
        return strace;
    }

    private static List<Event> events(Path trace) throws IOException {
        var events = new ArrayList<Event>();
        var forcing = new HashMap<String, String>();
        for (String line : Files.readAllLines(trace, StandardCharsets.ISO_8859_1)) {
            Matcher call = CALL.matcher(line);
            if (!call.matches()) {
                continue;
            }
            String thread = call.group(1);
            boolean begins = call.group(3) != null;
            boolean force = call.group(2).endsWith("sync");
            if (force) {
                String path = begins ? call.group(3) : forcing.getOrDefault(thread, "");
                forcing.put(thread, path);
                if (call.group(4).endsWith("= 0")) {
                    events.add(new Event(Kind.FORCED, path, ""));
                }
            } else if (begins) {
                events.add(new Event(Kind.WRITE, call.group(3), call.group(4)));
            }
        }
        return events;
    }

    private static void send(int port) throws IOException {
        try (var client = new Talk(port)) {
            client.say("HELO client.example", "250");
            for (int mail = 0; mail < MAILS; mail++) {
                client.begin();
                String body = isLarge(mail) ? FILLER : "Hello\r\n";
                client.say(subject(mail) + "\r\n\r\n" + body + ".", "250 2.0.0 Ok: queued as ");
            }
        }
    }
}
