package org.signalpost.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Test;
import org.signalpost.track.LinkToken;
import org.signalpost.track.SigningKeys;
import org.signalpost.track.TrackingUrls;

/**
 * Parsers that are not ours see the same mail before and after: mime4j the same parts and octets, jsoup the same text
 * and the same destinations. Over the project's own mails, and over the development corpora where they are.
 */
class IndependentParsersTest {
    private static final SigningKeys KEYS = SigningKeys.of(1, new byte[32], new byte[32]);
    private static final MessageRewriter REWRITER = new MessageRewriter(
            new TrackingUrls("https://t.example"),
            KEYS,
            RewriteSettings.defaults(/* opens= */ true, /* clicks= */ true));
    private static final EnvelopeFacts ENVELOPE = new EnvelopeFacts("01JD3Z6V5W4X3Y2Z1A0BCDEFGH", "shop@example.org");

    /** The structure and the raw octets of all leaves but HTML, as Jakarta Mail sees them; empty when it can't. */
    private static List<String> angus(byte[] mail) {
        try {
            var session = jakarta.mail.Session.getInstance(new java.util.Properties());
            var found = new ArrayList<String>();
            angus(new jakarta.mail.internet.MimeMessage(session, new ByteArrayInputStream(mail)), found);
            return found;
        } catch (jakarta.mail.MessagingException | IOException | RuntimeException e) {
            return List.of();
        }
    }

    private static void angus(jakarta.mail.Part part, List<String> found)
            throws jakarta.mail.MessagingException, IOException {
        found.add(part.getContentType());
        if (part.isMimeType("multipart/*") && part.getContent() instanceof jakarta.mail.Multipart multipart) {
            for (int i = 0; i < multipart.getCount(); i++) {
                angus(multipart.getBodyPart(i), found);
            }
        } else if (!part.isMimeType("text/html")) {
            InputStream raw = part instanceof jakarta.mail.internet.MimeBodyPart body
                    ? body.getRawInputStream()
                    : ((jakarta.mail.internet.MimeMessage) part).getRawInputStream();
            found.add(new String(raw.readAllBytes(), StandardCharsets.ISO_8859_1));
        }
    }

    /** Checks one mail; whether it was tracked. */
    private static boolean check(byte[] octets, String name) throws IOException {
        RawMessage mail = RawMessage.of(octets);
        Verification verification = REWRITER.verify(mail, ENVELOPE, "ann@example.com");
        assertThat(verification.holds())
                .as(name + ": " + verification.sentence())
                .isTrue();
        Rewritten copy = REWRITER.plan(mail, ENVELOPE).copyFor("ann@example.com");
        if (!(copy instanceof Rewritten.Tracked)) {
            return false;
        }
        List<Leaf> before = Leaf.of(octets);
        List<Leaf> after = Leaf.of(copy.message().octets());
        assertThat(after).as(name).hasSameSizeAs(before);
        assertThat(angus(copy.message().octets())).as(name).isEqualTo(angus(octets));
        int changed = 0;
        for (int i = 0; i < before.size(); i++) {
            Leaf was = before.get(i);
            Leaf is = after.get(i);
            assertThat(is.type()).as(name).isEqualTo(was.type());
            assertThat(is.charset()).as(name).isEqualTo(was.charset());
            if (!is.content().equals(was.content())) {
                assertThat(was.type()).as(name).isEqualTo("text/html");
                sameHtml(was.content(), is.content(), name);
                changed++;
            }
        }
        assertThat(changed).as(name).isPositive();
        return true;
    }

    /** The same text, the same links but for where they lead first, and one more picture. */
    private static void sameHtml(String was, String is, String name) {
        Document before = Jsoup.parse(was);
        Document after = Jsoup.parse(is);
        assertThat(after.text()).as(name).isEqualTo(before.text());
        List<Element> links = before.select("a[href], area[href]");
        List<Element> tracked = after.select("a[href], area[href]");
        assertThat(tracked).as(name).hasSameSizeAs(links);
        for (int i = 0; i < links.size(); i++) {
            String href = tracked.get(i).attr("href");
            String start = "https://t.example/c/";
            if (href.startsWith(start)) {
                String destination = LinkToken.verify(href.substring(start.length()), KEYS)
                        .orElseThrow()
                        .destination();
                // What jsoup was given is one character an octet.
                String wanted = links.get(i).attr("href").strip();
                assertThat(
                                destination.getBytes(StandardCharsets.US_ASCII).length == destination.length()
                                        ? destination
                                        : wanted)
                        .as(name)
                        .isIn(wanted, destination.chars().allMatch(c -> c < 0x80) ? wanted : destination);
            } else {
                assertThat(href).as(name).isEqualTo(links.get(i).attr("href"));
            }
        }
        int pixels = after.select("img[src^=https://t.example/api/t/]").size();
        assertThat(after.select("img")).as(name).hasSize(before.select("img").size() + pixels);
        assertThat(pixels).as(name).isLessThanOrEqualTo(1);
    }

    @Test
    void see_the_same_in_every_mail() throws IOException {
        int tracked = 0;
        for (Path file : Corpora.mails()) {
            byte[] octets = Files.readAllBytes(file);
            tracked += check(octets, file.toString()) ? 1 : 0;
            tracked += check(Corpora.crlf(octets), file + " with CRLF") ? 1 : 0;
        }
        assertThat(tracked).isGreaterThan(30);
    }

    private static String head(String charset, String encoding) {
        return "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=" + charset
                + "\r\nContent-Transfer-Encoding: " + encoding + "\r\n\r\n";
    }

    private static byte[] joined(String head, byte[] body) {
        byte[] top = head.getBytes(StandardCharsets.US_ASCII);
        byte[] all = Arrays.copyOf(top, top.length + body.length);
        System.arraycopy(body, 0, all, top.length, body.length);
        return all;
    }

    private static byte[] quotedPrintable(byte[] octets) {
        var text = new StringBuilder();
        int column = 0;
        for (int i = 0; i < octets.length; i++) {
            byte octet = octets[i];
            if (octet == '\r' && i + 1 < octets.length && octets[i + 1] == '\n') {
                text.append("\r\n");
                column = 0;
                i++;
                continue;
            }
            String one = octet >= ' ' && octet < 127 && octet != '='
                    ? String.valueOf((char) octet)
                    : String.format(java.util.Locale.ROOT, "=%02X", octet & 0xff);
            boolean blankAtEnd = octet == ' ' && i + 1 < octets.length && octets[i + 1] == '\r';
            if (column + one.length() > 74) {
                text.append("=\r\n");
                column = 0;
            }
            text.append(blankAtEnd ? "=20" : one);
            column += one.length();
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void see_the_same_in_every_template_in_four_encodings() throws IOException {
        int tracked = 0;
        var templates = new ArrayList<>(Corpora.files("templates"));
        templates.addAll(Corpora.files("html"));
        for (Path file : templates) {
            if (!file.toString().matches(".*\\.html?")) {
                continue;
            }
            byte[] octets = Corpora.crlf(Files.readAllBytes(file));
            Charset utf8 = StandardCharsets.UTF_8;
            String text = new String(octets, utf8);
            byte[] latin = text.getBytes(Charset.forName("windows-1252"));
            var mails = List.of(
                    joined(head("utf-8", "8bit"), octets),
                    joined(head("utf-8", "quoted-printable"), quotedPrintable(octets)),
                    joined(head("utf-8", "base64"), Base64.getMimeEncoder().encode(octets)),
                    joined(head("windows-1252", "quoted-printable"), quotedPrintable(latin)));
            for (int i = 0; i < mails.size(); i++) {
                tracked += check(mails.get(i), file + " encoding " + i) ? 1 : 0;
            }
        }
        if (!templates.isEmpty()) {
            assertThat(tracked).isGreaterThan(100);
        }
    }
}
