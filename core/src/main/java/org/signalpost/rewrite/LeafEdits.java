package org.signalpost.rewrite;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.signalpost.rewrite.Cuts.Cut;
import org.signalpost.rewrite.html.HtmlLink;
import org.signalpost.rewrite.html.LinkOutcome;
import org.signalpost.rewrite.html.LinkReason;
import org.signalpost.rewrite.html.Range;
import org.signalpost.rewrite.mime.TransferEncoding;
import org.signalpost.track.LinkToken;
import org.signalpost.track.SigningKeys;
import org.signalpost.track.TrackId;
import org.signalpost.track.TrackingUrls;

/** Makes the cuts of one leaf for one track, on its decoded octets. One thread; one after the other leaf of a copy. */
final class LeafEdits {
    /** RFC 5322 section 2.1.1, without the line end. */
    private static final int LONGEST_LINE = 998;

    private static final int LOOK_AHEAD = 400;
    private static final int LONGEST_URL_IN_LINE = 900;
    private static final int MOST_LINKS = 1_000;

    private final TrackingUrls urls;
    private final SigningKeys.Signer signer;
    private final TrackId track;
    private final List<Explanation.LinkLine> lines = new ArrayList<>();
    private int number;
    private int tracked;

    LeafEdits(TrackingUrls urls, SigningKeys keys, TrackId track) {
        this.urls = urls;
        this.signer = LinkToken.signer(keys);
        this.track = track;
    }

    /** Every candidate so far. */
    List<Explanation.LinkLine> lines() {
        return lines;
    }

    /** A pixel that goes into the leaf. */
    record Pixel(Range at, String tag) {}

    /** An edit, and where a line may be broken before it. */
    private record Edit(int breakAt, Cut cut) {}

    /** The cuts of a leaf. */
    Cuts of(TrackingPlan.Leaf leaf, List<Pixel> pixels) {
        var edits = new ArrayList<Edit>();
        for (HtmlLink link : leaf.reading().links()) {
            edit(leaf, link).ifPresent(cut -> edits.add(new Edit(link.attribute(), cut)));
        }
        for (Range range : leaf.reading().removals()) {
            edits.add(new Edit(-1, new Cut(range.from(), range.to(), new byte[0])));
        }
        for (Pixel pixel : pixels) {
            edits.add(new Edit(
                    pixel.at().from(),
                    new Cut(pixel.at().from(), pixel.at().to(), pixel.tag().getBytes(StandardCharsets.US_ASCII))));
        }
        edits.sort(Comparator.<Edit>comparingInt(edit -> edit.cut().from())
                .thenComparingInt(edit -> edit.cut().to()));
        boolean text = leaf.reading().scanner().equals("text");
        return leaf.encoding() instanceof TransferEncoding.Identity && !text
                ? broken(leaf.encoding().decoded(), edits)
                : new Cuts(edits.stream().map(Edit::cut).toList());
    }

    private Optional<Cut> edit(TrackingPlan.Leaf leaf, HtmlLink link) {
        String outcome = "skipped";
        String why = "";
        String url = "";
        Optional<Cut> cut = Optional.empty();
        switch (link.outcome()) {
            case LinkOutcome.Track(String destination) -> {
                url = tracked >= MOST_LINKS
                        ? ""
                        : urls.link(new LinkToken(LinkToken.Kind.RELAY, track, number, destination).sign(signer));
                Optional<LinkReason> against = against(leaf, link, url);
                if (against.isPresent()) {
                    why = against.get().code();
                    url = "";
                } else {
                    outcome = "tracked";
                    tracked++;
                    cut = Optional.of(cut(link, url));
                }
            }
            case LinkOutcome.Skip(LinkReason reason) -> why = reason.code();
            case LinkOutcome.Replace(String value, LinkReason reason) -> {
                why = reason.code();
                boolean text = leaf.reading().scanner().equals("text");
                cut = Optional.of(cut(link, text ? LinkToken.location(value) : attribute(value)));
            }
        }
        lines.add(new Explanation.LinkLine(
                number, leaf.part().path(), link.line(), link.element(), link.href(), link.text(), outcome, why, url));
        number++;
        return cut;
    }

    private Optional<LinkReason> against(TrackingPlan.Leaf leaf, HtmlLink link, String url) {
        if (tracked >= MOST_LINKS) {
            return Optional.of(LinkReason.LIMIT);
        }
        boolean unencoded = leaf.encoding() instanceof TransferEncoding.Identity;
        if (unencoded && url.length() > LONGEST_URL_IN_LINE) {
            return Optional.of(LinkReason.LINE_LENGTH);
        }
        boolean text = leaf.reading().scanner().equals("text");
        return unencoded && text && tooLongForTextLine(leaf.encoding().decoded(), link, url)
                ? Optional.of(LinkReason.LINE_LENGTH)
                : Optional.empty();
    }

    /** Text has no place where a line could be broken. */
    private static boolean tooLongForTextLine(byte[] octets, HtmlLink link, String url) {
        int from = lineStart(octets, link.value().from());
        int to = lineEnd(octets, link.value().to());
        return to - from + url.length() - link.value().length() > LONGEST_LINE;
    }

    private static Cut cut(HtmlLink link, String value) {
        return new Cut(link.value().from(), link.value().to(), value.getBytes(StandardCharsets.US_ASCII));
    }

    /** An address as the value of a quoted attribute. */
    private static String attribute(String value) {
        return LinkToken.location(value)
                .replace("&", "&amp;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;")
                .replace("<", "&lt;")
                .replace(">", "&gt;");
    }

    private static int lineStart(byte[] octets, int at) {
        return Octets.findLast(octets, '\n', 0, at) + 1;
    }

    private static int lineEnd(byte[] octets, int at) {
        return Octets.findEither(octets, '\r', '\n', at, octets.length);
    }

    /** With line breaks before what would make a line longer than 998 octets. */
    private static Cuts broken(byte[] octets, List<Edit> edits) {
        byte[] lineBreak = LineEnd.first(octets, 0, octets.length).getBytes(StandardCharsets.US_ASCII);
        var cuts = new ArrayList<Cut>();
        int done = 0;
        int column = 0;
        for (int i = 0; i < edits.size(); i++) {
            Cut cut = edits.get(i).cut();
            int breakAt = edits.get(i).breakAt();
            column = columnAt(octets, done, cut.from(), column);
            int inserted = cut.replacement().length;
            if (inserted > 0 && breakAt >= done) {
                int next = i + 1 < edits.size() ? edits.get(i + 1).cut().from() : octets.length;
                int ahead = Math.min(Math.min(lineEnd(octets, cut.to()), next) - cut.to(), LOOK_AHEAD);
                int before = cut.from() - Math.max(breakAt, lineStart(octets, cut.from()));
                boolean useful = column > before;
                if (column + inserted + Math.max(ahead, 0) > LONGEST_LINE && useful && canBreak(octets, breakAt)) {
                    cuts.add(new Cut(breakAt, breakAt, lineBreak));
                    column = before;
                }
            }
            cuts.add(cut);
            column += inserted;
            done = cut.to();
        }
        return new Cuts(cuts);
    }

    /** Not between the two octets of a line end. */
    private static boolean canBreak(byte[] octets, int at) {
        return at == 0 || at >= octets.length || octets[at - 1] != '\r' || octets[at] != '\n';
    }

    private static int columnAt(byte[] octets, int from, int to, int column) {
        int end = Octets.findLast(octets, '\n', from, to);
        return end < 0 ? column + to - from : to - end - 1;
    }

    /** The place of a pixel as a range without octets. */
    static Range at(OptionalInt place) {
        return new Range(place.orElseThrow(), place.orElseThrow());
    }
}
