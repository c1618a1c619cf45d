package org.signalpost.relay.bounce;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.signalpost.relay.bounce.Notices.ANN;
import static org.signalpost.relay.bounce.Notices.ARRIVED;
import static org.signalpost.relay.bounce.Notices.BOB;
import static org.signalpost.relay.bounce.Notices.MAIL;
import static org.signalpost.relay.bounce.Notices.NOW;
import static org.signalpost.relay.bounce.Notices.TRIED;
import static org.signalpost.relay.bounce.Notices.about;
import static org.signalpost.relay.bounce.Notices.notice;
import static org.signalpost.relay.bounce.Notices.own;
import static org.signalpost.relay.bounce.Notices.parts;
import static org.signalpost.relay.bounce.Notices.plainLines;
import static org.signalpost.relay.bounce.Notices.python;
import static org.signalpost.relay.bounce.Notices.sevenBit;
import static org.signalpost.relay.bounce.Notices.text;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.signalpost.relay.bounce.Notice.Action;
import org.signalpost.relay.bounce.Notice.Form;
import org.signalpost.relay.bounce.Notice.Original;
import org.signalpost.relay.bounce.Notice.Own;
import org.signalpost.relay.bounce.Notice.Recipient;
import org.signalpost.relay.bounce.Notice.Ret;
import org.signalpost.relay.bounce.Notice.Said;
import org.signalpost.relay.bounce.Notices.Part;
import org.signalpost.rewrite.RawMessage;

class HostileNoticeTest {
    static List<String> hostile() {
        return List.of(
                "550 no\r\nBcc: victim@example.com\r\n\r\n<html>",
                "\r\n\r\n--=_01JD3Z6V5W4X3Y2Z1A0BCDEFGH_0--\r\nSubject: x",
                "\n.\nMAIL FROM:<>\n",
                "\r.\r",
                "550 " + "x".repeat(100_000),
                "550 " + "word ".repeat(20_000),
                "\u0000\u0001\u001b[31m\u007f\u0085\u2028\u2029",
                "\u00fc\ud83d\ude00 \ud83d stray \udc00",
                "\u4e2d".repeat(2_000),
                "a@b.example>, <victim@example.com",
                "\"a b\\\" c\"@example.com",
                " ",
                "=?utf-8?q?=0D=0ABcc:_x?=",
                ";");
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void nothing_that_others_wrote_ends_a_line_or_a_part(String evil) throws IOException {
        for (Form form : Form.values()) {
            for (Said said : List.of(new Said.ByPeer(evil, evil), new Said.ByUs(evil))) {
                var recipient = new Recipient(
                        evil, "rfc822;" + evil, new Action.Delayed(NOW), new StatusCode(4, 0, 0), said, TRIED);
                String mail = "Subject: " + evil + "\r\nMessage-ID: " + evil + "\r\n\r\n" + evil;
                byte[] octets = mail.getBytes(UTF_8);
                var original = new Original(evil, evil, ARRIVED, Ret.FULL, RawMessage.of(octets));
                var notice = new Notice(new Own(evil, evil, NOW, form), original, List.of(recipient, BOB));

                String text = form == Form.SEVEN_BIT ? sevenBit(notice) : plainLines(notice);
                String header = text.substring(0, text.indexOf("\r\n\r\n"));
                assertThat(Arrays.stream(header.split("\r\n(?! )")).map(field -> field.replaceAll(":(?s).*", "")))
                        .containsOnlyOnce("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted")
                        .containsOnlyOnce("MIME-Version", "Content-Type")
                        .isSubsetOf(
                                "From",
                                "To",
                                "Subject",
                                "Date",
                                "Message-ID",
                                "In-Reply-To",
                                "Auto-Submitted",
                                "MIME-Version",
                                "Content-Type",
                                "Content-Transfer-Encoding");
                assertThat(header.substring(header.indexOf("To: "), header.indexOf("Subject: ")))
                        .doesNotContain("victim");
                assertThat(parts(notice)).hasSize(3);
                assertThat(text.split("Final-Recipient: ", -1)).hasSize(3);
                assertThat(text.split("(?m)^Action: ", -1)).hasSize(3);
            }
        }
    }

    @Test
    void a_peers_words_are_kept_to_512_octets_and_folded() throws IOException {
        var loud = new Recipient(
                "ann@example.com",
                "",
                new Action.Failed(),
                new StatusCode(5, 0, 0),
                new Said.ByPeer("mx.example.com", "550 " + "gr\u00fc\u00df ".repeat(20_000)),
                TRIED);
        String status = parts(notice(Form.SEVEN_BIT, about(MAIL, Ret.HDRS), loud))
                .get(1)
                .content();
        String words = status.substring(status.indexOf("smtp; ") + 6, status.indexOf("\r\nLast-Attempt"));
        assertThat(words.replace("\r\n", "")).startsWith("550 gr?? gr??").hasSizeBetween(500, 512);
        assertThat(words.split("\r\n")).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(72));
    }

    @Test
    void a_mail_that_holds_the_boundary_gets_another() throws IOException {
        String mail =
                "Subject: x\r\n\r\n--=_01JD3Z6V5W4X3Y2Z1A0BCDEFGH_0\r\n\r\n--=_01JD3Z6V5W4X3Y2Z1A0BCDEFGH_1--\r\n";
        Notice notice = notice(Form.SEVEN_BIT, about(mail, Ret.FULL), ANN);
        assertThat(text(notice)).contains("boundary=\"=_01JD3Z6V5W4X3Y2Z1A0BCDEFGH_2\"");
        assertThat(parts(notice)).extracting(Part::type).hasSize(3);
        assertThat(python(notice)).contains("part message/rfc822 7bit").doesNotContain("defects");
    }

    @Test
    void three_thousand_recipients_fit_into_one_notice() throws IOException {
        List<Recipient> recipients = IntStream.range(0, 3_000)
                .mapToObj(number -> new Recipient(
                        "r" + number + "@example.com", "", new Action.Failed(), ANN.status(), ANN.said(), TRIED))
                .collect(Collectors.toList());
        var notice = new Notice(own(Form.SEVEN_BIT), about(MAIL, Ret.HDRS), recipients);
        assertThat(python(notice).lines().filter(line -> line.contains("Final-Recipient")))
                .hasSize(3_000)
                .contains("group 3000 Final-Recipient = rfc822; r2999@example.com");
    }
}
