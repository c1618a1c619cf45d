package org.signalpost.relay.client;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.signalpost.relay.delivery.Attempts;
import org.signalpost.relay.delivery.Dispatch;
import org.signalpost.relay.delivery.Outcome;
import org.signalpost.relay.spool.Envelope;
import org.signalpost.relay.spool.TestSpool;
import org.signalpost.rewrite.RawMessage;
import org.signalpost.track.TrackingDecision;

/** Copies fit what the next hop says it can, from the spooled mail to the wire. */
class CapabilitiesTest {
    private static final String ALL = "8BITMIME,SMTPUTF8,DSN";
    private static final String HTML = "<p>Gr\u00fc\u00dfe, <a href=\"https://d.example/\">x</a></p>\r\n";

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

    private static RawMessage html(String html) {
        return utf8("From: a@example.org\r\nContent-Type: text/html; charset=utf-8\r\n"
                + "Content-Transfer-Encoding: 8bit\r\n\r\n" + html);
    }

    private static Envelope to(String... recipients) {
        return TestSpool.envelope("shop@example.org", recipients);
    }

    private static Envelope with(String sender, Envelope.Recipient recipient, Envelope.Wishes wishes) {
        Envelope plain = TestSpool.envelope(sender, List.of(recipient));
        return new Envelope(plain.sender(), plain.recipients(), plain.origin(), wishes);
    }

    private static Object content(byte[] mail) throws IOException, MessagingException {
        return new MimeMessage(Session.getInstance(new Properties()), new ByteArrayInputStream(mail)).getContent();
    }

    private static boolean isAscii(byte[] octets) {
        return new String(octets, StandardCharsets.ISO_8859_1).chars().allMatch(c -> c < 0x80);
    }

    private static String command(ScriptedPeer peer, String verb) {
        return peer.commands.stream()
                .filter(command -> command.startsWith(verb))
                .reduce((first, second) -> second)
                .orElse("none");
    }

    @Test
    void a_peer_without_8bitmime_gets_the_same_content_in_seven_bits() throws IOException, MessagingException {
        try (ScriptedPeer wide = offering("8BITMIME");
                ScriptedPeer narrow = offering("HELP")) {
            Dispatch.Attempt first = to(wide).of(to("ann@example.com"), html(HTML));
            Dispatch.Attempt second = to(narrow).of(to("ann@example.com"), html(HTML));

            assertThat(first.outcome()).isInstanceOf(Outcome.Delivered.class);
            assertThat(second.outcome()).isInstanceOf(Outcome.Delivered.class);
            assertThat(second.decision()).isInstanceOf(TrackingDecision.Tracked.class);
            assertThat(isAscii(wide.mails.getFirst())).isFalse();
            assertThat(isAscii(narrow.mails.getFirst())).isTrue();
            assertThat(content(narrow.mails.getFirst()))
                    .isEqualTo(content(wide.mails.getFirst()))
                    .asString()
                    .contains("Gr\u00fc\u00dfe", "https://t.example");
            assertThat(command(wide, "MAIL")).endsWith(" BODY=8BITMIME");
            assertThat(command(narrow, "MAIL")).isEqualTo("MAIL FROM:<shop@example.org>");
        }
    }

    @Test
    void signed_mail_that_is_not_seven_bit_is_refused_without_a_transfer() throws IOException {
        RawMessage signed = utf8("From: a@example.org\r\nContent-Type: multipart/signed; boundary=b; micalg=x;"
                + " protocol=\"application/pgp-signature\"\r\n\r\n"
                + "--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
                + "Gr\u00fc\u00dfe\r\n--b\r\nContent-Type: application/pgp-signature\r\n\r\nx\r\n--b--\r\n");
        try (ScriptedPeer narrow = offering("HELP");
                ScriptedPeer wide = offering("8BITMIME")) {
            Outcome refused = to(narrow).of(to("ann@example.com"), signed).outcome();
            assertThat(refused).isInstanceOf(Outcome.Refused.class);
            assertThat(refused.said().status()).isEqualTo("5.6.3");
            assertThat(narrow.commands).noneMatch(command -> command.startsWith("MAIL"));

            assertThat(to(wide).of(to("ann@example.com"), signed).outcome()).isInstanceOf(Outcome.Delivered.class);
            assertThat(new String(wide.mails.getFirst(), StandardCharsets.UTF_8))
                    .endsWith(new String(signed.octets(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void eight_bits_in_header_fields_alone_are_not_announced_as_an_8_bit_body() throws IOException {
        try (ScriptedPeer peer = offering(ALL)) {
            RawMessage mail = utf8("Subject: Gr\u00fc\u00dfe\r\n\r\nascii\r\n");
            assertThat(to(peer).of(to("ann@example.com"), mail).outcome()).isInstanceOf(Outcome.Delivered.class);
            assertThat(command(peer, "MAIL")).isEqualTo("MAIL FROM:<shop@example.org>");
            assertThat(new String(peer.mails.getFirst(), StandardCharsets.UTF_8))
                    .contains("Subject: Gr\u00fc\u00dfe\r\n");

            String part = "--b\r\nSubject: \u00fc\r\n\r\nascii\r\n--b--\r\n";
            RawMessage nested = utf8("Content-Type: multipart/mixed; boundary=b\r\n\r\n" + part);
            assertThat(to(peer).of(to("ann@example.com"), nested).outcome()).isInstanceOf(Outcome.Delivered.class);
            assertThat(command(peer, "MAIL")).endsWith(" BODY=8BITMIME");
        }
    }

    @Test
    void the_original_goes_where_the_tracked_copy_is_too_large_and_nothing_where_both_are() throws IOException {
        RawMessage mail = html("<p>x</p><a href=\"https://d.example/\">y</a>\r\n");
        try (ScriptedPeer small = offering("8BITMIME,SIZE 400 ");
                ScriptedPeer tiny = offering("8BITMIME,SIZE 100");
                ScriptedPeer unlimited = offering("8BITMIME,SIZE 0")) {
            Dispatch.Attempt original = to(small).of(to("ann@example.com"), mail);
            assertThat(original.outcome()).as(original.toString()).isInstanceOf(Outcome.Delivered.class);
            assertThat(original.decision())
                    .isInstanceOfSatisfying(
                            TrackingDecision.Untracked.class,
                            untracked -> assertThat(untracked.reason()).isEqualTo("peer-size"));
            assertThat(new String(small.mails.getFirst(), StandardCharsets.UTF_8))
                    .endsWith(new String(mail.octets(), StandardCharsets.UTF_8));
            assertThat(command(small, "MAIL")).contains(" SIZE=" + small.mails.getFirst().length);

            Outcome refused = to(tiny).of(to("ann@example.com"), mail).outcome();
            assertThat(refused.said().status()).isEqualTo("5.3.4");
            assertThat(tiny.commands).noneMatch(command -> command.startsWith("MAIL"));

            Dispatch.Attempt tracked = to(unlimited).of(to("ann@example.com"), mail);
            assertThat(tracked.decision()).isInstanceOf(TrackingDecision.Tracked.class);
            assertThat(unlimited.mails).hasSize(1);
        }
    }

    @Test
    void what_the_sender_wants_to_be_told_is_passed_on_to_a_peer_with_dsn_and_to_no_other() throws IOException {
        var recipient = new Envelope.Recipient(
                "ann@example.com", Set.of(Envelope.Notify.SUCCESS, Envelope.Notify.DELAY), "rfc822;a+2Bb@example.com");
        var wishes = new Envelope.Wishes(/* utf8= */ false, Envelope.Return.HEADERS, "id+2B1");
        Envelope envelope = with("shop@example.org", recipient, wishes);
        try (ScriptedPeer peer = offering("DSN");
                ScriptedPeer old = offering("8BITMIME")) {
            Outcome told = to(peer).of(envelope, utf8("\r\nx\r\n")).outcome();
            assertThat(told)
                    .isInstanceOfSatisfying(
                            Outcome.Delivered.class,
                            delivered -> assertThat(delivered.reports()).isTrue());
            assertThat(command(peer, "MAIL")).isEqualTo("MAIL FROM:<shop@example.org> RET=HDRS ENVID=id+2B1");
            assertThat(command(peer, "RCPT"))
                    .isEqualTo("RCPT TO:<ann@example.com> NOTIFY=DELAY,SUCCESS ORCPT=rfc822;a+2Bb@example.com");

            Outcome untold = to(old).of(envelope, utf8("\r\nx\r\n")).outcome();
            assertThat(untold)
                    .isInstanceOfSatisfying(
                            Outcome.Delivered.class,
                            delivered -> assertThat(delivered.reports()).isFalse());
            assertThat(command(old, "MAIL")).isEqualTo("MAIL FROM:<shop@example.org>");
            assertThat(command(old, "RCPT")).isEqualTo("RCPT TO:<ann@example.com>");
        }
    }

    @Test
    void a_peer_with_dsn_reports_a_mail_that_it_took_with_a_reply_other_than_250() throws IOException {
        try (var peer = new ScriptedPeer(Map.of("keywords", "DSN", ".", "251 taken"))) {
            assertThat(to(peer).of(to("ann@example.com"), utf8("\r\nx\r\n")).outcome())
                    .isInstanceOfSatisfying(
                            Outcome.Delivered.class,
                            delivered -> assertThat(delivered.reports()).isTrue());
        }
    }
}
