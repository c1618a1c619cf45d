package org.signalpost.relay.bounce;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.signalpost.relay.bounce.Notices.ANN;
import static org.signalpost.relay.bounce.Notices.ARRIVED;
import static org.signalpost.relay.bounce.Notices.BOB;
import static org.signalpost.relay.bounce.Notices.EVE;
import static org.signalpost.relay.bounce.Notices.MAIL;
import static org.signalpost.relay.bounce.Notices.TRIED;
import static org.signalpost.relay.bounce.Notices.about;
import static org.signalpost.relay.bounce.Notices.notice;
import static org.signalpost.relay.bounce.Notices.parts;
import static org.signalpost.relay.bounce.Notices.plainLines;
import static org.signalpost.relay.bounce.Notices.python;
import static org.signalpost.relay.bounce.Notices.sevenBit;
import static org.signalpost.relay.bounce.Notices.text;

import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;
import org.signalpost.relay.bounce.Notice.Action;
import org.signalpost.relay.bounce.Notice.Form;
import org.signalpost.relay.bounce.Notice.Original;
import org.signalpost.relay.bounce.Notice.Recipient;
import org.signalpost.relay.bounce.Notice.Ret;
import org.signalpost.relay.bounce.Notice.Said;
import org.signalpost.rewrite.RawMessage;

class NoticeTest {
    @Test
    void reads_as_people_and_programs_want_it() throws IOException {
        try (InputStream golden = NoticeTest.class.getResourceAsStream("/bounce/three-recipients.eml")) {
            assertThat(sevenBit(notice(Form.SEVEN_BIT, about(MAIL, Ret.HDRS), ANN, BOB, EVE)))
                    .isEqualTo(new String(golden.readAllBytes(), ISO_8859_1));
        }
    }

    @Test
    void python_finds_every_field() throws IOException {
        assertThat(python(notice(Form.SEVEN_BIT, about(MAIL, Ret.HDRS), ANN, BOB, EVE))
                        .lines())
                .containsSubsequence(
                        "mail From = Mail Delivery System <postmaster@relay.example.org>",
                        "mail To = <shop@example.org>",
                        "mail Subject = What became of your mail",
                        "mail Date = Sun, 1 Mar 2026 10:06:00 +0000",
                        "mail Message-ID = <01JD3Z6V5W4X3Y2Z1A0BCDEFGH@relay.example.org>",
                        "mail In-Reply-To = <1@shop.example.org>",
                        "mail Auto-Submitted = auto-replied",
                        "mail MIME-Version = 1.0",
                        "report multipart/report delivery-status",
                        "part text/plain quoted-printable",
                        "part message/delivery-status 7bit",
                        "part text/rfc822-headers 7bit",
                        "group 0 Reporting-MTA = dns; relay.example.org",
                        "group 0 Original-Envelope-Id = QQ 314+159",
                        "group 0 Arrival-Date = Sun, 1 Mar 2026 10:00:00 +0000",
                        "group 1 Original-Recipient = rfc822;ann.old@example.com",
                        "group 1 Final-Recipient = rfc822; ann@example.com",
                        "group 1 Action = failed",
                        "group 1 Status = 5.1.1",
                        "group 1 Remote-MTA = dns; mx.example.com",
                        "group 1 Diagnostic-Code = smtp; 550 5.1.1 <ann@example.com>: no such user",
                        "group 1 Last-Attempt-Date = Sun, 1 Mar 2026 10:05:00 +0000",
                        "group 2 Final-Recipient = rfc822; bob@example.net",
                        "group 2 Action = delayed",
                        "group 2 Status = 4.0.0",
                        "group 2 Last-Attempt-Date = Sun, 1 Mar 2026 10:05:00 +0000",
                        "group 2 Will-Retry-Until = Fri, 6 Mar 2026 10:00:00 +0000",
                        "group 3 Final-Recipient = rfc822; eve@example.net",
                        "group 3 Action = relayed")
                .noneMatch(line -> line.startsWith("defects"))
                .noneMatch(line -> line.startsWith("group 2 Remote-MTA") || line.startsWith("group 2 Diagnostic"))
                .hasSize(35);
    }

    @Test
    void is_the_same_each_time_and_says_what_happened_in_its_subject() {
        Notice failed = notice(Form.SEVEN_BIT, about(MAIL, Ret.HDRS), ANN);
        assertThat(failed.message()).isEqualTo(failed.message());
        assertThat(text(failed)).contains("Subject: Your mail could not be delivered\r\n");
        assertThat(text(notice(Form.SEVEN_BIT, about(MAIL, Ret.HDRS), BOB, BOB)))
                .contains("Subject: Your mail is delayed\r\n");
        assertThat(text(notice(Form.SEVEN_BIT, about(MAIL, Ret.HDRS), EVE)))
                .contains("Subject: Your mail was passed on\r\n");
    }

    @Test
    void goes_to_nobody_for_the_null_sender_and_tells_of_somebody() {
        assertThatThrownBy(() -> new Original("", "", ARRIVED, Ret.HDRS, RawMessage.of(new byte[0])))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> notice(Form.SEVEN_BIT, about(MAIL, Ret.HDRS)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void what_is_compared_keeps_its_blanks() {
        var quoted = new Recipient(
                "\"a  b \"@example.com",
                "rfc822;\"a   b \"@example.com",
                new Action.Failed(),
                new StatusCode(5, 1, 1),
                new Said.ByPeer("mx.example.com", "550  no\r\nsuch   user"),
                TRIED);
        var original = new Original(
                "shop@example.org", "a  b\r\nX: y", ARRIVED, Ret.HDRS, RawMessage.of(MAIL.getBytes(UTF_8)));
        assertThat(plainLines(notice(Form.SEVEN_BIT, original, quoted)))
                .contains(
                        "\r\nOriginal-Envelope-Id: a  b  X: y\r\n",
                        "\r\nOriginal-Recipient: rfc822;\"a   b \"@example.com\r\n",
                        "\r\nFinal-Recipient: rfc822; \"a  b \"@example.com\r\n",
                        "\r\nDiagnostic-Code: smtp; 550 no such user\r\n",
                        "<\"a  b \"@example.com>");
    }

    @Test
    void an_address_in_utf8_is_escaped_unless_the_notice_goes_in_utf8() throws IOException {
        var jose = new Recipient(
                "jos\u00e9+x@b\u00fccher.example",
                "utf-8;jos\\x{E9}@example.com",
                new Action.Failed(),
                new StatusCode(5, 6, 7),
                new Said.ByUs("The next hop takes no such address."),
                TRIED);
        var sender = new Original("ren\u00e9@example.org", "", ARRIVED, Ret.HDRS, RawMessage.of(MAIL.getBytes(UTF_8)));

        Notice escaped = notice(Form.SEVEN_BIT, sender, jose, ANN);
        sevenBit(escaped);
        assertThat(python(escaped).lines())
                .contains(
                        "part message/delivery-status 7bit",
                        "group 1 Original-Recipient = utf-8;jos\\x{E9}@example.com",
                        "group 1 Final-Recipient = utf-8; jos\\x{E9}\\x{2B}x@b\\x{FC}cher.example",
                        "group 2 Final-Recipient = rfc822; ann@example.com",
                        "mail To = undisclosed-recipients:;");
        assertThat(new String(parts(escaped).getFirst().content().getBytes(ISO_8859_1), UTF_8))
                .contains("<jos\u00e9+x@b\u00fccher.example>");

        Notice plain = notice(Form.UTF8, sender, jose, ANN);
        String text = new String(plainLines(plain).getBytes(ISO_8859_1), UTF_8);
        assertThat(text)
                .contains("To: <ren\u00e9@example.org>\r\n")
                .contains("Content-Type: message/global-delivery-status\r\nContent-Transfer-Encoding: 8bit\r\n")
                .contains("Final-Recipient: utf-8; jos\u00e9+x@b\u00fccher.example\r\n")
                .contains("Final-Recipient: rfc822; ann@example.com\r\n");
    }
}
