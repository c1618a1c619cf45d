package org.signalpost.relay.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.signalpost.relay.delivery.Attempts;
import org.signalpost.relay.delivery.Outcome;
import org.signalpost.relay.spool.Envelope;
import org.signalpost.relay.spool.StoredMail;
import org.signalpost.relay.spool.TestSpool;
import org.signalpost.rewrite.RawMessage;

/** Addresses that are not ASCII go as they are where SMTPUTF8 is offered, and nowhere as something else. */
class Utf8AddressesTest {
    private static final String ALL = "8BITMIME,SMTPUTF8,DSN";

    private final SmtpPool pool = Peers.pool(Peers.nobody(), Peers.PATIENT, 100);

    @AfterEach
    void close() {
        pool.close();
    }

    private static ScriptedPeer offering(String keywords) throws IOException {
        return new ScriptedPeer(Map.of("keywords", keywords));
    }

    private Attempts to(ScriptedPeer peer) {
        return new Attempts(new SmartHost(peer.hop(), pool));
    }

    private static RawMessage utf8(String mail) {
        return RawMessage.of(mail.getBytes(StandardCharsets.UTF_8));
    }

    private static Envelope to(String... recipients) {
        return TestSpool.envelope("shop@example.org", recipients);
    }

    private static Envelope with(String sender, Envelope.Recipient recipient, Envelope.Wishes wishes) {
        Envelope plain = TestSpool.envelope(sender, List.of(recipient));
        return new Envelope(plain.sender(), plain.recipients(), plain.origin(), wishes);
    }

    private static Envelope submittedWithUtf8(String sender, String recipient) {
        return with(
                sender,
                Envelope.Recipient.of(recipient),
                new Envelope.Wishes(/* utf8= */ true, Envelope.Return.UNSAID, ""));
    }

    private static String command(ScriptedPeer peer, String verb) {
        return peer.commands.stream()
                .filter(command -> command.startsWith(verb))
                .reduce((first, second) -> second)
                .orElse("none");
    }

    @Test
    void without_smtputf8_only_the_recipient_that_needs_it_is_refused() throws IOException {
        StoredMail mail = Attempts.mail(
                TestSpool.envelope(
                        "shop@example.org", "j\u00fcrgen@example.com", "ann@B\u00fccher.example", "bob@example.com"),
                utf8("Subject: x\r\n\r\ny\r\n"));
        try (ScriptedPeer peer = offering("8BITMIME")) {
            Outcome refused = to(peer).of(mail, 0).outcome();
            assertThat(refused).isInstanceOf(Outcome.Refused.class);
            assertThat(refused.said().status()).isEqualTo("5.6.7");
            assertThat(peer.commands).noneMatch(command -> command.startsWith("MAIL"));

            assertThat(to(peer).of(mail, 1).outcome()).isInstanceOf(Outcome.Delivered.class);
            assertThat(command(peer, "RCPT")).isEqualTo("RCPT TO:<ann@xn--bcher-kva.example>");
            assertThat(to(peer).of(mail, 2).outcome()).isInstanceOf(Outcome.Delivered.class);
            assertThat(command(peer, "RCPT")).isEqualTo("RCPT TO:<bob@example.com>");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "stra\u00dfe.example",
                "STRA\u1e9eE.example",
                "\u03b2\u03cc\u03bb\u03bf\u03c2.example",
                "a\u200db.example",
                "a\u200cb.example"
            })
    void a_domain_that_means_two_domains_in_ascii_is_refused_not_mapped(String domain) throws IOException {
        try (ScriptedPeer peer = offering("8BITMIME")) {
            Outcome refused =
                    to(peer).of(to("ann@" + domain), utf8("\r\nx\r\n")).outcome();
            assertThat(refused).isInstanceOf(Outcome.Refused.class);
            assertThat(refused.said().status()).isEqualTo("5.6.7");
            assertThat(peer.commands).noneMatch(command -> command.startsWith("RCPT"));
        }
    }

    @Test
    void an_address_without_a_domain_has_no_other_form_in_ascii() throws IOException {
        try (ScriptedPeer peer = offering("8BITMIME")) {
            assertThat(to(peer).of(to("j\u00fcrgen"), utf8("\r\nx\r\n"))
                            .outcome()
                            .said()
                            .status())
                    .isEqualTo("5.6.7");
            assertThat(to(peer).of(to("postmaster"), utf8("\r\nx\r\n")).outcome())
                    .isInstanceOf(Outcome.Delivered.class);
        }
    }

    @Test
    void with_smtputf8_addresses_go_as_they_are() throws IOException {
        try (ScriptedPeer peer = offering(ALL)) {
            Envelope envelope = TestSpool.envelope("l\u00e4den@stra\u00dfe.example", "j\u00fcrgen@b\u00fccher.example");
            assertThat(to(peer).of(envelope, utf8("\r\nx\r\n")).outcome()).isInstanceOf(Outcome.Delivered.class);
            assertThat(command(peer, "MAIL")).isEqualTo("MAIL FROM:<l\u00e4den@stra\u00dfe.example> SMTPUTF8");
            assertThat(command(peer, "RCPT")).isEqualTo("RCPT TO:<j\u00fcrgen@b\u00fccher.example>");
        }
    }

    @Test
    void smtputf8_is_asked_for_when_the_submission_used_it_and_not_otherwise() throws IOException {
        RawMessage mail = utf8("Subject: Gr\u00fc\u00dfe\r\n\r\nx\r\n");
        try (ScriptedPeer peer = offering(ALL);
                ScriptedPeer old = offering("8BITMIME")) {
            Envelope submitted = submittedWithUtf8("shop@example.org", "ann@example.com");
            assertThat(to(peer).of(submitted, mail).outcome()).isInstanceOf(Outcome.Delivered.class);
            assertThat(command(peer, "MAIL")).isEqualTo("MAIL FROM:<shop@example.org> SMTPUTF8");
            assertThat(to(peer).of(to("ann@example.com"), mail).outcome()).isInstanceOf(Outcome.Delivered.class);
            assertThat(command(peer, "MAIL")).isEqualTo("MAIL FROM:<shop@example.org>");
            assertThat(to(old).of(submitted, mail).outcome()).isInstanceOf(Outcome.Delivered.class);
            assertThat(command(old, "MAIL")).isEqualTo("MAIL FROM:<shop@example.org>");
        }
    }

    @Test
    void a_character_whose_low_octet_is_a_line_feed_makes_no_second_command() throws IOException {
        Envelope envelope = submittedWithUtf8("b\u560d@example.org", "a\u560a@d.example");
        try (ScriptedPeer peer = offering(ALL);
                ScriptedPeer old = offering("8BITMIME")) {
            assertThat(to(peer).of(envelope, utf8("\r\nx\r\n")).outcome()).isInstanceOf(Outcome.Delivered.class);
            assertThat(peer.commands)
                    .contains("MAIL FROM:<b\u560d@example.org> SMTPUTF8", "RCPT TO:<a\u560a@d.example>")
                    .allMatch(command -> command.matches("(EHLO|MAIL|RCPT|DATA|QUIT)( .*)?"));

            Outcome refused = to(old).of(envelope, utf8("\r\nx\r\n")).outcome();
            assertThat(refused.said().status()).isEqualTo("5.6.7");
            assertThat(old.commands).noneMatch(command -> command.startsWith("MAIL"));
        }
    }

    @Test
    void an_original_recipient_in_utf8_is_escaped_where_smtputf8_is_not_offered() throws IOException {
        var recipient =
                new Envelope.Recipient("ann@example.com", Set.of(Envelope.Notify.NEVER), "utf-8;a\u560a@example.com");
        try (ScriptedPeer old = offering("DSN,8BITMIME");
                ScriptedPeer peer = offering(ALL)) {
            Envelope envelope = with(
                    "shop@example.org", recipient, new Envelope.Wishes(/* utf8= */ true, Envelope.Return.FULL, ""));
            for (ScriptedPeer one : Arrays.asList(old, peer)) {
                assertThat(to(one).of(envelope, utf8("\r\nx\r\n")).outcome()).isInstanceOf(Outcome.Delivered.class);
            }
            assertThat(command(old, "RCPT"))
                    .isEqualTo("RCPT TO:<ann@example.com> NOTIFY=NEVER ORCPT=utf-8;a\\x{560A}@example.com");
            assertThat(command(peer, "RCPT"))
                    .isEqualTo("RCPT TO:<ann@example.com> NOTIFY=NEVER ORCPT=utf-8;a\u560a@example.com");
        }
    }
}
