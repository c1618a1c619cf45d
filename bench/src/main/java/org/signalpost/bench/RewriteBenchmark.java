package org.signalpost.bench;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jsoup.Jsoup;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.signalpost.rewrite.Cuts;
import org.signalpost.rewrite.EnvelopeFacts;
import org.signalpost.rewrite.MessageRewriter;
import org.signalpost.rewrite.RawMessage;
import org.signalpost.rewrite.RewriteSettings;
import org.signalpost.rewrite.Rewritten;
import org.signalpost.rewrite.TrackingPlan;
import org.signalpost.rewrite.html.HtmlLeaf;
import org.signalpost.rewrite.html.HtmlLink;
import org.signalpost.rewrite.html.HtmlReader;
import org.signalpost.rewrite.html.HtmlReading;
import org.signalpost.rewrite.html.LinkPolicy;
import org.signalpost.track.SigningKeys;
import org.signalpost.track.TrackingUrls;

/** The engine on one newsletter of about 30 KB with ten links, beside jsoup's parse and serialise. */
@SuppressWarnings("StringConcatToTextBlock") // the line ends are the point
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RewriteBenchmark {
    private static final byte[] URL = ("https://t.example/c/" + "A".repeat(130)).getBytes(StandardCharsets.US_ASCII);

    private final SigningKeys keys = SigningKeys.of(1, new byte[32], new byte[32]);
    private final TrackingUrls base = new TrackingUrls("https://t.example");
    private final HtmlReader reader = new HtmlReader(LinkPolicy.defaults(base, keys));
    private final LinkPolicy.MailLinks mailLinks =
            new LinkPolicy.MailLinks(/* clicks= */ true, List.of(), Optional.empty(), "", Optional.empty());
    private final String html = newsletter();
    private final byte[] octets = html.getBytes(StandardCharsets.UTF_8);
    private final HtmlLeaf leaf = new HtmlLeaf(octets, octets, Optional.of(StandardCharsets.UTF_8));
    private final MessageRewriter rewriter =
            new MessageRewriter(base, keys, RewriteSettings.defaults(/* opens= */ true, /* clicks= */ true));
    private final RawMessage mail = RawMessage.of(mail(html));
    private final EnvelopeFacts envelope = new EnvelopeFacts("01JD3Z6V5W4X3Y2Z1A0BCDEFGH", "shop@example.org");
    private final TrackingPlan plan = rewriter.plan(mail, envelope);

    private static String newsletter() {
        var page = new StringBuilder(
                "<!doctype html>\r\n<html><head><title>News</title><style>td{padding:0}</style></head><body>\r\n");
        // Tables in tables with every style inline, as the usual builders make them.
        String open =
                "<table align=\"center\" border=\"0\" cellpadding=\"0\" cellspacing=\"0\" role=\"presentation\" style=\"width:100%;\">\r\n<tbody>\r\n<tr>\r\n"
                        + "<td style=\"direction:ltr;font-size:0px;padding:20px 0;text-align:center;\">\r\n";
        String close = "</td>\r\n</tr>\r\n</tbody>\r\n</table>\r\n";
        for (int row = 0; row < 29; row++) {
            page.append("<div style=\"margin:0px auto;max-width:600px;\">\r\n")
                    .append(open)
                    .append(
                            "<div class=\"column-per-50\" style=\"font-size:0px;text-align:left;display:inline-block;width:100%;\">\r\n")
                    .append(open)
                    .append(
                            "<div style=\"font-family:Helvetica,Arial,sans-serif;font-size:16px;line-height:24px;color:#333333;\">")
                    .append(
                            "Lorem ipsum dolor sit amet, <b>consectetur</b> adipiscing elit.<br> Grüße &amp; &nbsp;mehr.</div>\r\n");
            if (row % 3 == 0) {
                page.append("<a href=\"https://shop.example/article/")
                        .append(row)
                        .append("?utm_source=news&amp;id=")
                        .append(row * 7919)
                        .append(
                                "\" style=\"color:#0066cc;text-decoration:none;\" target=\"_blank\">Read <b>on</b></a>\r\n");
            }
            page.append("<img height=\"auto\" src=\"https://cdn.shop.example/i/")
                    .append(row)
                    .append(
                            ".png\" style=\"border:0;display:block;outline:none;width:100%;\" width=\"560\" alt=\"\">\r\n")
                    .append(close)
                    .append("</div>\r\n")
                    .append(close)
                    .append("</div>\r\n");
        }
        return page.append("</body></html>\r\n").toString();
    }

    private static byte[] mail(String html) {
        var body = new StringBuilder();
        int column = 0;
        for (byte octet : html.getBytes(StandardCharsets.UTF_8)) {
            if (octet == '\r') {
                continue;
            }
            if (octet == '\n') {
                body.append("\r\n");
                column = 0;
                continue;
            }
            String one = octet >= ' ' && octet < 127 && octet != '='
                    ? String.valueOf((char) octet)
                    : String.format(java.util.Locale.ROOT, "=%02X", octet & 0xff);
            if (column + one.length() > 75) {
                body.append("=\r\n");
                column = 0;
            }
            body.append(one);
            column += one.length();
        }
        String mail = "From: shop@example.org\r\nTo: ann@example.com\r\nSubject: News\r\nMIME-Version: 1.0\r\n"
                + "Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nnews\r\n"
                + "--b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
                + body + "\r\n--b--\r\n";
        return mail.getBytes(StandardCharsets.US_ASCII);
    }

    /** Finds every link and the pixel's place by the fast scanner, judges the links, and makes the edited document. */
    @Benchmark
    public byte[] scanAndSplice() {
        if (!(reader.read(leaf, mailLinks) instanceof HtmlReading.Read read)) {
            throw new IllegalStateException("not read");
        }
        var cuts = new ArrayList<Cuts.Cut>();
        for (HtmlLink link : read.links()) {
            cuts.add(new Cuts.Cut(link.value().from(), link.value().to(), URL));
        }
        int bottom = read.pixels().bottom().orElseThrow();
        cuts.add(new Cuts.Cut(bottom, bottom, URL));
        return new Cuts(cuts).apply(octets);
    }

    /** What a library does that makes a tree and text of it again. */
    @Benchmark
    public String jsoupParseAndSerialise() {
        var document = Jsoup.parse(html);
        document.outputSettings().prettyPrint(/* pretty= */ false);
        document.select("a[href]").attr("href", "https://t.example/c/x");
        return document.outerHtml();
    }

    /** MIME, quoted-printable, scan, policy, tokens, splice and proof of a whole mail. */
    @Benchmark
    public Rewritten wholeMail() {
        return rewriter.plan(mail, envelope).copyFor("ann@example.com");
    }

    /** The copy of one more recipient. */
    @Benchmark
    public Rewritten furtherRecipient() {
        return plan.copyFor("bob@example.com");
    }
}
