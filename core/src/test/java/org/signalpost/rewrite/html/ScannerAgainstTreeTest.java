package org.signalpost.rewrite.html;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.parser.Parser;
import org.junit.jupiter.api.Test;

/** Both ways of reading HTML find the same links, in documents nobody would write. */
class ScannerAgainstTreeTest {
    /** More with {@code -Dsoup.documents=5000000}. */
    private static final int DOCUMENTS = Integer.getInteger("soup.documents", 200_000);

    /** What jsoup itself says, without any code of ours. */
    private static List<Range> jsoup(String text) {
        Document document = Jsoup.parse(text, "", Parser.htmlParser().setTrackPosition(true));
        var found = new TreeMap<Integer, Range>();
        for (Element element : document.select("a[href], area[href]")) {
            org.jsoup.nodes.Range value =
                    element.attributes().sourceRange("href").valueRange();
            // An empty value has no range of its own; it is skipped in any case.
            if (value.isTracked() && value.startPos() < value.endPos()) {
                found.put(value.startPos(), new Range(value.startPos(), value.endPos()));
            }
        }
        return List.copyOf(found.values());
    }

    private static List<Range> ours(Markup markup, String text) {
        return markup.anchors().stream()
                .filter(tag -> tag.name().equals("a") || tag.name().equals("area"))
                .filter(tag -> !insideConditional(text, tag.from()))
                .map(tag -> tag.attribute("href").orElseThrow().value())
                .filter(range -> range.length() > 0)
                .toList();
    }

    /** Links that only Outlook sees are none of jsoup's. */
    private static boolean insideConditional(String text, int at) {
        int begin = text.lastIndexOf("<!--", at);
        return begin >= 0 && text.startsWith("<!--[if", begin) && text.indexOf("-->", begin) > at;
    }

    @Test
    void both_ways_find_the_same_links_in_random_documents() {
        var random = new Random(20260101);
        int fast = 0;
        int links = 0;
        for (int i = 0; i < DOCUMENTS; i++) {
            String text = HtmlSoup.document(random);
            byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
            List<Range> wanted = jsoup(text);
            links += wanted.size();
            if (HtmlScanner.scan(octets) instanceof HtmlScanner.Outcome.Read(Markup markup)) {
                fast++;
                assertThat(ours(markup, text)).as(text).isEqualTo(wanted);
            } else {
                assertThat(ours(HtmlTree.read(octets).orElseThrow(), text))
                        .as(text)
                        .isEqualTo(wanted);
            }
        }
        assertThat(fast).isGreaterThan(DOCUMENTS / 2);
        assertThat(links).isGreaterThan(DOCUMENTS / 2);
    }

    @Test
    void a_pixel_at_the_place_that_is_given_is_an_element() {
        var random = new Random(7);
        int placed = 0;
        for (int i = 0; i < DOCUMENTS / 10; i++) {
            String text = HtmlSoup.document(random);
            byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
            if (!(HtmlScanner.scan(octets) instanceof HtmlScanner.Outcome.Read(Markup markup))
                    || markup.bottom().isEmpty()) {
                continue;
            }
            int at = markup.bottom().getAsInt();
            String edited = text.substring(0, at) + "<img src=\"probe\" />" + text.substring(at);
            assertThat(Jsoup.parse(edited).select("img[src=probe]")).as(edited).hasSize(1);
            placed++;
        }
        assertThat(placed).isGreaterThan(DOCUMENTS / 40);
    }

    @Test
    void replacing_the_values_changes_nothing_else_in_the_tree() {
        var random = new Random(99);
        for (int i = 0; i < DOCUMENTS / 4; i++) {
            String text = HtmlSoup.document(random);
            byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
            Markup markup = HtmlScanner.scan(octets) instanceof HtmlScanner.Outcome.Read(Markup read)
                    ? read
                    : HtmlTree.read(octets).orElseThrow();
            var edited = new StringBuilder();
            var values = new java.util.ArrayList<Range>();
            int done = 0;
            for (Tag tag : markup.anchors()) {
                Range value = tag.attribute("href").orElseThrow().value();
                if (value.length() > 0) {
                    edited.append(text, done, value.from())
                            .append("https://t.example/c/x")
                            .append(values.size());
                    values.add(value);
                    done = value.to();
                }
            }
            edited.append(text, done, text.length());
            Document after = Jsoup.parse(edited.toString());
            for (Element element : after.select("a[href], area[href]")) {
                String href = element.attr("href");
                if (href.startsWith("https://t.example/c/x")) {
                    Range value = values.get(Integer.parseInt(href.substring(21)));
                    String raw = text.substring(value.from(), value.to());
                    element.attr("href", Parser.unescapeEntities(raw, /* inAttribute= */ true));
                }
            }
            // In a comment only Outlook reads, the tree has the text itself.
            String html = after.outerHtml();
            for (int n = values.size() - 1; n >= 0; n--) {
                Range value = values.get(n);
                html = html.replace("https://t.example/c/x" + n, text.substring(value.from(), value.to()));
            }
            assertThat(html).as(text).isEqualTo(Jsoup.parse(text).outerHtml());
        }
    }
}
