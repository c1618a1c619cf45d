package org.signalpost.relay.bounce;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.signalpost.relay.bounce.Notices.ANN;
import static org.signalpost.relay.bounce.Notices.about;
import static org.signalpost.relay.bounce.Notices.notice;
import static org.signalpost.relay.bounce.Notices.parts;
import static org.signalpost.relay.bounce.Notices.plainLines;
import static org.signalpost.relay.bounce.Notices.python;
import static org.signalpost.relay.bounce.Notices.sevenBit;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.signalpost.relay.bounce.Notice.Form;
import org.signalpost.relay.bounce.Notice.Ret;
import org.signalpost.relay.bounce.Notices.Part;

class ReturnedMailTest {
    private static Notice returning(String mail, Form form, Ret wanted) {
        return notice(form, about(mail, wanted), ANN);
    }

    @ParameterizedTest
    @CsvSource({
        // What the mail is, how much of it is wanted, the notice's form: the type and the encoding of the part.
        "ascii, HDRS, SEVEN_BIT, text/rfc822-headers, 7bit",
        "ascii, FULL, SEVEN_BIT, message/rfc822, 7bit",
        "ascii, FULL, UTF8, message/rfc822, 7bit",
        "8-bit body, HDRS, SEVEN_BIT, text/rfc822-headers, 7bit",
        "8-bit body, FULL, SEVEN_BIT, text/rfc822-headers, 7bit",
        "8-bit body, FULL, UTF8, message/rfc822, 8bit",
        "utf-8 header, HDRS, SEVEN_BIT, text/rfc822-headers, quoted-printable",
        "utf-8 header, FULL, UTF8, message/global, 8bit",
        "latin-1 header, FULL, UTF8, text/rfc822-headers, quoted-printable",
        "long lines, FULL, UTF8, text/rfc822-headers, 7bit",
        "NUL, FULL, UTF8, text/rfc822-headers, 7bit",
        "large, FULL, SEVEN_BIT, text/rfc822-headers, 7bit",
        "LF only, FULL, SEVEN_BIT, message/rfc822, 7bit"
    })
    void as_much_of_the_mail_comes_back_as_is_wanted_and_fits(
            String kind, Ret wanted, Form form, String type, String encoding) throws IOException {
        String head = "Subject: Offer\r\nX-A: b\r\n";
        String mail = switch (kind) {
            case "8-bit body" -> head + "\r\ngr\u00fc\u00df\r\n";
            case "utf-8 header" ->
                new String(("X: gr\u00fc\u00df\r\n" + head).getBytes(UTF_8), ISO_8859_1) + "\r\nx\r\n";
            case "latin-1 header" -> "X: gr\u00fc\u00df\r\n" + head + "\r\nx\r\n";
            case "long lines" -> head + "\r\n" + "x".repeat(999) + "\r\n";
            case "NUL" -> head + "\r\n\u0000\r\n";
            case "large" -> head + "\r\n" + "x\r\n".repeat(22_000);
            case "LF only" -> (head + "\r\nx\r\n").replace("\r\n", "\n");
            default -> head + "\r\nx\r\n";
        };
        Notice notice = returning(mail, form, wanted);
        boolean eightBit = encoding.equals("8bit");
        String text = eightBit ? plainLines(notice) : sevenBit(notice);
        assertThat(python(notice).lines())
                .contains("part " + type + " " + encoding)
                .noneMatch(line -> line.startsWith("defects"))
                .anyMatch(line ->
                        line.equals("returned Offer") || (line.startsWith("shown b'") && line.contains("Offer")));
        assertThat(text.contains("Content-Transfer-Encoding: 8bit\r\n\r\n--=_")).isEqualTo(eightBit);
    }

    @Test
    void a_header_that_is_no_plain_text_comes_back_octet_for_octet() throws IOException {
        String header = "X: gr\u00fc\u00df = \u0001 \t\r\n\tsecond\rline\r\nY: " + "long ".repeat(400) + "\r\n";
        Notice notice = returning(header + "\r\nbody\r\n", Form.SEVEN_BIT, Ret.FULL);
        sevenBit(notice);
        assertThat(parts(notice).get(2)).isEqualTo(new Part("text/rfc822-headers", header));
    }

    @Test
    void of_a_huge_header_comes_back_what_fits() throws IOException {
        String mail = "Subject: Offer\r\nTo: " + "a@b.example, ".repeat(100_000) + "c@d\r\nX-Last: yes\r\n\r\nbody\r\n";
        String small = "Subject: Offer\r\nTo: " + "a@b.example, ".repeat(10_000) + "c@d\r\nX-Last: yes\r\n\r\nbody\r\n";
        assertThat(parts(returning(mail, Form.SEVEN_BIT, Ret.FULL)).get(2).content())
                .isEqualTo("Subject: Offer\r\n");
        assertThat(parts(returning(small, Form.SEVEN_BIT, Ret.FULL)).get(2).content())
                .isEqualTo("Subject: Offer\r\nX-Last: yes\r\n");
    }

    @ParameterizedTest
    @CsvSource({"''", "'no header at all\r\n'", "'\r\nbody only\r\n'"})
    void a_mail_without_a_header_has_none_to_show(String mail) throws IOException {
        Notice notice = returning(mail, Form.SEVEN_BIT, Ret.HDRS);
        assertThat(sevenBit(notice)).doesNotContain("body only", "no header", "In-Reply-To");
        assertThat(parts(notice).get(2)).isEqualTo(new Part("text/rfc822-headers", ""));
    }
}
