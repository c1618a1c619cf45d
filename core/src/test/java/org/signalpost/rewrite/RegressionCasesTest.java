package org.signalpost.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jsoup.Jsoup;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.signalpost.rewrite.html.LinkPolicy;
import org.signalpost.track.LinkToken;
import org.signalpost.track.SigningKeys;
import org.signalpost.track.TrackId;
import org.signalpost.track.TrackingUrls;

/** What other products got wrong, or could: one named case each. D stands for {@code https://d.example}. */
@SuppressWarnings("StringConcatToTextBlock") // the line ends of the mails are the point
class RegressionCasesTest {
    private static final SigningKeys KEYS = SigningKeys.of(1, new byte[32], new byte[32]);
    private static final TrackingUrls BASE = new TrackingUrls("https://t.example");
    private static final EnvelopeFacts ENVELOPE = new EnvelopeFacts("01JD3Z6V5W4X3Y2Z1A0BCDEFGH", "shop@example.org");
    private static final RewriteSettings DEFAULTS = RewriteSettings.defaults(/* opens= */ true, /* clicks= */ true);

    private static RewriteSettings with(
            boolean text, RewriteSettings.Placement pixel, LinkPolicy.Utm utm, boolean listUnsubscribe) {
        var links = new RewriteSettings.Links(
                List.of(new TrackingUrls("https://other.example")),
                List.of(),
                List.of("excluded.example"),
                List.of(),
                LinkPolicy.UNSUBSCRIBE_WORDS,
                LinkPolicy.VisibleUrl.SAME_SITE,
                /* oneTime= */ true,
                utm);
        return new RewriteSettings(
                /* opens= */ true,
                /* clicks= */ true,
                text,
                pixel,
                "display:none",
                links,
                RewriteSettings.Headers.defaults(),
                /* sharedCopies= */ false,
                listUnsubscribe);
    }

    private static final LinkPolicy.Utm NO_UTM = new LinkPolicy.Utm(List.of(), "", "");
    private static final RewriteSettings TEXT =
            with(/* text= */ true, RewriteSettings.Placement.BOTTOM, NO_UTM, /* listUnsubscribe= */ false);

    private static byte[] latin(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String crlf(String text) {
        return text.replace("\r\n", "\n").replace("\n", "\r\n");
    }

    private static RawMessage html(String html) {
        return RawMessage.of(
                ("Content-Type: text/html; charset=utf-8\r\n\r\n" + html).getBytes(StandardCharsets.UTF_8));
    }

    private static Rewritten rewrite(RawMessage message, RewriteSettings settings) {
        Rewritten copy = new MessageRewriter(BASE, KEYS, settings)
                .plan(message, ENVELOPE)
                .copyFor("ann@example.com");
        if (copy instanceof Rewritten.Tracked tracked) {
            assertThat(tracked.cuts()
                            .inverse(message.octets())
                            .apply(copy.message().octets()))
                    .isEqualTo(message.octets());
        }
        assertThat(copy.explanation().reason()).isNotIn("verification-failed", "internal-error");
        return copy;
    }

    private static Rewritten rewrite(RawMessage message) {
        return rewrite(message, DEFAULTS);
    }

    private static String text(Rewritten copy) {
        return new String(copy.message().octets(), StandardCharsets.UTF_8);
    }

    private static String body(Rewritten copy) {
        String text = text(copy);
        return text.substring(text.indexOf("\r\n\r\n") + 4);
    }

    /** Destinations of tracked links, and reasons of the others, in order. */
    private static List<String> verdicts(Rewritten copy) {
        var verdicts = new ArrayList<String>();
        for (Explanation.LinkLine link : copy.explanation().links()) {
            if (link.url().isEmpty()) {
                verdicts.add("=" + link.reason());
            } else {
                String token = link.url().substring("https://t.example/c/".length());
                verdicts.add(LinkToken.verify(token, KEYS).orElseThrow().destination());
            }
        }
        return verdicts;
    }

    private static DynamicTest links(String name, String html, String... verdicts) {
        return DynamicTest.dynamicTest(name, () -> {
            String whole = html.replace("D/", "https://d.example/").replace("D?", "https://d.example?");
            Rewritten copy = rewrite(html(whole));
            List<String> wanted = Arrays.stream(verdicts)
                    .map(verdict -> verdict.replace("D/", "https://d.example/").replace("D?", "https://d.example?"))
                    .toList();
            assertThat(verdicts(copy)).isEqualTo(wanted);
            // Every tracked address is in the tree jsoup makes, unless only Outlook sees it.
            if (!whole.contains("[if mso]")) {
                var hrefs =
                        Jsoup.parse(body(copy)).select("a[href], area[href]").eachAttr("href");
                copy.explanation().links().stream()
                        .map(Explanation.LinkLine::url)
                        .filter(url -> !url.isEmpty())
                        .forEach(url -> assertThat(hrefs).contains(url));
            }
            assertThat(new MessageRewriter(BASE, KEYS, DEFAULTS)
                            .verify(html(whole), ENVELOPE, "ann@example.com")
                            .holds())
                    .isTrue();
        });
    }

    @TestFactory
    Stream<DynamicTest> links() {
        String long900 = "D/" + "p".repeat(880);
        String long1300 = "D/" + "p".repeat(1_300);
        return Stream.of(
                links("url-amp", "<a href=\"D/?a=1&amp;b=2\">x</a>", "D/?a=1&b=2"),
                links("url-numeric-ref", "<a href=\"D/?a&#38;b&#x26;c&#038;d\">x</a>", "D/?a&b&c&d"),
                links("url-decode-once", "<a href=\"D/?a&amp;amp;b\">x</a>", "D/?a&amp;b"),
                links(
                        "url-raw-ampersand",
                        "<a href=\"D/?id=1&copy=2&lang=en&reg_x=3\">x</a>",
                        "D/?id=1&copy=2&lang=en®_x=3"),
                links("url-percent", "<a href=\"D/?x=%26%2F%25&y=a%20b\">x</a>", "D/?x=%26%2F%25&y=a%20b"),
                links("url-brackets", "<a href=\"D/?f[0]=t:2&f[1]=t:7&j={a|b}\">x</a>", "D/?f[0]=t:2&f[1]=t:7&j={a|b}"),
                links("url-apostrophe", "<a href=\"D/doc'dec.xlsx\">x</a>", "D/doc'dec.xlsx"),
                links(
                        "url-nested-href",
                        "<a href=\"D/share?id=9&href=http://g.example/\">x</a>",
                        "D/share?id=9&href=http://g.example/"),
                links("url-fragment", "<a href=\"D/p/#/farbe=grün\">x</a>", "D/p/#/farbe=grün"),
                links("url-at-in-path", "<a href=\"D/p1/p3@p4/\">x</a>", "D/p1/p3@p4/"),
                links("url-iri", "<a href=\"D/é/日/😀\">x</a>", "D/é/日/😀"),
                links("url-template-percent", "<a href=\"D/?f=144%3A86%3A0&file=0&token=7be83\">x</a>", "=one-time"),
                links(
                        "url-placeholder",
                        "<a href=\"{{ .Link }}\">x</a><a href=\"*|URL|*\">y</a><a href=\"D/?u={{id}}\">z</a> {{text}}",
                        "=placeholder",
                        "=placeholder",
                        "=placeholder"),
                links(
                        "url-userinfo",
                        "<a href=\"https://u:p@d.example/\">x</a><a href=\"https://ok%2f@evil.example/\">x</a>"
                                + "<a href=\"https://d.example\\@evil.example/\">x</a><a href=\"https://d.example\\x\">x</a>",
                        "=userinfo",
                        "=userinfo",
                        "=userinfo",
                        "=malformed-url"),
                links(
                        "url-idn",
                        "<a href=\"https://bücher.example/\">x</a><a href=\"https://straße.example/\">x</a>",
                        "https://xn--bcher-kva.example/",
                        "=idn"),
                links(
                        "url-long",
                        "<a href=\"" + long900 + "\">\nx</a>\n<a href=\"" + long1300 + "\">x</a>",
                        "=line-length",
                        "=too-long"),
                links(
                        "url-whitespace",
                        "<a href=\"\r\n  D/a \r\n\">x</a><a href=\"D/a\r\n\tb\">x</a><a href=\"D/a&#10;b\">x</a>",
                        "D/a",
                        "=malformed-url",
                        "=malformed-url"),
                links("href-spaces", "<a href = \"D/1\">x</a>", "D/1"),
                links("href-unquoted", "<A HREF=D/2/>x</A>", "D/2/"),
                links("href-single", "<a href='D/?q=\"x\"'>x</a>", "D/?q=\"x\""),
                links("href-newlines", "<a\r\nclass=x\r\nid=y\r\ntitle=z\r\nhref=\"D/1\"\r\n>x</a>", "D/1"),
                links("href-in-title", "<a title='href=\"D/f\"' href=\"D/r\">x</a>", "D/r"),
                links("href-duplicate", "<a href=D/1 href=D/2>x</a>", "D/1"),
                links("href-slash", "<a/href=\"D/1\"/class=x>x</a>", "D/1"),
                links(
                        "href-other-elements",
                        "<link href=D/1><base href=D/2><form action=D/3></form><p data-href=D/4><img src=D/5>"
                                + "<area href=D/6>",
                        "D/6"),
                links(
                        "href-relative",
                        "<base href=D/><a href=\"#top\">x</a><a href=\"/x\">x</a><a href=\"//d.example/x\">x</a>"
                                + "<a href=\"\">x</a><a href=\"cid:a\">x</a><a href=\"tel:1\">x</a><a href=\"javascript:a()\">x</a>",
                        "=fragment",
                        "=relative",
                        "=relative",
                        "=empty",
                        "=scheme",
                        "=scheme",
                        "=scheme"),
                links("comment-link", "<!-- <a href=\"D/c\"> --><p>x"),
                links("comment-odd-ends", "<!--> <a href=D/1> --!> <!---> x", "D/1"),
                links(
                        "mso-vml-button",
                        "<!--[if mso]><v:roundrect href=\"D/b\">x</v:roundrect><![endif]--><a href=\"D/b\">x</a>",
                        "D/b",
                        "D/b"),
                links(
                        "mso-revealed",
                        "<!--[if !mso]><!--><a href=\"D/n\">x</a><!--<![endif]--><![if !mso]><a href=\"D/m\">y</a><![endif]>",
                        "D/n",
                        "D/m"),
                links(
                        "raw-text",
                        "<title><a href=D/1></title><style><a href=D/2></style><textarea><a href=D/3></textarea>"
                                + "<script><a href=D/4></script><script><!--<script><a href=D/5></script>--></script>"),
                links("svg-title", "<svg><title><a href=\"D/1\"></title></svg><a href=\"D/2\">", "D/1", "D/2"),
                links("select-link", "<select><a href=\"D/1\"></select><a href=\"D/2\">", "D/1", "D/2"),
                links("misnested-a", "<table><a href=\"D/1\"><tr><td>x</table><p>y", "D/1"),
                links("nul-and-ff", "<a\fhref=\"D/1\"\f>x\0y</a>", "D/1"),
                links(
                        "link-visible-url",
                        "<a href=\"https://www.q.example/x\">https://www.q.example</a><a href=D/1>t.example</a>",
                        "=visible-url",
                        "D/1"),
                links("link-reset", "<a href=\"D/wp-login.php?action=rp&key=4f9aX2kQ81mZpL07vB3s\">x</a>", "=one-time"),
                links(
                        "link-magic",
                        "<a href=\"D/auth/magic-link/verify?token=abc\">x</a>"
                                + "<a href=\"D/j/eyJhbGciOi.eyJzdWIiOi.SflKxwRJSM\">x</a><a href=\"D/f?X-Amz-Signature=ab\">x</a>"
                                + "<a data-signalpost-track=\"on\" href=\"D/auth/magic-link/verify?token=abc\">x</a>",
                        "=one-time",
                        "=one-time",
                        "=one-time",
                        "D/auth/magic-link/verify?token=abc"),
                links(
                        "link-optout",
                        "<a data-signalpost-track=\"off\" href=D/1>x</a><a href=D/2 disable-tracking=true>x</a>"
                                + "<a clicktracking='off' href=D/3>x</a><a href=D/4 data-pm-no-track>x</a><a ses:no-track href=D/5>x</a>"
                                + "<a href=D/6 data-msys-clicktrack=\"0\">x</a><a mc:disable-tracking href=D/7>x</a>"
                                + "<a href=D/8 mautic:disable-tracking>x</a><a class=\"b untracked\" href=D/9>x</a>",
                        "=opted-out",
                        "=opted-out",
                        "=opted-out",
                        "=opted-out",
                        "=opted-out",
                        "=opted-out",
                        "=opted-out",
                        "=opted-out",
                        "=opted-out"),
                links(
                        "link-other-tracker",
                        "<a href=\"https://click.other.example/ls/click?upn=abc\">x</a>",
                        "https://click.other.example/ls/click?upn=abc"));
    }

    @Test
    void href_unquoted_gets_no_quotes_and_own_attributes_go() {
        String copy = body(rewrite(html("<a data-signalpost-name=\"n\" HREF=https://d.example/2/ data-pm-x=1>x</a>")));
        assertThat(copy).containsPattern("^<a HREF=https://t.example/c/[A-Za-z0-9_-]+ data-pm-x=1>x</a>");
    }

    @Test
    void mso_unquoted_dash() {
        for (int id = 0; id < 256; id++) {
            SigningKeys keys = SigningKeys.of(id, new byte[32], new byte[32]);
            RawMessage mail = html("<!--[if mso]><v:rect href=https://d.example/" + id + "><![endif]--><p>x");
            Rewritten copy = new MessageRewriter(BASE, keys, DEFAULTS)
                    .plan(mail, ENVELOPE)
                    .copyFor("a@b.example");
            assertThat(copy).isInstanceOf(Rewritten.Tracked.class);
            assertThat(body(copy).indexOf("-->")).isEqualTo(body(copy).indexOf("<![endif]-->") + 9);
        }
    }

    @Test
    void mso_prefix() {
        String html = "<!--[if mso]><v:roundrect xmlns:v=\"urn:schemas-microsoft-com:vml\" href=\"https://d.example/b\""
                + " style=\"v-text-anchor:middle;\"><w:anchorlock/></v:roundrect><![endif]-->";
        String copy = body(rewrite(html(html)));
        assertThat(copy.replaceAll("https://t.example/c/[A-Za-z0-9_-]+", "https://d.example/b"))
                .startsWith(html);
    }

    @Test
    void what_is_not_a_link_survives() {
        for (String html : List.of(
                "<p>&eacute;&nbsp;&#8212; é</p>",
                "<p>x</p>",
                "<a><table>",
                "<?xml version=\"1.0\"?><br/><p/><B>x</B>",
                "<a href=\"D/1>x</a> to the end")) {
            Rewritten copy = rewrite(html(html));
            String left = body(copy).replaceAll("<img src=\"https://t\\.example/api/t/[^>]*>", "");
            assertThat(left).isEqualTo(html);
        }
    }

    private static String pixelAt(String html) {
        return body(rewrite(html(html)))
                .replaceAll("<img src=\"https://t\\.example/api/t/trk_\\w{22}\\?p=(.)\"[^>]*>", "{$1}");
    }

    @Test
    void the_pixel_has_its_place() {
        assertThat(pixelAt("<html><body><h1>x")).as("pixel-no-body").isEqualTo("<html><body><h1>x{b}");
        assertThat(pixelAt("<body class=a><p>x</p></body></html>\r\n"))
                .as("pixel-position")
                .isEqualTo("<body class=a><p>x</p>{b}</body></html>\r\n");
        assertThat(pixelAt("<html><body>a</body></html><html><body>b</body></html>"))
                .as("pixel-quoted-reply")
                .isEqualTo("<html><body>a</body></html><html><body>b{b}</body></html>");
        assertThat(
                        pixelAt(
                                "<body><!-- </body> --><script>'</body>'</script><p title=\"</body>\">x<!--[if mso]></body><![endif]-->"))
                .as("pixel-fake-body")
                .endsWith("<![endif]-->{b}");
        assertThat(pixelAt("x</BODY\n >")).as("pixel-case").isEqualTo("x{b}</BODY\n >");
        assertThat(pixelAt("<body>x<textarea>y")).as("pixel-swallowed").isEqualTo("<body>{t}x<textarea>y");
        assertThat(pixelAt("x<")).as("pixel-swallowed").isEqualTo("x{b}<");
        assertThat(pixelAt("x</")).as("pixel-swallowed").isEqualTo("x{b}</");
        Rewritten none = rewrite(html("<a href=\"https://d.example/\">x</a><!-- y"));
        assertThat(none.explanation().pixel()).isEqualTo("pixel-no-place");
        assertThat(verdicts(none)).containsExactly("https://d.example/");
    }

    @Test
    void the_pixel_goes_where_it_is_wanted() {
        RewriteSettings top =
                with(/* text= */ false, RewriteSettings.Placement.TOP, NO_UTM, /* listUnsubscribe= */ false);
        RewriteSettings both =
                with(/* text= */ false, RewriteSettings.Placement.BOTH, NO_UTM, /* listUnsubscribe= */ false);
        assertThat(body(rewrite(html("<body>x</body>"), top)))
                .startsWith("<body><img ")
                .endsWith("/>x</body>");
        assertThat(body(rewrite(html("<p>x"), top))).as("pixel-preview").startsWith("<p>x<img ");
        assertThat(body(rewrite(html("<body>x</body>"), both)).split("<img", -1))
                .hasSize(3);
        assertThat(rewrite(html("<body>x</body>"), both).explanation().pixel()).isEqualTo("both");
        String placed = pixelAt("<p>{{signalpost:pixel}}a</p><!-- %opentrack% --><p>%opentrack%b</p></body>");
        assertThat(placed).as("pixel-placeholder").isEqualTo("<p>{x}a</p><!-- %opentrack% --><p>b</p></body>");
        RawMessage off = RawMessage.of(
                latin(
                        "X-Signalpost-Opens: no\r\nContent-Type: text/html\r\n\r\n<a href=https://d.example/>x</a>%opentrack%"));
        assertThat(body(rewrite(off))).endsWith("x</a>");
    }

    private static String part(String header, String body) {
        return header + "\r\n\r\n" + body;
    }

    private static RawMessage multipart(String type, String... parts) {
        var text = new StringBuilder("Content-Type: multipart/" + type + "; boundary=b\r\n\r\npre\r\n");
        for (String part : parts) {
            text.append("--b\r\n").append(part).append("\r\n");
        }
        return RawMessage.of(latin(text + "--b--\r\nepilogue\r\n"));
    }

    private static final String LINK = "<a href=\"https://d.example/\">x</a>";
    private static final String HTML = "Content-Type: text/html";

    @Test
    void parts_of_a_mail_are_told_apart() {
        Rewritten once = rewrite(
                multipart("mixed", part(HTML, LINK), part("Content-Type: application/pdf", "%PDF"), part(HTML, LINK)));
        assertThat(verdicts(once)).as("pixel-once").hasSize(2);
        assertThat(text(once).split("/api/t/", -1)).hasSize(2);
        assertThat(text(once).indexOf("/api/t/")).isGreaterThan(text(once).indexOf("%PDF"));

        String attached = "Content-Type: text/html; name=a.html\r\nContent-Disposition: attachment; filename=a.html";
        Rewritten attachment = rewrite(multipart(
                "mixed",
                part(HTML, LINK),
                part(attached, LINK),
                part("Content-Type: text/html; name=b.html\r\nContent-Disposition: inline", LINK)));
        assertThat(verdicts(attachment)).as("mime-attachment").hasSize(1);

        Rewritten forwarded = rewrite(multipart(
                "mixed",
                part(HTML, LINK),
                part("Content-Type: message/rfc822\r\nContent-Disposition: inline", part(HTML, LINK))));
        assertThat(verdicts(forwarded)).as("mime-rfc822").hasSize(1);

        Rewritten related = rewrite(
                RawMessage.of(latin("Content-Type: multipart/related; start=\"<two>\"; boundary=b\r\n\r\n--b\r\n"
                        + part(HTML + "\r\nContent-ID: <one>", "<a href=https://d.example/1>x</a>") + "\r\n--b\r\n"
                        + part(HTML + "\r\nContent-ID: <two>", "<a href=https://d.example/2>x</a>")
                        + "\r\n--b--\r\n")));
        assertThat(verdicts(related)).as("mime-related-start").containsExactly("https://d.example/2");

        Rewritten amp = rewrite(multipart(
                "alternative",
                part("Content-Type: text/plain", "t"),
                part("Content-Type: text/x-amp-html", "<html amp4email>" + LINK),
                part(HTML, LINK)));
        assertThat(verdicts(amp)).as("mime-amp").hasSize(1);
        assertThat(text(amp)).contains("<html amp4email>" + LINK);
    }

    @Test
    void encodings_are_kept() {
        RawMessage mislabelled = RawMessage.of(latin(HTML
                + "\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<a href=\"https://d.example/?a=12\">x</a>"));
        assertThat(rewrite(mislabelled).explanation().reason())
                .as("mime-qp-mislabelled")
                .isEqualTo("transfer-encoding");

        RawMessage junk = RawMessage.of(
                latin(HTML + "\r\nContent-Transfer-Encoding: base64\r\n\r\nPGEg==aHJlZj0\r\n# comment\r\n"));
        assertThat(rewrite(junk).explanation().reason()).as("mime-base64-junk").isEqualTo("transfer-encoding");
        for (String encoding : List.of("7-bit", "8bits", "text/html")) {
            RawMessage unknown =
                    RawMessage.of(latin(HTML + "\r\nContent-Transfer-Encoding: " + encoding + "\r\n\r\n" + LINK));
            assertThat(rewrite(unknown).explanation().reason())
                    .as("mime-cte-unknown")
                    .isEqualTo("transfer-encoding");
        }

        String filler = "<p>" + "word ".repeat(150) + "</p>";
        RawMessage longLine =
                RawMessage.of(latin(HTML + "\r\n\r\n<body>" + filler + LINK + LINK + LINK + "</body>\r\n"));
        Rewritten broken = rewrite(longLine);
        assertThat(verdicts(broken)).as("mime-long-line").hasSize(3);
        assertThat(text(broken).lines()).allMatch(line -> line.length() <= 998);
        assertThat(Jsoup.parse(body(broken)).text())
                .isEqualTo(Jsoup.parse(filler + LINK + LINK + LINK).text());

        RawMessage lf = RawMessage.of(latin("Subject: x\n" + HTML + "\n\n<body>" + filler + LINK + LINK + "</body>\n"));
        assertThat(text(rewrite(lf))).as("mime-lf").doesNotContain("\r");
    }

    @Test
    void charsets_are_kept() {
        for (String charset : List.of(
                "windows-1251",
                "KOI8-R",
                "Shift_JIS",
                "GB18030",
                "Big5",
                "EUC-JP",
                "EUC-KR",
                "ISO-8859-15",
                "ISO-2022-JP",
                "UTF-8")) {
            String words = charset.startsWith("w") || charset.startsWith("K")
                    ? "Привет"
                    : charset.startsWith("ISO-8859")
                            ? "Grüße €"
                            : charset.contains("KR")
                                    ? "안녕"
                                    : charset.startsWith("B") ? "您好" : charset.equals("GB18030") ? "你好" : "こんにちは日本";
            String page =
                    "<html><body><p>" + words + "</p><a href=\"https://d.example/1\">" + words + "</a></body></html>";
            for (String encoding : List.of("8bit", "base64", "quoted-printable")) {
                byte[] octets = page.getBytes(Charset.forName(charset));
                byte[] body = switch (encoding) {
                    case "base64" -> Base64.getMimeEncoder().encode(octets);
                    case "quoted-printable" -> quotedPrintable(octets);
                    default -> octets;
                };
                byte[] head = latin("Content-Type: text/html; charset=" + charset + "\r\nContent-Transfer-Encoding: "
                        + encoding + "\r\n\r\n");
                var mail = Arrays.copyOf(head, head.length + body.length);
                System.arraycopy(body, 0, mail, head.length, body.length);
                Rewritten copy = rewrite(RawMessage.of(mail));
                assertThat(verdicts(copy)).as(charset + " " + encoding).containsExactly("https://d.example/1");
                assertThat(copy.explanation().links().getFirst().text())
                        .as(charset + " " + encoding)
                        .isEqualTo(words);
                assertThat(copy.explanation().pixel()).isEqualTo("bottom");
            }
        }
        byte[] wide = ("<p>" + LINK).getBytes(StandardCharsets.UTF_16);
        for (String label : List.of("utf-16", "utf-7", "iso-2022-kr", "hz-gb-2312", "")) {
            byte[] head = latin("Content-Type: text/html" + (label.isEmpty() ? "" : "; charset=" + label) + "\r\n\r\n");
            var mail = Arrays.copyOf(head, head.length + wide.length);
            System.arraycopy(wide, 0, mail, head.length, wide.length);
            assertThat(rewrite(RawMessage.of(mail)).explanation().reason())
                    .as("label " + label)
                    .isEqualTo("charset");
        }
        byte[] meta = latin(
                "Content-Type: text/html\r\n\r\n<meta charset=windows-1251><a href=https://d.example/1>\317\360\350</a>");
        assertThat(rewrite(RawMessage.of(meta)).explanation().links().getFirst().text())
                .isEqualTo("При");
    }

    private static byte[] quotedPrintable(byte[] octets) {
        var text = new StringBuilder();
        int column = 0;
        for (byte octet : octets) {
            String one = octet > ' ' && octet < 127 && octet != '='
                    ? String.valueOf((char) octet)
                    : String.format(java.util.Locale.ROOT, "=%02X", octet & 0xff);
            if (column + one.length() > 74) {
                text.append("=\r\n");
                column = 0;
            }
            text.append(one);
            column += one.length();
        }
        return latin(text.toString());
    }

    @Test
    void boundaries_are_told_apart() {
        RawMessage odd = RawMessage.of(
                latin("Content-Type: multipart/mixed; boundary=\"=-Next (1)/_,'?\"\r\n\r\n--=-Next (1)/_,'?  \t\r\n"
                        + part(HTML, LINK) + "\r\n--=-Next (1)/_,'?--\r\n"));
        assertThat(verdicts(rewrite(odd))).hasSize(1);
        String inner = "Content-Type: multipart/alternative; boundary=ab\r\n\r\n--ab\r\n" + part(HTML, LINK)
                + "\r\n--ab--\r\n";
        RawMessage prefix = RawMessage.of(
                latin("Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n" + inner + "\r\n--a--\r\n"));
        assertThat(verdicts(rewrite(prefix))).hasSize(1);
        RawMessage same = RawMessage.of(
                latin("Content-Type: multipart/mixed; boundary=ab\r\n\r\n--ab\r\n" + inner + "\r\n--ab--\r\n"));
        assertThat(rewrite(same).explanation().reason()).isEqualTo("ambiguous-boundary");
        RawMessage noEmptyLine = multipart("mixed", HTML, part(HTML, LINK));
        assertThat(verdicts(rewrite(noEmptyLine))).as("mime-no-empty-line").hasSize(1);
    }

    @Test
    void text_links_are_wrapped_when_that_is_on() {
        String body = "<https://x.example/?a=1&key=2> (see https://d.example/a_(b)). \"https://d.example/c\",\r\n"
                + "[https://d.example/d] https://d.example/e! xhttps://no.example/\r\n> https://quoted.example/\r\n"
                + "https://off.example/[[off]] and <URL:https://d.example/f>\r\n";
        RawMessage mail = RawMessage.of(latin("Content-Type: text/plain\r\n\r\n" + body));
        assertThat(rewrite(mail).explanation().reason()).as("text-off").isEqualTo("no-html");
        Rewritten copy = rewrite(mail, TEXT);
        assertThat(verdicts(copy))
                .containsExactly(
                        "https://x.example/?a=1&key=2",
                        "https://d.example/a_(b)",
                        "https://d.example/c",
                        "https://d.example/d",
                        "https://d.example/e",
                        "=opted-out",
                        "https://d.example/f");
        assertThat(body(copy))
                .contains("https://off.example/ and")
                .contains("> https://quoted.example/")
                .contains("). \"")
                .contains("\",\r\n[");
        Rewritten exempt = rewrite(
                multipart(
                        "alternative",
                        part("Content-Type: text/plain", "https://d.example/x"),
                        part(HTML, "<a clicktracking=off href=\"https://d.example/x\">x</a>")),
                TEXT);
        assertThat(verdicts(exempt)).as("text-exempt").containsOnly("=opted-out");
    }

    private static Rewritten fielded(String fields) {
        return rewrite(RawMessage.of(latin(fields + "\r\n" + HTML + "\r\n\r\n<body>" + LINK + "</body>")));
    }

    @Test
    void control_fields_are_read_and_go() {
        for (String field : List.of("X-AMP: skip", "x-amp:Skip", "X-Signalpost-Track: none", "X-No-Track: 1")) {
            Rewritten copy = fielded(field);
            assertThat(copy.explanation().reason()).as("control-skip").isEqualTo("opted-out");
            assertThat(text(copy)).doesNotContainIgnoringCase(field.substring(0, 5));
        }
        for (String field : List.of(
                "X-SMTPAPI: {\"filters\":",
                "X-MC-Metadata: x",
                "X-Signalpost-Opens: maybe",
                "X-Mailgun-Variables: {\"a\":1,\"a\":2}")) {
            Rewritten copy = fielded(field);
            assertThat(copy.explanation().reason()).as("control-bad").isEqualTo("tracking-off");
            assertThat(copy.explanation().notes().getFirst()).startsWith("bad-control-header: x-");
            assertThat(text(copy)).doesNotContain(field.substring(0, field.indexOf(':')));
        }
        var off = "=clicks-off";
        assertThat(verdicts(fielded(
                        "X-SMTPAPI: {\"filters\":{\"clicktrack\":{\"settings\":{\"enable\":0}}},\"category\":\"a\"}")))
                .containsExactly(off);
        assertThat(verdicts(fielded(
                        "X-MSYS-API: {\"options\":{\"click_tracking\":false},\r\n \"metadata\":{\"a\":\"b\r\n c\"}}")))
                .as("control-folded")
                .containsExactly(off);
        assertThat(verdicts(fielded("X-Mailgun-Track-Clicks: no"))).containsExactly(off);
        assertThat(verdicts(fielded("X-MC-Track: opens"))).containsExactly(off);
        assertThat(verdicts(fielded("X-PM-TrackLinks: None"))).containsExactly(off);
        assertThat(verdicts(fielded("X-Mailjet-TrackClick: 0"))).containsExactly(off);
        assertThat(verdicts(fielded("x-smtpeter-trackclicks: false"))).containsExactly(off);
        assertThat(verdicts(fielded("X-PM-TrackLinks: HtmlOnly\r\nX-Mailgun-Track-Clicks: no")))
                .as("control-conflict")
                .containsExactly(off);
        assertThat(verdicts(fielded("X-PM-TrackLinks: None\r\nX-Signalpost-Clicks: yes")))
                .as("control-conflict")
                .containsExactly("https://d.example/");
        var facts = ((Rewritten.Tracked) fielded(
                        "X-Signalpost-Campaign: =?utf-8?q?a=0D=0ABcc:_x?=\r\nX-PM-Tag: t\r\nX-PM-Metadata-k: v"))
                .facts();
        assertThat(facts.campaign()).as("control-injection").contains("Bcc: x").doesNotContain("\r", "\n");
        assertThat(facts.tags()).containsExactly("t");
        assertThat(facts.metadata()).isEqualTo("{\"k\":\"v\"}");
    }

    @Test
    void replies_quote_our_links_and_pixels_which_are_not_wrapped_again() {
        TrackId other = new TrackId(7, 8);
        String relay = BASE.link(new LinkToken(LinkToken.Kind.RELAY, other, 0, "https://d.example/old").sign(KEYS));
        String api = BASE.link(new LinkToken(LinkToken.Kind.API, other, 0, "https://d.example/api").sign(KEYS));
        String html = "<a href=\"" + relay + "\">x</a><a href=\"" + api + "\">y</a><img src=\"" + BASE.pixel(other, 'b')
                + "\" width=1>" + "<img src=\"" + BASE.pixel(other) + "\"><a href=\""
                + relay.substring(0, relay.length() - 1) + "\">z</a>";
        Rewritten copy = rewrite(html(html));
        assertThat(verdicts(copy)).containsExactly("https://d.example/old", "=own-link", "=own-link");
        assertThat(body(copy))
                .doesNotContain(BASE.pixel(other, 'b'))
                .contains(BASE.pixel(other) + "\"")
                .contains(api);
        assertThat(body(copy)).doesNotContain(relay + "\"");
    }

    @Test
    void copies_differ_per_recipient_and_tell_nothing_of_the_others() {
        RawMessage mail = RawMessage.of(latin("To: a@x.example\r\nBcc: c@x.example\r\n" + HTML + "\r\n\r\n" + LINK));
        TrackingPlan plan = new MessageRewriter(BASE, KEYS, DEFAULTS).plan(mail, ENVELOPE);
        var tracks = new java.util.HashSet<TrackId>();
        for (String recipient : List.of("a@x.example", "b@x.example", "c@x.example")) {
            var copy = (Rewritten.Tracked) plan.copyFor(recipient);
            tracks.add(copy.track());
            assertThat(text(copy)).doesNotContain("Bcc").doesNotContain("c@x.example");
        }
        assertThat(tracks).hasSize(3);
        RawMessage aggregate = RawMessage.of(latin("X-Signalpost-Consent: aggregate\r\n" + HTML + "\r\n\r\n" + LINK));
        TrackingPlan shared = new MessageRewriter(BASE, KEYS, DEFAULTS).plan(aggregate, ENVELOPE);
        assertThat(((Rewritten.Tracked) shared.copyFor("a@x.example")).track())
                .isEqualTo(((Rewritten.Tracked) shared.copyFor("b@x.example")).track());
    }

    @Test
    void utm_parameters_are_added_where_they_are_missing() {
        RewriteSettings utm = with(
                /* text= */ false,
                RewriteSettings.Placement.BOTTOM,
                new LinkPolicy.Utm(List.of("d.example"), "news", "email"),
                /* listUnsubscribe= */ false);
        RawMessage mail =
                RawMessage.of(("X-Signalpost-Campaign: Été 50%\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
                                + "<a href=\"https://d.example/?a=1#x\">1</a><a href=\"https://d.example?utm_source=z\">2</a><a href=\"https://e.example/\">3</a>"
                                + "<a href=\"https://d.example/reset?token=1\">4</a>")
                        .getBytes(StandardCharsets.UTF_8));
        assertThat(verdicts(rewrite(mail, utm)))
                .containsExactly(
                        "https://d.example/?a=1&utm_source=news&utm_medium=email&utm_campaign=%C3%89t%C3%A9%2050%25#x",
                        "https://d.example?utm_source=z&utm_medium=email&utm_campaign=%C3%89t%C3%A9%2050%25",
                        "https://e.example/",
                        "=one-time");
        RawMessage noClicks = RawMessage.of(latin("X-Signalpost-Clicks: no\r\n" + HTML
                + "\r\n\r\n<a href=\"https://d.example/?a=1\">1</a><a href=https://d.example/>2</a>"));
        Rewritten plain = rewrite(noClicks, utm);
        assertThat(body(plain))
                .contains("href=\"https://d.example/?a=1&amp;utm_source=news&amp;utm_medium=email\"")
                .contains("href=https://d.example/>");
        assertThat(verdicts(plain)).containsExactly("=clicks-off", "=unquoted");
    }

    @Test
    void limits_and_lists() {
        Rewritten many = rewrite(html("<a href=\"https://d.example/\">x</a>\r\n".repeat(1_200)));
        assertThat(verdicts(many).stream().filter("=limit"::equals))
                .as("link-limit")
                .hasSize(200);
        RewriteSettings unsubscribe =
                with(/* text= */ false, RewriteSettings.Placement.BOTTOM, NO_UTM, /* listUnsubscribe= */ true);
        String added = text(rewrite(html(LINK), unsubscribe));
        assertThat(added)
                .containsPattern(
                        "\r\nList-Unsubscribe: <https://t.example/u/[A-Za-z0-9_-]+>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n");
        RawMessage has = RawMessage.of(latin("List-Unsubscribe: <https://d.example/u>\r\n" + HTML
                + "\r\n\r\n<a href=\"https://d.example/u\">u</a>" + LINK));
        Rewritten kept = rewrite(has, unsubscribe);
        assertThat(text(kept).split("List-Unsubscribe", -1))
                .as("link-unsubscribe")
                .hasSize(2);
        assertThat(verdicts(kept)).containsExactly("=unsubscribe", "https://d.example/");
        String notrack = body(rewrite(html("<a href=\"https+notrack://d.example/\">x</a>")));
        assertThat(notrack).as("link-notrack-scheme").contains("href=\"https://d.example/\"");
        assertThat(verdicts(rewrite(html("<a href=\"https://x.excluded.example/\">x</a>"), TEXT)))
                .containsExactly("=host-excluded");
        assertThat(Set.copyOf(rewrite(html(LINK)).explanation().notes())).isEmpty();
    }

    @Test
    void hostile_documents_stay_inside_their_budget() {
        var documents = List.of(
                "<div>".repeat(100_000),
                "<".repeat(1_000_000),
                "<a " + "x=y ".repeat(100_000) + "href=https://d.example/>x</a>",
                "<table>".repeat(20_000),
                "<!--".repeat(100_000),
                "<a href=\"https://d.example/\">x</a>".repeat(30_000),
                "<svg>" + "<g>".repeat(100_000),
                "</".repeat(500_000),
                "%opentrack%".repeat(90_000),
                "<script>" + "</scrip".repeat(100_000),
                "&amp;".repeat(200_000));
        for (String document : documents) {
            long began = System.nanoTime();
            Rewritten copy = rewrite(html(document));
            long millis = (System.nanoTime() - began) / 1_000_000;
            assertThat(copy).isNotNull();
            // Not a measurement: only that nothing here is quadratic.
            assertThat(millis).as(document.substring(0, 40)).isLessThan(20_000);
        }
        String parts = "--b\r\n\r\nx\r\n".repeat(10_000);
        assertThat(rewrite(RawMessage.of(latin("Content-Type: multipart/mixed; boundary=b\r\n\r\n" + parts)))
                        .explanation()
                        .reason())
                .isEqualTo("too-complex");
        assertThat(rewrite(RawMessage.of(latin("X: " + "a".repeat(10 << 20) + "\r\n" + HTML + "\r\n\r\n" + LINK)))
                        .explanation()
                        .reason())
                .isEqualTo("too-complex");
        var deep = new StringBuilder("Content-Type: multipart/mixed; boundary=b0\r\n\r\n");
        for (int i = 0; i < 1_000; i++) {
            deep.append("--b")
                    .append(i)
                    .append("\r\nContent-Type: multipart/mixed; boundary=b")
                    .append(i + 1)
                    .append("\r\n\r\n");
        }
        assertThat(rewrite(RawMessage.of(latin(deep.toString()))).explanation().reason())
                .isEqualTo("too-complex");
        assertThat(crlf("a\nb")).isEqualTo("a\r\nb");
    }

    @Test
    void a_mail_chooses_among_the_tracking_addresses_that_are_configured() {
        String mail = "X-Signalpost-Tracking-Domain: %s\r\n" + HTML + "\r\n\r\n<body>" + LINK + "</body>";
        String other = body(rewrite(RawMessage.of(latin(mail.formatted("Other.example"))), TEXT));
        assertThat(other).contains("href=\"https://other.example/c/").contains("src=\"https://other.example/api/t/");
        Rewritten unknown = rewrite(RawMessage.of(latin(mail.formatted("foreign.example"))), TEXT);
        assertThat(unknown.explanation().notes()).anyMatch(note -> note.contains("foreign.example is not configured"));
        assertThat(unknown).isInstanceOf(Rewritten.Untouched.class);
    }

    @Test
    void what_goes_joins_nothing() {
        String attribute = body(rewrite(html("<a data-signalpost-name=\"n\"href=\"https://d.example/\">x</a>")));
        assertThat(attribute).startsWith("<a href=\"https://t.example/c/");
        String pixel = "<img src=\"" + BASE.pixel(new TrackId(1, 2), 'b') + "\">";
        String bracket = body(rewrite(html("a <" + pixel + "b < c" + LINK)));
        assertThat(bracket).startsWith("a <" + pixel + "b < c");
        assertThat(body(rewrite(html("a " + pixel + "b" + LINK)))).startsWith("a b<a ");
    }

    /** Everything above and below the leaf, without our top field. */
    private static String around(Rewritten copy, String leafStart, String leafEnd) {
        String text = new String(copy.message().octets(), StandardCharsets.ISO_8859_1);
        String below = text.substring(text.indexOf("\r\n") + 2);
        return below.substring(0, below.indexOf(leafStart)) + below.substring(below.lastIndexOf(leafEnd));
    }

    @Test
    void headers_and_structure_survive() {
        String top =
                "Received: from a\r\n\tby b;\r\n  Fri\r\nsubject:  two  blanks\r\nSUBJECT: again\r\nX-Raw: gr\303\274\303\237\r\n"
                        + "MIME-Version: 1.0 (made by hand)\r\nMessage-ID:<a@b>\r\n";
        String before = top + "Content-Type: multipart/mixed; boundary=o\r\n\r\npreamble\r\n--o  \r\n"
                + "Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\nContent-Type: multipart/alternative; boundary=a\r\n\r\n"
                + "--a\r\nContent-Type: text/plain\r\n\r\nt\r\n--a\r\nContent-Type: multipart/related; boundary=r\r\n\r\n--r\r\n"
                + "Content-Type: text/html\r\nContent-Transfer-Encoding: 7bit\r\n\r\n";
        String after =
                "\r\n--r\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--r--\r\n--a--\r\n"
                        + "--m\r\nContent-Type: application/pdf\r\n\r\n%PDF\r\n--m--\r\n--o--\t\r\nepilogue\r\n";
        Rewritten copy = rewrite(RawMessage.of(latin(before + "<body>" + LINK + "</body>" + after)));

        assertThat(verdicts(copy)).as("mime-nested").containsExactly("https://d.example/");
        assertThat(around(copy, "<body>", "</body>"))
                .as("mime-headers, mime-preamble")
                .isEqualTo(before + "</body>" + after);
        for (byte octet : body(copy).getBytes(StandardCharsets.ISO_8859_1)) {
            assertThat(octet).as("mime-cte-kept").isNotNegative();
        }
    }

    @Test
    void control_fields_may_be_long() {
        String list = "\"a@b.example\",".repeat(2_000);
        Rewritten sendGrid = fielded("X-SMTPAPI: {\"to\":[" + list
                + "\"z\"],\r\n \"filters\":{\"clicktrack\":{\"settings\":{\"enable\":0}}}}");
        assertThat(verdicts(sendGrid)).containsExactly("=clicks-off");
        String value = "v".repeat(3_000);
        var ours = (Rewritten.Tracked) fielded("X-Signalpost-Metadata: {\"k\":\"" + value + "\"}");
        assertThat(ours.facts().metadata()).isEqualTo("{\"k\":\"" + value + "\"}");
        Rewritten tooLong = fielded("X-Signalpost-Metadata: {\"k\":\"" + "v".repeat(5_000) + "\"}");
        assertThat(tooLong.explanation().notes()).anyMatch(note -> note.contains("4 KB"));
    }
}
