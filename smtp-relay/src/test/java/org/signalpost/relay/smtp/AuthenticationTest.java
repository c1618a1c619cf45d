package org.signalpost.relay.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.signalpost.relay.spool.Envelope;

/** R13, as far as it is not in {@code dialogs/tls.smtp}. */
class AuthenticationTest {
    private static final String WRONG = "ms_live_Bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

    @TempDir
    Path directory;

    private static String plain(String user, String secret) {
        return "AUTH PLAIN " + base64("\0" + user + "\0" + secret) + "\r\n";
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void whoever_has_signed_in_may_send_and_the_mail_names_the_key() throws IOException {
        try (TestRelay relay = TestRelay.plan().trusting("10.0.0.0/8").start(directory);
                Dialogue client = relay.clientUnderTls()) {
            assertThat(client.say("MAIL FROM:<a@b.example>\r\n")).startsWith("530 5.7.0");
            assertThat(client.say(plain("anybody", TestRelay.KEY))).startsWith("235 2.7.0");
            assertThat(client.sayAll("MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>", "DATA", "x\r\n."))
                    .startsWith("250");

            Envelope.Origin origin = relay.mail().envelope().origin();
            assertThat(origin.key()).isEqualTo("key_a");
            assertThat(origin.protocol()).isEqualTo("ESMTPSA");
        }
    }

    @Test
    void a_session_whose_key_is_revoked_sends_nothing_more_also_from_a_trusted_network() throws IOException {
        for (String trusted : List.of("10.0.0.0/8", "127.0.0.0/8")) {
            try (TestRelay relay =
                            TestRelay.plan().trusting(trusted).start(directory.resolve(trusted.replace('/', '-')));
                    Dialogue client = relay.clientUnderTls()) {
                assertThat(client.say(plain("anybody", TestRelay.KEY))).startsWith("235 2.7.0");
                assertThat(client.sayAll("MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>", "DATA", "x\r\n."))
                        .startsWith("250");
                relay.revoked.add("key_a");
                assertThat(client.say("MAIL FROM:<a@b.example>\r\n")).startsWith("530 5.7.0");
                assertThat(relay.mails()).hasSize(1);
            }
        }
    }

    @Test
    void the_third_failure_ends_the_session_and_answers_come_ever_slower() throws IOException {
        var pace = new FakePace();
        try (TestRelay relay = TestRelay.plan().at(pace).start(directory)) {
            var replies = new ArrayList<String>();
            for (int session = 0; session < 100; session++) {
                try (Dialogue client = relay.clientUnderTls()) {
                    replies.add(client.say(plain("u", WRONG)));
                    replies.add(client.say(plain("another", TestRelay.KEY + "x")));
                    replies.add(client.say(plain("", "")));
                    assertThat(client.reply()).isEmpty();
                }
            }
            assertThat(replies.stream().map(reply -> reply.substring(0, 9)).distinct())
                    .containsExactly("535 5.7.8", "421 4.7.0");
            assertThat(replies.get(0)).isEqualTo(replies.get(1));
            assertThat(replies.get(2)).isEqualTo(replies.get(5)).startsWith("421 4.7.0");
            List<Long> seconds = pace.pauses().stream().map(Duration::toSeconds).toList();
            assertThat(seconds.subList(0, 8)).containsExactly(0L, 0L, 1L, 2L, 4L, 8L, 16L, 30L);
            assertThat(seconds.subList(8, 300)).containsOnly(30L);

            // A right key is not slowed down.
            try (Dialogue client = relay.clientUnderTls()) {
                assertThat(client.say(plain("u", TestRelay.KEY))).startsWith("235");
            }
            assertThat(pace.pauses()).hasSize(300);

            pace.pass(Duration.ofMinutes(16));
            try (Dialogue client = relay.clientUnderTls()) {
                assertThat(client.say(plain("u", WRONG))).startsWith("535");
            }
            assertThat(pace.pauses().getLast()).as("all is forgotten").isZero();
        }
    }

    @Test
    void failures_count_for_one_address_and_for_a_64_of_ipv6() throws IOException {
        var pace = new FakePace();
        var failures = new FailedLogins(pace);
        InetAddress one = InetAddress.getByName("192.0.2.1");
        for (int i = 0; i < 5; i++) {
            failures.add(one);
        }
        assertThat(failures.add(one)).isEqualTo(Duration.ofSeconds(8));
        assertThat(failures.add(InetAddress.getByName("192.0.2.2"))).isZero();
        failures.add(InetAddress.getByName("2001:db8::1"));
        failures.add(InetAddress.getByName("2001:db8::2"));
        assertThat(failures.add(InetAddress.getByName("2001:db8::3")))
                .as("a /64 is one")
                .isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void the_table_of_failures_has_an_end_and_the_oldest_goes_first() throws IOException {
        var failures = new FailedLogins(new FakePace());
        InetAddress first = InetAddress.getByName("10.0.0.0");
        for (int i = 0; i < 3; i++) {
            failures.add(first);
        }
        for (int i = 1; i <= 100_000; i++) {
            failures.add(InetAddress.getByAddress(new byte[] {11, (byte) (i >> 16), (byte) (i >> 8), (byte) i}));
        }
        assertThat(failures.size()).isEqualTo(100_000);
        assertThat(failures.add(first)).as("forgotten").isZero();
    }

    @Test
    void an_answer_that_does_not_end_ends_the_session() throws IOException {
        try (TestRelay relay = TestRelay.plan().start(directory);
                Dialogue client = relay.clientUnderTls()) {
            assertThat(client.say("AUTH PLAIN\r\n")).startsWith("334");
            client.write("A".repeat(12_300) + "\r\n");
            assertThat(client.reply()).startsWith("500");
            assertThat(client.reply()).isEmpty();
        }
    }

    @Test
    void a_client_that_hangs_up_within_signs_nobody_in() throws IOException {
        try (TestRelay relay = TestRelay.plan().start(directory)) {
            for (String begun : List.of("AUTH PLAIN\r\n", "AUTH LOGIN\r\n", "AUTH LOGIN dQ==\r\n")) {
                try (Dialogue client = relay.clientUnderTls()) {
                    assertThat(client.say(begun)).startsWith("334");
                }
            }
            assertThat(Waiting.until(() -> relay.server.connections().isEmpty()))
                    .isTrue();
        }
    }
}
