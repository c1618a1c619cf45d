package org.signalpost.rewrite.html;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Comment;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.parser.Parser;

/**
 * Reads HTML by building its tree with jsoup, for documents in which the tree decides what is a tag.
 *
 * <p>jsoup says which tags are elements, and where they begin; the octets of each are read by {@link TagReader}, so
 * that both ways see the same attributes.
 */
final class HtmlTree {
    private static final String PROBE = "<img src=\"signalpost-probe:\">";

    private HtmlTree() {}

    /** Reads a leaf, one character an octet, so that jsoup's positions are octets; empty when it is too complex. */
    static Optional<Markup> read(byte[] octets) {
        try {
            return Optional.of(markup(octets));
        } catch (TagReader.Stop stop) {
            return Optional.empty();
        }
    }

    private static Markup markup(byte[] octets) {
        String text = new String(octets, StandardCharsets.ISO_8859_1);
        Document document = Jsoup.parse(text, "", Parser.htmlParser().setTrackPosition(true));
        Map<Integer, Tag> tags = tags(octets, document);
        var anchors = new TreeMap<Integer, Tag>();
        var own = new ArrayList<Range>();
        var images = new ArrayList<Tag>();
        for (Tag tag : tags.values()) {
            if ((tag.name().equals("a") || tag.name().equals("area")) && tag.has("href")) {
                anchors.put(tag.from(), tag);
            } else if (tag.name().equals("img")) {
                images.add(tag);
            }
            own.addAll(TagReader.own(octets, tag));
        }
        var notes = new ArrayList<String>();
        var placeholders = new ArrayList<Range>();
        var marks = new TreeMap<Integer, Integer>();
        for (int[] mark : Markers.find(octets, HtmlScanner.placeholders())) {
            marks.put(mark[0], mark[1]);
        }
        document.forEachNode(node -> {
            org.jsoup.nodes.Range range = node.sourceRange();
            if (node instanceof Comment && range.isTracked() && text.startsWith("<!--", range.startPos())) {
                Markup inside = HtmlScanner.comment(octets, range.startPos() + 4, range.endPos());
                inside.anchors().forEach(tag -> anchors.put(tag.from(), tag));
                own.addAll(inside.own());
                notes.addAll(inside.notes());
            } else if (node instanceof TextNode && range.isTracked() && !isRaw(node)) {
                placeholders(marks, range.startPos(), range.endPos(), placeholders);
            }
        });
        placeholders.sort(java.util.Comparator.comparingInt(Range::from));
        OptionalInt bottom = bottom(octets, text, document.body());
        OptionalInt top = top(document.body());
        return new Markup(
                "jsoup",
                List.copyOf(anchors.values()),
                own,
                images,
                placeholders.stream().distinct().toList(),
                bottom.isPresent() && holds(text, bottom.getAsInt()) ? bottom : OptionalInt.empty(),
                top.isPresent() && holds(text, top.getAsInt()) ? top : OptionalInt.empty(),
                notes);
    }

    /** By where they begin: a misnested element is cloned, but stands once in the text. */
    private static Map<Integer, Tag> tags(byte[] octets, Document document) {
        var tags = new TreeMap<Integer, Tag>();
        for (Element element : document.getAllElements()) {
            org.jsoup.nodes.Range range = element.sourceRange();
            boolean real = range.isTracked() && !range.isImplicit() && range.startPos() < octets.length;
            if (real && octets[range.startPos()] == '<' && !tags.containsKey(range.startPos())) {
                TagReader.tagAt(octets, range.startPos()).ifPresent(tag -> tags.put(tag.from(), tag));
            }
        }
        return tags;
    }

    private static boolean isRaw(Node node) {
        return Optional.ofNullable(node.parent())
                .map(Node::normalName)
                .filter(List.of("title", "textarea", "noscript", "iframe", "xmp", "plaintext")::contains)
                .isPresent();
    }

    private static void placeholders(NavigableMap<Integer, Integer> marks, int from, int to, List<Range> found) {
        marks.subMap(from, Math.max(from, to)).forEach((begin, end) -> {
            if (end <= to) {
                found.add(new Range(begin, end));
            }
        });
    }

    private static OptionalInt bottom(byte[] octets, String text, Element body) {
        if (!body.normalName().equals("body")) {
            return OptionalInt.empty();
        }
        org.jsoup.nodes.Range end = body.endSourceRange();
        if (end.isTracked() && !end.isImplicit()) {
            return OptionalInt.of(end.startPos());
        }
        int dangling = text.endsWith("</") ? 2 : text.endsWith("<") ? 1 : 0;
        return OptionalInt.of(dangling > 0 ? octets.length - dangling : HtmlScanner.endOfText(octets, octets.length));
    }

    private static OptionalInt top(Element body) {
        org.jsoup.nodes.Range start = body.sourceRange();
        return body.normalName().equals("body") && start.isTracked() && !start.isImplicit()
                ? OptionalInt.of(start.endPos())
                : OptionalInt.empty();
    }

    /** Whether a pixel put there is an element, and not swallowed by a comment, a tag or raw text. */
    private static boolean holds(String text, int at) {
        Document probed = Jsoup.parse(text.substring(0, at) + PROBE + text.substring(at));
        return probed.select("img[src=signalpost-probe:]").size() == 1;
    }
}
