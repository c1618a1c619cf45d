package org.signalpost.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.signalpost.track.LinkToken;
import org.signalpost.track.SigningKeys;
import org.signalpost.track.TrackingUrls;

@SuppressWarnings("StringConcatToTextBlock") // the line ends of the mails are the point
class MessageRewriterTest {
    private static final SigningKeys KEYS = SigningKeys.of(1, new byte[32], new byte[32]);
    private static final MessageRewriter REWRITER = new MessageRewriter(
            new TrackingUrls("https://t.example"),
            KEYS,
            RewriteSettings.defaults(/* opens= */ true, /* clicks= */ true));
    private static final EnvelopeFacts ENVELOPE = new EnvelopeFacts("01JD3Z6V5W4X3Y2Z1A0BCDEFGH", "shop@example.org");

    private static RawMessage mail(String text) {
        return RawMessage.of(text.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    }

    private static RawMessage html(String html) {
        return mail("Subject: x\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n" + html);
    }

    private static String text(RawMessage message) {
        return new String(message.octets(), StandardCharsets.ISO_8859_1);
    }

    private static Rewritten rewrite(RawMessage message) {
        return REWRITER.plan(message, ENVELOPE).copyFor("ann@example.com");
    }

    private static Rewritten.Tracked tracked(RawMessage message) {
        Rewritten copy = rewrite(message);
        assertThat(copy).as(copy.explanation().table()).isInstanceOf(Rewritten.Tracked.class);
        var tracked = (Rewritten.Tracked) copy;
        assertThat(tracked.cuts().inverse(message.octets()).apply(copy.message().octets()))
                .isEqualTo(message.octets());
        return tracked;
    }

    private static List<String> destinations(Rewritten copy) {
        var destinations = new ArrayList<String>();
        for (Explanation.LinkLine link : copy.explanation().links()) {
            if (!link.url().isEmpty()) {
                assertThat(text(copy.message()).replace("=\r\n", "").replace("=3D", "="))
                        .contains(link.url());
                String token = link.url().substring("https://t.example/c/".length());
                destinations.add(LinkToken.verify(token, KEYS).orElseThrow().destination());
            }
        }
        return destinations;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "<a href=\"https://d.example/?a=1&amp;b=2\">x</a> | https://d.example/?a=1&b=2",
                "<a href=\"https://d.example/?a&#38;b&#x26;c&#038;d\">x</a> | https://d.example/?a&b&c&d",
                "<a href=\"https://d.example/?a&amp;amp;b\">x</a> | https://d.example/?a&amp;b",
                "<a href=\"https://d.example/?id=1&copy=2&lang=en&reg_x=3\">x</a>"
                        + " | https://d.example/?id=1&copy=2&lang=en®_x=3",
                "<a href=\"https://d.example/?x=%26%2F%25&y=a%20b\">x</a> | https://d.example/?x=%26%2F%25&y=a%20b",
                "<a href = \"https://d.example/1\">x</a> | https://d.example/1",
                "<A HREF=https://d.example/2/>x</A> | https://d.example/2/",
                "<a href='https://d.example/?q=\"x\"'>x</a> | https://d.example/?q=\"x\"",
                "<a title='href=\"https://d.example/f\"' href=\"https://d.example/r\">x</a> | https://d.example/r",
                "<a/href=\"https://d.example/1\"/class=x>x</a> | https://d.example/1",
                "<a href=\"https://d.example/p1/p3@p4/\">x</a> | https://d.example/p1/p3@p4/",
                "<table><a href=\"https://d.example/1\"><tr><td>x</table><p>y | https://d.example/1",
                "<a data-signalpost-track=on href=\"https://d.example/reset?token=abc\">x</a>"
                        + " | https://d.example/reset?token=abc"
            })
    void a_wrapped_link_leads_exactly_where_a_browser_would_have_gone(String html, String destination) {
        Rewritten copy = tracked(html("<html><body>" + html + "</body></html>\n"));

        assertThat(destinations(copy)).containsExactly(destination);
        assertThat(text(copy.message())).doesNotContain("data-signalpost");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "<a href=\"mailto:a@b.example\">x</a> | scheme",
                "<a href=\"#top\">x</a> | fragment",
                "<a href=\"/x\">x</a> | relative",
                "<a href=\"//d.example/x\">x</a> | relative",
                "<a href=\"https:x\">x</a> | relative",
                "<a href=\"javascript:x()\">x</a> | scheme",
                "<a href=\"https://d.example/?u={{id}}\">x</a> | placeholder",
                "<a href=\"{{ .Link }}\">x</a> | placeholder",
                "<a href=\"https://u:p@d.example/\">x</a> | userinfo",
                "<a href=\"https://ok%2f@evil.example/\">x</a> | userinfo",
                "<a href=\"https://d.example\\x\">x</a> | malformed-url",
                "<a href=\"https://straße.example/\">x</a> | idn",
                "<a href=\"https://d.example/a&#10;b\">x</a> | malformed-url",
                "<a href=\"https://d.example/reset?token=abc\">x</a> | one-time",
                "<a href=\"https://d.example/wp-login.php?action=rp&amp;key=4f9aX2kQ81mZpL07vB3s\">x</a> | one-time",
                "<a href=\"https://d.example/unsubscribe/1\">x</a> | unsubscribe",
                "<a href=\"https://t.example/c/x\">x</a> | own-link",
                "<a href=\"https://www.q.example/x\">https://www.q.example</a> | visible-url",
                "<a clicktracking=off href=\"https://d.example/\">x</a> | opted-out",
                "<a data-pm-no-track href=\"https://d.example/\">x</a> | opted-out"
            })
    void a_link_that_must_stay_stays_and_says_why(String html, String reason) {
        RawMessage mail = RawMessage.of(
                ("Content-Type: text/html; charset=utf-8\r\n\r\n<html><body>" + html + "</body></html>\r\n")
                        .getBytes(StandardCharsets.UTF_8));
        Rewritten copy = tracked(mail);

        assertThat(copy.explanation().links()).singleElement().satisfies(link -> {
            assertThat(link.reason()).isEqualTo(reason);
            assertThat(link.outcome()).isEqualTo("skipped");
        });
        assertThat(new String(copy.message().octets(), StandardCharsets.UTF_8)).contains(html);
    }

    @Test
    void the_pixel_stands_before_the_end_of_the_body_and_once() {
        String copy = text(
                tracked(html("<html><body class=a><p>x</p></body></html>\n")).message());

        assertThat(copy).containsPattern("<p>x</p><img src=\"https://t.example/api/t/trk_\\w{22}\\?p=b\" width=\"1\"");
        assertThat(copy.split("/api/t/", -1)).hasSize(2);
        assertThat(copy).startsWith("X-Signalpost-Pass: 1; k=1; t=trk_");
    }

    @Test
    void quoted_printable_is_edited_in_its_encoded_form() {
        RawMessage mail = mail(
                "Content-Type: text/html; charset=iso-8859-1\n"
                        + "Content-Transfer-Encoding: quoted-printable\n\n"
                        + "<html><body><p>caf=e9</p><a href=3D\"https://d.example/a?b=3D1&amp;c=\n=3D2\">x</a>   =\n</body></html>\n");
        Rewritten copy = tracked(mail);

        assertThat(destinations(copy)).containsExactly("https://d.example/a?b=1&c=2");
        assertThat(text(copy.message())).contains("<p>caf=e9</p><a href=3D\"");
        assertThat(text(copy.message()).lines().skip(4)).allMatch(line -> line.length() <= 76);
    }

    @Test
    void base64_keeps_its_columns() {
        String html =
                "<html><body>" + "<p>filler text</p>".repeat(20) + "<a href=\"https://d.example/\">x</a></body></html>";
        String encoded = java.util.Base64.getMimeEncoder(60, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(html.getBytes(StandardCharsets.US_ASCII));
        RawMessage mail = mail("Content-Type: text/html\nContent-Transfer-Encoding: base64\n\n" + encoded + "\n");
        Rewritten.Tracked copy = tracked(mail);

        assertThat(text(copy.message()).lines().skip(4)).allMatch(line -> line.length() <= 60);
        assertThat(text(copy.message())).contains(encoded.lines().findFirst().orElseThrow());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Content-Type: text/plain | no-html",
                "Content-Type: multipart/mixed | boundary",
                "Content-Type: multipart/signed; boundary=b | signed",
                "Content-Type: multipart/encrypted; boundary=b | encrypted",
                "Content-Type: application/pkcs7-mime | smime",
                "Content-Type: multipart/report; boundary=b | report",
                "Content-Type: text/html; charset=utf-16 | charset",
                "DKIM-Signature: v=1 | dkim-signed",
                "Auto-Submitted: auto-replied | auto-submitted",
                "X-Signalpost-Track: none | opted-out",
                "no field | malformed-header",
                "Content-Type: text/html\\nContent-Type: text/html | ambiguous-header",
                "Content-Type: text/html\\nContent-Transfer-Encoding: 8bits | transfer-encoding"
            })
    void mail_that_must_not_be_changed_goes_as_it_came(String fields, String reason) {
        RawMessage mail =
                mail(fields.replace("\\n", "\n") + "\nSubject: x\n\n<p><a href=\"https://d.example/\">x</a></p>\n");
        Rewritten copy = rewrite(mail);

        assertThat(copy.explanation().reason()).isEqualTo(reason);
        assertThat(text(copy.message()).replaceAll("X-Signalpost[^\n]*\n", ""))
                .isEqualTo(text(mail).replaceAll("X-Signalpost[^\n]*\n", ""));
        assertThat(text(copy.message())).doesNotContain("X-Signalpost");
    }

    @Test
    void bounces_are_never_tracked() {
        Rewritten copy =
                REWRITER.plan(html("<p>x</p>\n"), new EnvelopeFacts("k", "")).copyFor("a@b.example");

        assertThat(copy.explanation().reason()).isEqualTo("null-sender");
    }

    private static RawMessage octets(String text) {
        return RawMessage.of(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void a_second_pass_knows_a_mail_again_that_was_given_a_message_id_meanwhile_and_no_mail_with_another() {
        String page = text(html("<html><body><a href=\"https://d.example/\">x</a></body></html>\n"));
        String bare = text(tracked(octets(page)).message());
        String named =
                text(tracked(octets("Message-ID: <one@d.example>\n" + page)).message());

        assertThat(rewrite(octets("Message-ID: <one@d.example>\n" + bare))
                        .explanation()
                        .reason())
                .isEqualTo("already-tracked");
        assertThat(rewrite(octets(named)).explanation().reason()).isEqualTo("already-tracked");
        assertThat(tracked(octets(named.replace("<one@", "<two@"))).track()).isNotNull();
    }

    @Test
    void a_second_pass_leaves_the_first_ones_result_alone_and_a_forged_mark_does_not_stop_it() {
        Rewritten first = tracked(html("<html><body><a href=\"https://d.example/\">x</a></body></html>\n"));
        Rewritten second = rewrite(first.message());

        assertThat(second.explanation().reason()).isEqualTo("already-tracked");
        assertThat(second.message()).isEqualTo(first.message());
        RawMessage forged =
                RawMessage.of(text(first.message()).replaceFirst("m=\\w", "m=_").getBytes(StandardCharsets.ISO_8859_1));
        Rewritten again = tracked(forged);
        assertThat(text(again.message()).split("X-Signalpost-Pass", -1)).hasSize(2);
        assertThat(text(again.message()).split("/api/t/trk_", -1)).hasSize(2);
        assertThat(destinations(again)).containsExactly("https://d.example/");
    }

    @Test
    void the_same_mail_and_recipient_give_the_same_octets_and_another_recipient_others() {
        RawMessage mail = html("<p><a href=\"https://d.example/\">x</a></p>\n");

        assertThat(rewrite(mail).message()).isEqualTo(rewrite(mail).message());
        assertThat(REWRITER.plan(mail, ENVELOPE).copyFor("bob@example.com").message())
                .isNotEqualTo(rewrite(mail).message());
    }

    @Test
    void cutting_a_rich_mail_anywhere_never_throws_and_can_always_be_undone() {
        String rich = "Subject: =?utf-8?q?caf=C3=A9?=\nBcc: x@y.example\nMIME-Version: 1.0\n"
                + "Content-Type: multipart/mixed; boundary=\"o\"\n\npre\n--o\nContent-Type: multipart/alternative; boundary=i\n\n"
                + "--i\nContent-Type: text/plain\n\nhello\n--i\nContent-Type: text/html\n"
                + "Content-Transfer-Encoding: quoted-printable\n\n<html><body><a href=3D\"https://d.example/\">x</a>\n"
                + "</body></html>\n--i--\n--o\nContent-Type: text/html; name=a.html\n\n<a href=\"https://e.example/\">\n--o--\n";
        byte[] whole = mail(rich).octets();
        for (int cut = 0; cut <= whole.length; cut++) {
            RawMessage mail = RawMessage.of(java.util.Arrays.copyOf(whole, cut));
            assertThat(REWRITER.verify(mail, ENVELOPE, "ann@example.com").holds())
                    .as("cut at %d", cut)
                    .isTrue();
        }
        Rewritten copy = tracked(mail(rich));
        assertThat(text(copy.message())).doesNotContain("Bcc:").contains("<a href=\"https://e.example/\">");
        assertThat(((Rewritten.Tracked) copy).facts().subject()).isEqualTo("café");
    }

    @Test
    void every_mail_of_the_corpora_can_be_undone_where_they_are() throws IOException {
        Path corpora = Path.of("../../shared/corpora/mime");
        if (!Files.isDirectory(corpora)) {
            return;
        }
        int tracked = 0;
        try (Stream<Path> files = Files.walk(corpora)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                RawMessage mail = RawMessage.of(Files.readAllBytes(file));
                Verification result = REWRITER.verify(mail, ENVELOPE, "ann@example.com");
                assertThat(result.holds()).as("%s: %s", file, result.sentence()).isTrue();
                tracked += result.sentence().startsWith("tracked") ? 1 : 0;
            }
        }
        assertThat(tracked).isGreaterThan(20);
    }
}
