package org.signalpost.relay.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.signalpost.journal.Journal;
import org.signalpost.relay.spool.Due;
import org.signalpost.relay.spool.Spool;
import org.signalpost.relay.spool.StoredMail;

@SuppressWarnings("StringConcatToTextBlock") // the line ends are the point
class SmtpListenerTest {
    @TempDir
    Path directory;

    private final AtomicBoolean room = new AtomicBoolean(true);
    private Optional<String> refusal = Optional.empty();
    private Journal log;
    private Spool spool;
    private SmtpListener listener;

    @BeforeEach
    void start() {
        log = Journal.open(directory.resolve("log"));
        spool = new Spool(log, directory, InstantSource.system(), new SecureRandom());
        spool.start();
        listener = new SmtpListener(settings("127.0.0.0/8"), spool, room::get, message -> refusal);
        listener.start();
    }

    private static SmtpSettings settings(String trusted) {
        return new SmtpSettings(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                "relay.example.org",
                List.of(Network.parse(trusted)),
                10_000,
                3);
    }

    @AfterEach
    void stop() {
        listener.close();
        log.close();
    }

    private Dialogue client() throws IOException {
        return new Dialogue(listener.address().getPort());
    }

    private StoredMail stored() {
        Optional<Due> due = spool.take(Duration.ofSeconds(5));
        return spool.read(due.orElseThrow().id());
    }

    private static String text(StoredMail mail) {
        return new String(mail.message().octets(), StandardCharsets.ISO_8859_1);
    }

    @Test
    void a_mail_is_kept_as_it_was_sent_with_its_envelope() throws IOException {
        try (var client = client()) {
            assertThat(client.say("EHLO client.example.org\r\n"))
                    .contains("250-relay.example.org", "PIPELINING", "SIZE 10000", "8BITMIME", "ENHANCEDSTATUSCODES");
            assertThat(client.say("MAIL FROM:<Shop@Example.ORG> SIZE=20 BODY=8BITMIME\r\n"))
                    .startsWith("250 2.1.0");
            assertThat(client.say("RCPT TO:<ann@example.com>\r\n")).startsWith("250 2.1.5");
            assertThat(client.say("RCPT TO:<ann@EXAMPLE.com>\r\n")).startsWith("250 2.1.5");
            assertThat(client.say("RCPT TO:<\"a b\"@example.com>\r\n")).startsWith("250 2.1.5");
            assertThat(client.say("DATA\r\n")).startsWith("354");
            assertThat(client.say("Subject: x\r\n\r\n..dot\r\ngr\u00fc\u00df\r\n.\r\n"))
                    .startsWith("250 2.0.0 Ok: queued as msg_");
            assertThat(client.say("QUIT\r\n")).startsWith("221");
        }
        StoredMail mail = stored();
        assertThat(text(mail)).isEqualTo("Subject: x\r\n\r\n.dot\r\ngr\u00fc\u00df\r\n");
        assertThat(mail.envelope().sender()).isEqualTo("Shop@Example.ORG");
        assertThat(mail.envelope().recipients()).containsExactly("ann@example.com", "\"a b\"@example.com");
        assertThat(mail.envelope().protocol()).isEqualTo("ESMTP");
        assertThat(mail.envelope().client()).isEqualTo("127.0.0.1");
    }

    @Test
    void a_client_may_say_everything_at_once_and_nothing_in_a_mail_is_a_command() throws IOException {
        try (var client = client()) {
            client.write("EHLO c\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n"
                    + "x\n.\nMAIL FROM:<evil@b.example>\r\n\r.\rRCPT TO:<evil@d.example>\r\n.\r\n"
                    + "MAIL FROM:<>\r\nRCPT TO:<e@d.example>\r\nDATA\r\nsecond\r\n.\r\nQUIT\r\n");
            for (String code : List.of(
                    "250-",
                    "250 2.1.0",
                    "250 2.1.5",
                    "354",
                    "250 2.0.0",
                    "250 2.1.0",
                    "250 2.1.5",
                    "354",
                    "250 2.0.0",
                    "221")) {
                assertThat(client.reply()).startsWith(code);
            }
        }
        assertThat(spool.open()).isEqualTo(2);
        assertThat(text(stored())).contains("MAIL FROM:<evil@b.example>").doesNotContain("second");
        assertThat(stored().envelope().sender()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "MAIL FROM:<a@b.example> | 503 5.5.1",
                "EHLO c;MAIL FROM:a@b.example | 501 5.1.3",
                "EHLO c;MAIL FROM:<a b@c.example> | 501 5.1.3",
                "EHLO c;MAIL FROM:<a@b.example> SIZE=10001 | 552 5.3.4",
                "EHLO c;MAIL FROM:<a@b.example> SIZE=x | 501 5.5.4",
                "EHLO c;MAIL FROM:<a@b.example> FOO=1 | 555 5.5.4",
                "EHLO c;RCPT TO:<a@b.example> | 503 5.5.1",
                "EHLO c;DATA | 503 5.5.1",
                "EHLO c;MAIL FROM:<a@b.example>;DATA | 554 5.5.1",
                "EHLO c;MAIL FROM:<a@b.example>;RCPT TO:<> | 501 5.1.3",
                "EHLO c;MAIL FROM:<a@b.example>;RCPT TO:<a> | 501 5.1.3",
                "EHLO c;MAIL FROM:<a@b.example>;RCPT TO:<postmaster> | 550 5.1.1",
                "EHLO c;MAIL FROM:<a@b.example>;MAIL FROM:<a@b.example> | 503 5.5.1",
                "EHLO c;MAIL FROM:<a@b.example>;RCPT TO:<1@b.example>;RCPT TO:<2@b.example>;RCPT TO:<3@b.example>;RCPT TO:<4@b.example> | 452 4.5.3",
                "EHLO c;MAILX FROM:<a@b.example> | 500 5.5.2",
                "EHLO c;NONSENSE | 500",
                "EHLO c;AUTH PLAIN AGEAYg== | 502 5.5.1",
                "EHLO c;VRFY a | 252 2.5.2",
                "GET / HTTP/1.1 | 421 4.7.0"
            })
    void what_is_not_granted_is_said_with_the_right_code(String commands, String reply) throws IOException {
        try (var client = client()) {
            String last = "";
            for (String command : commands.split(";", -1)) {
                last = client.say(command + "\r\n");
            }
            assertThat(last).startsWith(reply);
        }
        assertThat(spool.open()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"NOOP\\n", "NO\\rOP\\r\\n", "NOOP \\0\\r\\n"})
    void a_line_that_ends_or_holds_what_it_must_not_ends_the_session(String line) throws IOException {
        try (var client = client()) {
            String octets = line.replace("\\r", "\r").replace("\\n", "\n").replace("\\0", "\0");
            assertThat(client.say(octets + "EHLO c\r\n")).startsWith("500 5.5.2");
            assertThat(client.reply()).isEmpty();
        }
    }

    @Test
    void too_large_a_mail_is_refused_after_its_end_and_the_session_goes_on() throws IOException {
        try (var client = client()) {
            client.say("EHLO c\r\n");
            client.say("MAIL FROM:<a@b.example>\r\n");
            client.say("RCPT TO:<c@d.example>\r\n");
            client.say("DATA\r\n");
            assertThat(client.say("x".repeat(10_001) + "\r\n.\r\n")).startsWith("552 5.3.4");
            assertThat(client.say("MAIL FROM:<a@b.example>\r\n")).startsWith("250");
        }
        assertThat(spool.open()).isZero();
    }

    @Test
    void a_mail_cut_off_is_no_mail() throws IOException {
        try (var client = client()) {
            client.say("EHLO c\r\n");
            client.say("MAIL FROM:<a@b.example>\r\n");
            client.say("RCPT TO:<c@d.example>\r\n");
            client.say("DATA\r\n");
            client.write("half a mail\r\n.");
        }
        try (var next = client()) {
            assertThat(next.say("NOOP\r\n")).startsWith("250");
        }
        assertThat(spool.open()).isZero();
    }

    @Test
    void no_room_and_a_log_that_is_broken_are_said_before_a_mail_is_sent() throws IOException {
        try (var client = client()) {
            client.say("EHLO c\r\n");
            room.set(false);
            assertThat(client.say("MAIL FROM:<a@b.example>\r\n")).startsWith("452 4.3.1");
            room.set(true);
            log.close();
            assertThat(client.say("MAIL FROM:<a@b.example>\r\n")).startsWith("250");
            client.say("RCPT TO:<c@d.example>\r\n");
            client.say("DATA\r\n");
            assertThat(client.say("x\r\n.\r\n")).startsWith("451 4.3.0");
            assertThat(client.say("MAIL FROM:<a@b.example>\r\n")).startsWith("451 4.3.0");
        }
    }

    @Test
    void a_stranger_may_send_nothing() throws IOException {
        try (var strict = new SmtpListener(settings("10.0.0.0/8"), spool, room::get, message -> refusal)) {
            strict.start();
            try (var client = new Dialogue(strict.address().getPort())) {
                client.say("EHLO c\r\n");
                assertThat(client.say("MAIL FROM:<a@b.example>\r\n")).startsWith("554 5.7.1");
            }
        }
    }

    @Test
    void mail_that_goes_round_in_circles_is_stopped() throws IOException {
        try (var client = client()) {
            client.say("EHLO c\r\n");
            client.say("MAIL FROM:<a@b.example>\r\n");
            client.say("RCPT TO:<c@d.example>\r\n");
            client.say("DATA\r\n");
            assertThat(client.say("Received: x\r\n".repeat(51) + "\r\n.\r\n")).startsWith("554 5.4.6");
        }
    }

    @Test
    void every_verb_of_the_shell_is_replaced_by_one_of_ours() {
        var ours = new Verbs(settings("127.0.0.0/8"), spool, room::get, () -> false, message -> refusal)
                .all().stream()
                        .map(Verb::getName)
                        .map(name -> name.substring(0, Math.min(4, name.length())))
                        .toList();
        for (String verb : listener.shellVerbs()) {
            assertThat(ours).contains(verb.substring(0, Math.min(4, verb.length())));
        }
    }

    @Test
    void a_client_that_sends_all_its_recipients_at_once_is_told_of_those_too_many_and_goes_on() throws IOException {
        try (var client = client()) {
            client.say("EHLO c\r\n");
            client.say("MAIL FROM:<a@b.example>\r\n");
            for (int i = 0; i < 60; i++) {
                assertThat(client.say("RCPT TO:<r" + i + "@d.example>\r\n")).startsWith(i < 3 ? "250" : "452 4.5.3");
            }
            assertThat(client.say("DATA\r\n")).startsWith("354");
            assertThat(client.say("x\r\n.\r\n")).startsWith("250");
        }
        assertThat(spool.open()).isEqualTo(3);
    }

    @Test
    void a_mail_that_is_screened_out_is_refused_with_the_reason() throws IOException {
        refusal = Optional.of("X-Signalpost-Track: all, opens, clicks or none is wanted");
        try (var client = client()) {
            client.say("EHLO c\r\n");
            client.say("MAIL FROM:<a@b.example>\r\n");
            client.say("RCPT TO:<c@d.example>\r\n");
            client.say("DATA\r\n");
            assertThat(client.say("X-Signalpost-Track: maybe\r\n\r\n.\r\n"))
                    .startsWith("550 5.6.0")
                    .contains("X-Signalpost-Track");
        }
        assertThat(spool.open()).isZero();
    }
}
