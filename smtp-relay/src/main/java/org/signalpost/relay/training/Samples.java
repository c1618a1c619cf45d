package org.signalpost.relay.training;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Mails of the kinds that are sent: newsletters in each transfer encoding, a short mail, one without HTML. */
final class Samples {
    private static final int ARTICLES = 100;

    private Samples() {}

    /** Whole messages, which end with CRLF and have no line that begins with a dot. */
    static List<byte[]> mails() {
        String page = page();
        return List.of(
                mail("7bit", page),
                mail("quoted-printable", quoted(page)),
                mail("base64", Base64.getMimeEncoder().encodeToString(page.getBytes(StandardCharsets.UTF_8)) + "\r\n"),
                mail(
                        "7bit",
                        "<p>Your order is on its way. <a href=\"https://shop.example.com/orders/1\">Follow it</a></p>\r\n"),
                octets("From: ann@example.com\r\nTo: bob@example.org\r\nSubject: Lunch\r\n\r\nAt one?\r\n"));
    }

    private static String page() {
        return IntStream.range(0, ARTICLES)
                .mapToObj(number -> """
                        <tr><td style="padding:8px 16px;font:14px/20px Arial,sans-serif;border-bottom:1px solid #eee">\
                        Article %d, which has a name as long as names of articles are, for &euro; %d.00</td>\r
                        <td class="buy"><a style="color:#06c" href="https://shop.example.com/item/%d?from=news&amp;n=%d">\
                        Look at it</a> <img src="https://shop.example.com/%d.png" alt="" width="40"></td></tr>\r
                        """.formatted(number, number % 90 + 9, number, number, number))
                .collect(Collectors.joining(
                        "",
                        "<!DOCTYPE html><html><head><title>News</title><style>td{margin:0}</style></head><body>"
                                + "<!-- news --><table>\r\n",
                        "</table><p><a href=\"mailto:shop@example.com\">Write to us</a></p></body></html>\r\n"));
    }

    /** RFC 2045 section 6.7, for ASCII text: only what has to be is escaped, and no line begins with a dot. */
    private static String quoted(String text) {
        return text.lines()
                .map(line -> line.replace("=", "=3D").replaceAll("(.{60,70})(?=[^.].{5})", "$1=\r\n"))
                .collect(Collectors.joining("\r\n", "", "\r\n"));
    }

    private static byte[] mail(String encoding, String html) {
        return octets("""
                From: Shop <shop@example.com>\r
                To: Ann <ann@example.org>\r
                Subject: =?utf-8?q?News_from_the_shop?=\r
                Date: Sat, 21 Nov 2026 10:00:00 +0000\r
                MIME-Version: 1.0\r
                List-Unsubscribe: <https://shop.example.com/leave>\r
                Content-Type: multipart/alternative; boundary="part"\r
                \r
                --part\r
                Content-Type: text/plain; charset=utf-8\r
                \r
                News\r
                --part\r
                Content-Type: text/html; charset=utf-8\r
                Content-Transfer-Encoding: %s\r
                \r
                %s--part--\r
                """.formatted(encoding, html));
    }

    private static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
