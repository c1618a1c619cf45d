package org.signalpost.relay.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** R38: SIGTERM while mail comes in, goes out, and waits. */
class StopIT {
    private static final int IDLE = 39;
    private static final int SENDING = 10;
    private static final int WAITING = 100;

    /** Whoever is slow, but was there before the end, has a while; the process has 30 s in all. */
    private static final Duration SLOW = Duration.ofSeconds(9);

    /** Who sends less than 500 octets a second is cut off anyway. */
    private static final String FILLER = ("x".repeat(70) + "\r\n").repeat(500);

    private static final Duration ALL = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    private final List<Talk> talks = new ArrayList<>();

    private Talk talk(RunningSignalpost signalpost) throws IOException {
        var talk = new Talk(signalpost.smtpPort());
        talks.add(talk);
        return talk;
    }

    private static void begin(Talk client, String subject) throws IOException {
        client.say("EHLO client.example", "250");
        client.begin();
        client.write(Mails.newsletter(subject).replace("\r\n.", "\r\n..") + FILLER);
    }

    @AfterEach
    void hangUp() throws IOException {
        for (Talk talk : talks) {
            talk.close();
        }
    }

    private static List<String> subjects(Sink sink) {
        return sink.received().stream()
                .map(mail -> mail.text().replaceAll("(?s).*\nSubject: ([^\r]*).*", "$1"))
                .toList();
    }

    @Test
    void told_to_end_it_lets_mail_come_in_and_go_out_but_not_for_ever() throws Exception {
        var sent = new HashSet<String>();
        try (var sink = Sink.listening(0)) {
            var settings = Map.of("delivery.smarthost", "127.0.0.1:" + sink.port(), "http.stop-delay", "1s");
            sink.hold();
            var signalpost = RunningSignalpost.start(directory, settings);
            try (Talk client = talk(signalpost)) {
                for (int i = 0; i < WAITING; i++) {
                    begin(client, "Waits " + i);
                    client.say("\r\n.", "250");
                    sent.add("Waits " + i);
                }
            }
            Waiting.until(ALL, () -> sink.received().size() == 10, signalpost::output);
            var idle = new ArrayList<Talk>();
            for (int i = 0; i < IDLE; i++) {
                idle.add(talk(signalpost));
                idle.getLast().say("EHLO idle.example", "250");
            }
            var sending = new ArrayList<Talk>();
            for (int i = 0; i < SENDING; i++) {
                sending.add(talk(signalpost));
                begin(sending.getLast(), "Slow " + i);
                sent.add("Slow " + i);
            }
            Talk endless = talk(signalpost);
            begin(endless, "Endless");

            signalpost.tellToEnd();
            long told = System.nanoTime();
            for (Talk client : idle) {
                client.hear("421");
            }
            Waiting.until(ALL, () -> System.nanoTime() - told > SLOW.toNanos(), signalpost::output);
            assertThat(signalpost.isRunning()).as(signalpost.output()).isTrue();
            for (Talk client : sending) {
                client.say("\r\n.", "250");
                client.hear("421");
            }
            sink.letGo();
            assertThat(signalpost.awaitEnd()).as(signalpost.output()).isEqualTo(128 + 15);
            assertThat(Duration.ofNanos(System.nanoTime() - told)).isBetween(Duration.ofSeconds(17), ALL);
            assertThat(sink.received())
                    .as("nothing began after it was told to end")
                    .hasSize(10);

            try (var again = RunningSignalpost.start(directory, settings)) {
                Waiting.until(ALL, () -> sink.received().size() >= sent.size(), again::output);
            }
            assertThat(subjects(sink)).containsExactlyInAnyOrderElementsOf(sent);
        }
    }
}
