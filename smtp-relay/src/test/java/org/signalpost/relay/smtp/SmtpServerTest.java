package org.signalpost.relay.smtp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.signalpost.relay.spool.Envelope;
import org.signalpost.relay.spool.StoredMail;
import org.slf4j.LoggerFactory;

@SuppressWarnings("StringConcatToTextBlock") // the line ends are the point
class SmtpServerTest {
    @TempDir
    Path directory;

    private TestRelay relay;

    @BeforeEach
    void start() {
        relay = TestRelay.plan().start(directory);
    }

    @AfterEach
    void stop() {
        relay.close();
    }

    @Test
    void a_mail_is_kept_as_it_was_sent_with_its_envelope() throws IOException {
        try (Dialogue client = relay.client()) {
            client.say("EHLO client.example.org\r\n");
            assertThat(client.say("MAIL FROM:<Shop@Example.ORG> SIZE=20 BODY=8BITMIME RET=HDRS ENVID=e+2B1\r\n"))
                    .startsWith("250 2.1.0");
            assertThat(client.say(
                            "RCPT TO:<ann@example.com> NOTIFY=SUCCESS,delay ORCPT=rfc822;Ann+2Bx@example.com\r\n"))
                    .startsWith("250 2.1.5");
            assertThat(client.say("RCPT TO:<\"a b\"@example.com>\r\n")).startsWith("250 2.1.5");
            assertThat(client.say("DATA\r\n")).startsWith("354");
            assertThat(client.say("Subject: x\r\n\r\n..dot\r\ngr\u00fc\u00df\r\n.\r\n"))
                    .startsWith("250 2.0.0 Ok: queued as msg_");
            assertThat(client.say("QUIT\r\n")).startsWith("221");
            assertThat(client.reply()).isEmpty();
            // The greeting, EHLO, MAIL, two recipients, the mail and QUIT.
            assertThat(relay.server.replies(2)).isEqualTo(7);
            assertThat(relay.server.replies(3)).isEqualTo(1);
        }
        StoredMail mail = relay.mail();
        Envelope envelope = mail.envelope();
        assertThat(TestRelay.text(mail)).isEqualTo("Subject: x\r\n\r\n.dot\r\ngr\u00fc\u00df\r\n");
        assertThat(envelope.sender()).isEqualTo("Shop@Example.ORG");
        assertThat(envelope.wishes())
                .isEqualTo(new Envelope.Wishes(/* utf8= */ false, Envelope.Return.HEADERS, "e+2B1"));
        assertThat(envelope.recipients())
                .containsExactly(
                        new Envelope.Recipient(
                                "ann@example.com",
                                Set.of(Envelope.Notify.SUCCESS, Envelope.Notify.DELAY),
                                "rfc822;Ann+2Bx@example.com"),
                        Envelope.Recipient.of("\"a b\"@example.com"));
        assertThat(envelope.origin()).isEqualTo(new Envelope.Origin("127.0.0.1", "client.example.org", "ESMTP", ""));
    }

    @Test
    void an_address_literal_is_an_address_and_a_parameter_has_a_value() throws IOException {
        try (Dialogue client = relay.client()) {
            client.say("EHLO c\r\n");
            for (String domain : new String[] {"[...]", "[999.1.1.1]", "[.]", "[IPv6:::::]", "[::1]", "[IPv6:1.2.3]"}) {
                assertThat(client.say("MAIL FROM:<a@" + domain + ">\r\n")).startsWith("501 5.1.7");
            }
            assertThat(client.say("MAIL FROM:<a@b.example> SMTPUTF8=\r\n")).startsWith("501 5.5.4");
            assertThat(client.say("MAIL FROM:<a@[192.0.2.1]>\r\n")).startsWith("250");
            assertThat(client.say("RCPT TO:<a@[IPv6:2001:db8::1]>\r\n")).startsWith("250");
            assertThat(client.say("RCPT TO:<a@[...]>\r\n")).startsWith("501 5.1.3");
        }
    }

    @Test
    void a_large_mail_goes_through_a_file_and_a_pipelined_one_follows_it() throws IOException {
        String large = "y".repeat(98).concat("\r\n").repeat(10_000);
        try (Dialogue client = relay.client()) {
            client.sayAll("EHLO c", "MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>", "DATA");
            client.write(large + ".\r\nMAIL FROM:<>\r\nRCPT TO:<e@d.example>\r\nDATA\r\nsmall\r\n.\r\nQUIT\r\n");
            for (String reply : new String[] {"250 2.0.0", "250 2.1.0", "250 2.1.5", "354", "250 2.0.0", "221"}) {
                assertThat(client.reply()).startsWith(reply);
            }
        }
        assertThat(relay.mails()).extracting(TestRelay::text).containsExactlyInAnyOrder(large, "small\r\n");
        assertThat(relay.files()).hasSize(1);
    }

    @Test
    void no_room_and_a_log_that_is_broken_are_said_before_a_mail_is_sent() throws IOException {
        try (Dialogue client = relay.client()) {
            client.say("EHLO c\r\n");
            relay.room.set(false);
            assertThat(client.say("MAIL FROM:<a@b.example>\r\n")).startsWith("452 4.3.1");
            assertThat(relay.server.replies(4)).isEqualTo(1);
            relay.room.set(true);
            relay.log.close();
            assertThat(client.say("MAIL FROM:<a@b.example>\r\n")).startsWith("250");
            client.say("RCPT TO:<c@d.example>\r\n");
            client.say("DATA\r\n");
            assertThat(client.say("x\r\n.\r\n")).startsWith("451 4.3.0");
            assertThat(client.say("MAIL FROM:<a@b.example>\r\n")).startsWith("451 4.3.0");
        }
    }

    @Test
    void a_mail_that_is_screened_out_is_refused_with_the_reason() throws IOException {
        relay.refusal = Optional.of("X-Signalpost-Track: all, opens, clicks or none is wanted\r\n");
        try (Dialogue client = relay.client()) {
            client.sayAll("EHLO c", "MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>", "DATA");
            assertThat(client.say("X-Signalpost-Track: maybe\r\n\r\n.\r\n"))
                    .startsWith("550 5.6.0")
                    .contains("X-Signalpost-Track");
            assertThat(client.say("NOOP\r\n")).startsWith("250");
        }
        assertThat(relay.mails()).isEmpty();
    }

    @Test
    void every_verb_of_the_shell_is_replaced_by_one_of_ours() {
        for (SmtpListener listener : relay.server.listeners()) {
            assertThat(listener.shellVerbs())
                    .containsExactlyInAnyOrder(
                            "EHLO",
                            "HELO",
                            "MAIL",
                            "RCPT",
                            "DATA",
                            "BDAT",
                            "RSET",
                            "NOOP",
                            "VRFY",
                            "EXPN",
                            "HELP",
                            "QUIT",
                            "AUTH",
                            "STARTTLS",
                            "PROXY",
                            "GET ",
                            "POST",
                            "PUT ",
                            "HEAD",
                            "CONN",
                            "OPTI",
                            "DELE",
                            "PATC",
                            "TRAC");
        }
    }

    @Test
    void the_shell_logs_no_line_of_a_client() throws IOException {
        try (InputStream shipped = SmtpServer.class.getResourceAsStream("/logback.xml")) {
            assertThat(shipped).isNotNull();
            assertThat(new String(shipped.readAllBytes(), UTF_8))
                    .contains("<logger name=\"org.subethamail\" level=\"WARN\"/>");
        }
        assertThat(LoggerFactory.getLogger("org.subethamail.smtp.server.Session")
                        .isDebugEnabled())
                .isFalse();
    }

    @Test
    void a_stop_lets_a_mail_come_in_and_takes_nothing_new() throws Exception {
        try (Dialogue sending = relay.client();
                Dialogue idle = relay.client();
                Dialogue beginning = relay.client()) {
            sending.sayAll("EHLO c", "MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>", "DATA");
            sending.write("half");
            beginning.sayAll("EHLO c", "MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>");
            Thread stopping = Thread.ofVirtual().start(() -> relay.server.end(TestRelay.PATIENCE));

            assertThat(idle.reply()).startsWith("421 4.3.2");
            assertThat(idle.reply()).isEmpty();
            try (var late = new Dialogue(relay.port())) {
                assertThat(late.reply()).startsWith("421 4.3.2");
            }
            assertThat(beginning.say("RSET\r\n")).startsWith("250");
            assertThat(beginning.say("MAIL FROM:<a@b.example>\r\n")).startsWith("421 4.3.2");
            assertThat(sending.say(" of it\r\n.\r\n")).startsWith("250 2.0.0");
            assertThat(sending.reply()).startsWith("421 4.3.2");
            stopping.join();
            assertThat(relay.server.connections().isEmpty()).isTrue();
        }
        assertThat(TestRelay.text(relay.mail())).isEqualTo("half of it\r\n");
    }

    @Test
    void a_stop_does_not_wait_for_ever() throws Exception {
        var pace = new FakePace();
        try (TestRelay other = TestRelay.plan().at(pace).start(directory.resolve("other"));
                Dialogue client = other.client()) {
            client.sayAll("EHLO c", "MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>", "DATA");
            client.write("half");
            other.server.end(TestRelay.PATIENCE);
            assertThat(client.reply()).isEmpty();
            assertThat(other.mails()).isEmpty();
        }
    }
}
