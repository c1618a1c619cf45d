package org.signalpost.rewrite.html;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Range.AttributeRange;
import org.jsoup.parser.Parser;
import org.signalpost.rewrite.Reason;
import org.signalpost.track.LinkToken;

/**
 * Finds the links and the places for a pixel in an HTML leaf, by jsoup's source positions.
 *
 * <p>The leaf is read as ISO-8859-1, one character for an octet, so that jsoup's positions are octets. Pure; safe to
 * share between any number of threads.
 */
public final class HtmlReader {
    private static final int LARGEST = 1 << 20;
    private static final int LONGEST_TEXT = 256;
    private static final String PROBE = "<img src=\"signalpost-probe:\">";

    private final LinkPolicy policy;

    /** With the policy of the configuration. */
    public HtmlReader(LinkPolicy policy) {
        this.policy = policy;
    }

    /** Reads a leaf of a mail. May throw only on a fault of ours. */
    public HtmlReading read(HtmlLeaf leaf, LinkPolicy.MailLinks mail) {
        if (leaf.octets().length > LARGEST) {
            return new HtmlReading.Opaque(Reason.TOO_COMPLEX);
        }
        String text = new String(leaf.scanned(), StandardCharsets.ISO_8859_1);
        if (text.isBlank()) {
            return new HtmlReading.Opaque(Reason.NO_HTML);
        }
        Document document = parse(text);
        var removals = new ArrayList<Range>();
        quotedPixels(document, removals);
        List<HtmlLink> links = links(leaf, text, document, mail, removals);
        removals.sort(Comparator.comparingInt(Range::from));
        return new HtmlReading.Read("jsoup", links, removals, places(text, document), List.of());
    }

    private static Document parse(String text) {
        return Jsoup.parse(text, "", Parser.htmlParser().setTrackPosition(true));
    }

    /** The pixels that an earlier hop of ours put into text that is quoted here. */
    private void quotedPixels(Document document, List<Range> removals) {
        for (Element image : document.select("img[src]")) {
            boolean ours = policy.bases().stream().anyMatch(base -> {
                String start = base.base() + "/api/t/trk_";
                String source = image.attr("src");
                return source.startsWith(start)
                        && source.length() == start.length() + 22 + 4
                        && source.startsWith("?p=", start.length() + 22)
                        && "btx".indexOf(source.charAt(source.length() - 1)) >= 0;
            });
            org.jsoup.nodes.Range tag = image.sourceRange();
            if (ours && tag.isTracked() && !tag.isImplicit()) {
                add(removals, new Range(tag.startPos(), tag.endPos()));
            }
        }
    }

    private static void add(List<Range> removals, Range range) {
        if (removals.stream().noneMatch(other -> range.from() < other.to() && other.from() < range.to())) {
            removals.add(range);
        }
    }

    private List<HtmlLink> links(
            HtmlLeaf leaf, String text, Document document, LinkPolicy.MailLinks mail, List<Range> removals) {
        var links = new ArrayList<HtmlLink>();
        Set<Integer> seen = new HashSet<>();
        for (Element element : document.select("a[href], area[href]")) {
            AttributeRange where = element.attributes().sourceRange("href");
            org.jsoup.nodes.Range value = where.valueRange();
            if (!value.isTracked()
                    || value.startPos() < 0
                    || !seen.add(where.nameRange().startPos())) {
                // Misnested anchors are cloned: one place in the text, several elements.
                continue;
            }
            var range = new Range(value.startPos(), value.endPos());
            boolean quoted = range.from() > 0 && "\"'".indexOf(text.charAt(range.from() - 1)) >= 0;
            Optional<String> href = href(leaf, range);
            String visible = visible(element);
            LinkOutcome outcome = href.isEmpty()
                    ? new LinkOutcome.Skip(LinkReason.UNDECODABLE)
                    : policy.judge(href.get(), visible, element, mail);
            if (outcome instanceof LinkOutcome.Replace && !quoted) {
                outcome = new LinkOutcome.Skip(LinkReason.UNQUOTED);
            }
            if (range.length() == 0) {
                outcome = new LinkOutcome.Skip(LinkReason.EMPTY);
            }
            links.add(new HtmlLink(
                    range,
                    where.nameRange().startPos(),
                    quoted,
                    element.normalName(),
                    href.orElse(""),
                    visible,
                    value.start().lineNumber(),
                    element.attr("data-signalpost-name"),
                    element.attr("data-signalpost-tags"),
                    outcome));
        }
        for (Element element : document.select("[^data-signalpost-]")) {
            ownAttributes(text, element, removals);
        }
        links.sort(Comparator.comparingInt(link -> link.value().from()));
        return links;
    }

    private static void ownAttributes(String text, Element element, List<Range> removals) {
        element.attributes().forEach(attribute -> {
            String name = attribute.getKey();
            AttributeRange where = element.attributes().sourceRange(name);
            if (!name.startsWith("data-signalpost-") || !where.nameRange().isTracked()) {
                return;
            }
            int from = where.nameRange().startPos();
            while (from > 0 && " \t\r\n\f".indexOf(text.charAt(from - 1)) >= 0) {
                from--;
            }
            int to = Math.max(where.nameRange().endPos(), where.valueRange().endPos());
            boolean quote = to < text.length()
                    && "\"'".indexOf(text.charAt(to)) >= 0
                    && where.valueRange().startPos() > 0
                    && text.charAt(where.valueRange().startPos() - 1) == text.charAt(to);
            add(removals, new Range(from, quote ? to + 1 : to));
        });
    }

    /** What a browser would request: characters, then references undone once, then blanks stripped. */
    private static Optional<String> href(HtmlLeaf leaf, Range range) {
        byte[] raw = Arrays.copyOfRange(leaf.octets(), range.from(), range.to());
        boolean ascii = true;
        for (byte octet : raw) {
            ascii &= octet >= 0;
        }
        try {
            String characters = ascii
                    ? new String(raw, StandardCharsets.US_ASCII)
                    : leaf.charset()
                            .orElseThrow(CharacterCodingException::new)
                            .newDecoder()
                            .onMalformedInput(CodingErrorAction.REPORT)
                            .onUnmappableCharacter(CodingErrorAction.REPORT)
                            .decode(ByteBuffer.wrap(raw))
                            .toString();
            String value = Parser.unescapeEntities(characters, /* inAttribute= */ true);
            int from = 0;
            int to = value.length();
            while (from < to && value.charAt(from) <= ' ') {
                from++;
            }
            while (to > from && value.charAt(to - 1) <= ' ') {
                to--;
            }
            return Optional.of(value.substring(from, to));
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    private static String visible(Element element) {
        String text = element.text();
        return text.substring(0, Math.min(text.length(), LONGEST_TEXT));
    }

    private static HtmlReading.PixelPlaces places(String text, Document document) {
        OptionalInt bottom = OptionalInt.empty();
        OptionalInt top = OptionalInt.empty();
        Element body = document.body();
        if (body.normalName().equals("body")) {
            org.jsoup.nodes.Range end = body.endSourceRange();
            bottom = OptionalInt.of(end.isTracked() && !end.isImplicit() ? end.startPos() : endOf(text));
            org.jsoup.nodes.Range start = body.sourceRange();
            if (start.isTracked() && !start.isImplicit()) {
                top = OptionalInt.of(start.endPos());
            }
        }
        return new HtmlReading.PixelPlaces(
                bottom.isPresent() && holds(text, bottom.getAsInt()) ? bottom : OptionalInt.empty(),
                top.isPresent() && holds(text, top.getAsInt()) ? top : OptionalInt.empty(),
                Optional.empty());
    }

    /** Before trailing line breaks, and before a dangling bracket, which would swallow the pixel. */
    private static int endOf(String text) {
        int end = text.length();
        while (end > 0 && "\r\n".indexOf(text.charAt(end - 1)) >= 0) {
            end--;
        }
        if (text.substring(0, end).endsWith("</")) {
            return end - 2;
        }
        return text.substring(0, end).endsWith("<") ? end - 1 : end;
    }

    /** Whether a pixel put there is an element, and not swallowed by a comment, a tag or raw text. */
    private static boolean holds(String text, int at) {
        Document probed = Jsoup.parse(text.substring(0, at) + PROBE + text.substring(at));
        return probed.select("img[src=signalpost-probe:]").size() == 1;
    }

    /** Whether each of these addresses is the value of a link. */
    public static boolean holdsLinks(byte[] octets, List<String> urls) {
        Document document = Jsoup.parse(new String(octets, StandardCharsets.ISO_8859_1));
        Set<String> found = new HashSet<>();
        document.select("a[href], area[href]").forEach(element -> found.add(element.attr("href")));
        return found.containsAll(urls);
    }

    /** How often this address is the value of a link, and of an image; what the proof looks at. */
    public static int occurrences(byte[] octets, String element, String attribute, String value) {
        Document document = Jsoup.parse(new String(octets, StandardCharsets.ISO_8859_1));
        return (int) document.select(element + "[" + attribute + "]").stream()
                .filter(found -> found.attr(attribute).equals(value))
                .count();
    }

    /** The destination of one of our own relay links, if the address is one. */
    static Optional<LinkToken> ownLink(LinkPolicy policy, String href) {
        return policy.bases().stream()
                .map(base -> base.base() + "/c/")
                .filter(href::startsWith)
                .findFirst()
                .flatMap(start -> LinkToken.verify(href.substring(start.length()), policy.keys()));
    }
}
