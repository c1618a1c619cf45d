package org.signalpost.relay.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** R17, R18, R20, R21: how many, how much, how long. */
class LimitsTest {
    private static final Duration TICK = Duration.ofSeconds(1);

    @TempDir
    Path directory;

    private final FakePace pace = new FakePace();
    private final List<Dialogue> clients = new ArrayList<>();

    @AfterEach
    void hangUp() throws IOException {
        for (Dialogue client : clients) {
            client.close();
        }
    }

    private Dialogue kept(Dialogue client) {
        clients.add(client);
        return client;
    }

    /** So much time passes for a server that waits for a client; then it is looked what is due. */
    private void passes(TestRelay relay, Phase.Kind waiting, Duration time) {
        assertThat(Waiting.until(
                        () -> relay.server.connections().phases().stream().anyMatch(phase -> phase.kind() == waiting)))
                .isTrue();
        pace.pass(time);
        relay.server.connections().watch();
    }

    private static void awaitPhase(TestRelay relay, Duration limit) {
        assertThat(Waiting.until(() -> relay.server.connections().phases().stream()
                        .anyMatch(phase -> phase.limit().equals(limit))))
                .isTrue();
    }

    @Test
    void an_idle_client_is_told_after_the_command_timeout_and_not_before() throws IOException {
        try (TestRelay relay = TestRelay.plan().at(pace).start(directory)) {
            Dialogue client = kept(relay.client());
            passes(relay, Phase.Kind.IDLE, Duration.ofSeconds(299));
            assertThat(client.say("NOOP\r\n")).startsWith("250");
            passes(relay, Phase.Kind.IDLE, Duration.ofSeconds(301));
            assertThat(client.reply()).startsWith("421 4.4.2");
            assertThat(client.reply()).isEmpty();
        }
    }

    @Test
    void a_command_that_trickles_is_cut() throws IOException {
        try (TestRelay relay = TestRelay.plan().at(pace).start(directory)) {
            Dialogue client = kept(relay.client());
            for (int i = 0; i < 4; i++) {
                client.write("N");
                passes(relay, Phase.Kind.LISTENING, Duration.ofSeconds(75));
            }
            pace.pass(TICK);
            relay.server.connections().watch();
            assertThat(client.reply()).startsWith("421 4.4.2");
            assertThat(client.reply()).isEmpty();
        }
    }

    @Test
    void under_stress_that_takes_ten_seconds_and_idle_clients_are_asked_to_leave() throws IOException {
        try (TestRelay relay = TestRelay.plan().at(pace).start(directory)) {
            Dialogue slow = kept(relay.client());
            Dialogue idle = kept(relay.client());
            slow.write("NO");
            passes(relay, Phase.Kind.LISTENING, Duration.ofSeconds(11));
            assertThat(idle.say("NOOP\r\n")).startsWith("250");
            passes(relay, Phase.Kind.IDLE, Duration.ofSeconds(11));
            relay.strained.set(true);
            relay.server.connections().watch();
            assertThat(slow.reply()).startsWith("421 4.3.2");
            assertThat(slow.reply()).isEmpty();
            assertThat(idle.reply()).startsWith("421 4.3.2");
            assertThat(idle.reply()).isEmpty();

            Dialogue clumsy = kept(relay.client());
            assertThat(clumsy.say("FOOO\r\n")).startsWith("500");
            assertThat(clumsy.reply()).as("one error is too many now").startsWith("421 4.7.0");
        }
    }

    @Test
    void stress_begins_at_four_fifths_of_the_connections() throws IOException {
        try (TestRelay relay = TestRelay.plan().connections(10, 10).at(pace).start(directory)) {
            for (int i = 0; i < 8; i++) {
                kept(relay.client());
            }
            assertThat(relay.server.connections().isStressed()).isFalse();
            kept(relay.client());
            assertThat(relay.server.connections().isStressed()).isTrue();
        }
    }

    @Test
    void a_body_may_be_slow_but_not_slower_than_the_rate() throws IOException {
        try (TestRelay relay = TestRelay.plan().at(pace).start(directory)) {
            Dialogue client = kept(relay.client());
            client.sayAll("EHLO c", "MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>", "DATA");
            awaitPhase(relay, Duration.ofMinutes(5));
            pace.pass(Duration.ofSeconds(299));
            relay.server.connections().watch();
            // 10,000 octets are good for 20 seconds, and 10 are for free.
            client.write("x".repeat(998).concat("\r\n").repeat(10));
            awaitPhase(relay, Duration.ofSeconds(30));
            pace.pass(Duration.ofSeconds(29));
            relay.server.connections().watch();
            client.write("y");
            pace.pass(Duration.ofSeconds(2));
            relay.server.connections().watch();
            assertThat(client.reply()).isEmpty();
            assertThat(relay.mails()).isEmpty();
        }
    }

    @Test
    void a_body_whose_first_octet_does_not_come_is_cut() throws IOException {
        try (TestRelay relay = TestRelay.plan().at(pace).start(directory)) {
            Dialogue client = kept(relay.client());
            client.sayAll("EHLO c", "MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>", "DATA");
            awaitPhase(relay, Duration.ofMinutes(5));
            pace.pass(Duration.ofSeconds(301));
            relay.server.connections().watch();
            assertThat(client.reply()).isEmpty();
        }
    }

    @Test
    void a_handshake_has_thirty_seconds() throws IOException {
        try (TestRelay relay = TestRelay.plan().at(pace).start(directory)) {
            var client = kept(new Dialogue(relay.tlsPort()));
            awaitPhase(relay, Duration.ofSeconds(30));
            pace.pass(Duration.ofSeconds(29));
            relay.server.connections().watch();
            assertThat(relay.server.connections().isEmpty()).isFalse();
            pace.pass(Duration.ofSeconds(2));
            relay.server.connections().watch();
            assertThat(client.reply()).isEmpty();
        }
    }

    @Test
    void whoever_does_not_read_its_replies_is_cut() throws IOException {
        try (TestRelay relay = TestRelay.plan().at(pace).start(directory)) {
            Dialogue client = kept(relay.client());
            client.say("EHLO c\r\n");
            // Each of these is answered, and nobody reads the answers.
            Thread.ofVirtual().start(() -> {
                try {
                    client.write("EHLO cccccccccccccccc\r\n".repeat(200_000));
                } catch (IOException e) {
                    return;
                }
            });
            assertThat(Waiting.until(() -> {
                        pace.pass(Duration.ofSeconds(61));
                        relay.server.connections().watch();
                        return relay.server.connections().isEmpty();
                    }))
                    .isTrue();
        }
    }

    @Test
    void caps_are_said_and_hold_for_all_addresses_together() throws IOException {
        try (TestRelay relay = TestRelay.plan().connections(5, 3).start(directory)) {
            kept(relay.client("127.0.0.1"));
            kept(relay.client("127.0.0.1"));
            var secure = kept(new Dialogue(relay.tlsPort(), "127.0.0.1"));
            secure.secure();
            assertThat(secure.reply()).startsWith("220");

            assertThat(kept(new Dialogue(relay.port(), "127.0.0.1")).reply()).startsWith("421 4.7.0");
            assertThat(kept(new Dialogue(relay.tlsPort(), "127.0.0.1")).reply())
                    .as("nothing is said in clear")
                    .isEmpty();
            Dialogue other = kept(relay.client("127.0.0.2"));
            kept(relay.client("127.0.0.3"));
            assertThat(kept(new Dialogue(relay.port(), "127.0.0.4")).reply()).startsWith("421 4.3.2");

            assertThat(other.say("QUIT\r\n")).startsWith("221");
            assertThat(Waiting.until(() -> greeted(relay, "127.0.0.5"))).isTrue();
            // Those who were sent away hold no place.
            secure.close();
            assertThat(Waiting.until(() -> greeted(relay, "127.0.0.1"))).isTrue();
        }
    }

    private static boolean greeted(TestRelay relay, String from) {
        try (var client = new Dialogue(relay.port(), from)) {
            return client.reply().startsWith("220");
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void two_thousand_idle_clients_are_cheap_and_do_not_delay_the_next() throws IOException {
        try (TestRelay relay = TestRelay.plan().connections(3_000, 3_000).start(directory)) {
            kept(relay.client()).say("EHLO c\r\n");
            long before = used();
            for (int i = 0; i < 2_000; i++) {
                kept(relay.client("127.0.0." + (1 + i % 200)));
            }
            long each = (used() - before) / 2_000;
            assertThat(each).as("octets, both ends of the connection").isLessThan(64 << 10);

            long began = System.nanoTime();
            assertThat(kept(relay.client()).say("EHLO c\r\n")).startsWith("250");
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(1));
        }
    }

    private static long used() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            least = Math.min(
                    least,
                    Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
        }
        return least;
    }

    @Test
    void greeting_again_and_again_ends_a_session() throws IOException {
        try (TestRelay relay = TestRelay.plan().at(pace).start(directory)) {
            Dialogue client = kept(relay.client());
            client.write("EHLO c\r\nHELO c\r\n".repeat(60));
            int greetings = 0;
            String reply = client.reply();
            while (reply.startsWith("250")) {
                greetings++;
                reply = client.reply();
            }
            assertThat(greetings).isEqualTo(101);
            assertThat(reply).startsWith("421 4.7.0");
            assertThat(client.reply()).isEmpty();
        }
    }

    @Test
    void a_line_of_a_hundred_megabytes_is_cut_at_its_beginning() throws IOException {
        try (TestRelay relay = TestRelay.plan().start(directory)) {
            Dialogue client = kept(relay.client());
            long before = used();
            int written = 0;
            try {
                while (written < 100) {
                    client.write("x".repeat(1 << 20));
                    written++;
                }
            } catch (IOException e) {
                assertThat(written).isLessThan(100);
            }
            assertThat(client.reply()).startsWith("500 5.5.2");
            assertThat(client.reply()).isEmpty();
            assertThat(used() - before).isLessThan(10 << 20);
        }
    }

    @Test
    void a_thousand_recipients_are_taken_and_one_more_is_not() throws IOException {
        try (TestRelay relay = TestRelay.plan().start(directory)) {
            Dialogue client = kept(relay.client());
            client.sayAll("EHLO c", "MAIL FROM:<a@b.example>");
            var all = new StringBuilder();
            for (int i = 0; i < 1_001; i++) {
                all.append("RCPT TO:<r").append(i).append("@d.example>\r\n");
            }
            client.write(all.toString());
            for (int i = 0; i < 1_001; i++) {
                assertThat(client.reply()).startsWith(i < 1_000 ? "250 2.1.5" : "452 4.5.3");
            }
            assertThat(client.sayAll("DATA", "x\r\n.")).startsWith("250");
            assertThat(relay.mail().envelope().recipients()).hasSize(1_000);
        }
    }

    @Test
    void an_envelope_that_would_not_fit_into_a_record_takes_no_more_recipients() throws IOException {
        try (TestRelay relay = TestRelay.plan().recipients(3_000).start(directory)) {
            Dialogue client = kept(relay.client());
            client.sayAll("EHLO c", "MAIL FROM:<a@b.example>");
            String domain = "@" + "d".repeat(60) + "." + "e".repeat(60) + ".example";
            String orcpt = " ORCPT=rfc822;" + "o".repeat(250);
            int taken = 0;
            String reply = "";
            for (int i = 0; i < 3_000 && !reply.startsWith("452 4.5.3"); i++) {
                reply = client.say("RCPT TO:<" + "r".repeat(50) + i + domain + ">" + orcpt + "\r\n");
                taken += reply.startsWith("250") ? 1 : 0;
            }
            assertThat(taken).isBetween(1_000, 2_999);
            assertThat(client.sayAll("DATA", "x\r\n.")).startsWith("250");
            assertThat(relay.mail().envelope().recipients()).hasSize(taken);
        }
    }

    @Test
    void whoever_talks_within_the_greeting_pause_is_cut() throws IOException {
        try (TestRelay relay =
                TestRelay.plan().greetingAfter(Duration.ofMillis(300)).start(directory)) {
            var hasty = kept(new Dialogue(relay.port()));
            assertThat(hasty.say("EHLO c\r\nMAIL FROM:<a@b.example>\r\n")).startsWith("554 5.5.1");
            assertThat(hasty.reply()).isEmpty();
            assertThat(kept(relay.client()).say("EHLO c\r\n")).startsWith("250");
            var secure = kept(new Dialogue(relay.tlsPort()));
            secure.secure();
            assertThat(secure.say("EHLO c\r\n")).startsWith("554 5.5.1");
        }
    }
}
