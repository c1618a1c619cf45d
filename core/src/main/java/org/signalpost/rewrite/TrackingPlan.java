package org.signalpost.rewrite;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.signalpost.rewrite.Cuts.Cut;
import org.signalpost.rewrite.html.HtmlLink;
import org.signalpost.rewrite.html.HtmlReader;
import org.signalpost.rewrite.html.HtmlReading;
import org.signalpost.rewrite.html.LinkOutcome;
import org.signalpost.rewrite.mime.MimeScanner;
import org.signalpost.rewrite.mime.Part;
import org.signalpost.rewrite.mime.TransferEncoding;
import org.signalpost.track.LinkToken;
import org.signalpost.track.TrackId;

/** What is to be done to one mail, worked out once for all its recipients. Immutable and safe to share. */
public final class TrackingPlan {
    private static final int LONGEST_LINE = 998;

    /** One HTML leaf that is edited. */
    record Leaf(Part part, TransferEncoding encoding, HtmlReading.Read reading) {}

    private final MessageRewriter rewriter;
    private final RawMessage original;
    private final Optional<Reason> reason;
    private final List<Cut> stripped;
    private final List<Leaf> leaves;
    private final List<Explanation.PartLine> parts;
    private final List<String> notes;
    private final Optional<Part> mail;
    private final EnvelopeFacts envelope;
    private final boolean opens;
    private final MailFacts facts;

    private TrackingPlan(
            MessageRewriter rewriter,
            RawMessage original,
            Optional<Reason> reason,
            List<Cut> stripped,
            List<Leaf> leaves,
            List<Explanation.PartLine> parts,
            List<String> notes,
            Optional<Part> mail,
            EnvelopeFacts envelope,
            boolean opens,
            MailFacts facts) {
        this.rewriter = rewriter;
        this.original = original;
        this.reason = reason;
        this.stripped = List.copyOf(stripped);
        this.leaves = List.copyOf(leaves);
        this.parts = List.copyOf(parts);
        this.notes = List.copyOf(notes);
        this.mail = mail;
        this.envelope = envelope;
        this.opens = opens;
        this.facts = facts;
    }

    static TrackingPlan untouched(MessageRewriter rewriter, RawMessage original, Reason reason, List<Cut> stripped) {
        return untouched(rewriter, original, reason, stripped, List.of());
    }

    static TrackingPlan untouched(
            MessageRewriter rewriter, RawMessage original, Reason reason, List<Cut> stripped, List<String> notes) {
        return untouched(rewriter, original, reason, stripped, notes, List.of());
    }

    static TrackingPlan untouched(
            MessageRewriter rewriter,
            RawMessage original,
            Reason reason,
            List<Cut> stripped,
            List<String> notes,
            List<Explanation.PartLine> parts) {
        return new TrackingPlan(
                rewriter,
                original,
                Optional.of(reason),
                stripped,
                List.of(),
                parts,
                notes,
                Optional.empty(),
                new EnvelopeFacts("", ""),
                /* opens= */ false,
                new MailFacts("", "", List.of(), ""));
    }

    static TrackingPlan tracked(
            MessageRewriter rewriter,
            RawMessage original,
            Part mail,
            EnvelopeFacts envelope,
            boolean opens,
            List<Leaf> leaves,
            List<Explanation.PartLine> parts,
            MailFacts facts) {
        return new TrackingPlan(
                rewriter,
                original,
                Optional.empty(),
                ProtectedMail.strippedWithPass(mail),
                leaves,
                parts,
                List.of(),
                Optional.of(mail),
                envelope,
                opens,
                facts);
    }

    /** The copy for one recipient (the envelope address); the same input always gives the same octets. Never throws. */
    public Rewritten copyFor(String recipient) {
        if (reason.isPresent() || mail.isEmpty()) {
            return untouched(reason.orElse(Reason.INTERNAL_ERROR), recipient);
        }
        try {
            return tracked(mail.get(), recipient);
        } catch (RuntimeException | StackOverflowError e) {
            return untouched(Reason.INTERNAL_ERROR, recipient);
        }
    }

    private Rewritten untouched(Reason why, String recipient) {
        RawMessage message = stripped.isEmpty() ? original : RawMessage.of(new Cuts(stripped).apply(original.octets()));
        return new Rewritten.Untouched(
                message,
                why,
                new Explanation(
                        "untouched",
                        why.code(),
                        "",
                        recipient,
                        original.size(),
                        message.size(),
                        "",
                        parts,
                        List.of(),
                        notes));
    }

    /** Which leaf gets the pixel, and where in it. */
    private record Pixel(int leaf, int at, String where) {}

    private Rewritten tracked(Part top, String recipient) {
        TrackId track = TrackId.derive(rewriter.keys(), envelope.messageKey(), recipient);
        var lines = new ArrayList<Explanation.LinkLine>();
        var edits = new ArrayList<List<Cut>>();
        int number = 0;
        for (Leaf leaf : leaves) {
            var cuts = new ArrayList<Cut>();
            for (HtmlLink link : leaf.reading().links()) {
                number = linkEdit(leaf, link, track, number, cuts, lines);
            }
            leaf.reading().removals().forEach(range -> cuts.add(new Cut(range.from(), range.to(), new byte[0])));
            edits.add(cuts);
        }
        Optional<Pixel> pixel = opens ? pixel() : Optional.empty();
        pixel.ifPresent(place ->
                edits.get(place.leaf()).add(new Cut(place.at(), place.at(), pixelTag(track, place.where()))));
        boolean nothing = edits.stream().allMatch(List::isEmpty);
        if (nothing) {
            return untouched(Reason.NOTHING_TO_TRACK, recipient);
        }
        var all = new ArrayList<>(stripped);
        String lineEnd = original.octets().length > 0 && firstLineEndsWithCrlf() ? "\r\n" : "\n";
        String pass = ProtectedMail.pass(rewriter.keys(), track, top.fields()) + lineEnd;
        int begin = top.fields().list().isEmpty()
                ? top.header()
                : top.fields().list().getFirst().from();
        all.add(new Cut(begin, begin, pass.getBytes(StandardCharsets.US_ASCII)));
        var decodedEdits = new ArrayList<Cuts>();
        for (int i = 0; i < leaves.size(); i++) {
            List<Cut> sorted = new ArrayList<>(edits.get(i));
            sorted.sort(Comparator.comparingInt(Cut::from).thenComparingInt(Cut::to));
            var leafEdits = new Cuts(sorted);
            decodedEdits.add(leafEdits);
            all.addAll(leaves.get(i).encoding().encode(leafEdits));
        }
        all.sort(Comparator.comparingInt(Cut::from).thenComparingInt(Cut::to));
        var cuts = new Cuts(all);
        byte[] copy = cuts.apply(original.octets());
        if (copy.length > 2L * original.size() + (64 << 10)) {
            return untouched(Reason.BUDGET, recipient);
        }
        if (!proven(cuts, copy, decodedEdits, lines, pixel.map(place -> pixelUrl(track, place.where())))) {
            return untouched(Reason.VERIFICATION_FAILED, recipient);
        }
        String where = pixel.map(Pixel::where).orElse(opens ? "pixel-no-place" : "");
        var explanation = new Explanation(
                "tracked", "", track.toString(), recipient, original.size(), copy.length, where, parts, lines, notes);
        return new Rewritten.Tracked(RawMessage.of(copy), track, facts, cuts, explanation);
    }

    private boolean firstLineEndsWithCrlf() {
        byte[] octets = original.octets();
        for (int i = 0; i < octets.length; i++) {
            if (octets[i] == '\n') {
                return i > 0 && octets[i - 1] == '\r';
            }
        }
        return true;
    }

    private int linkEdit(
            Leaf leaf, HtmlLink link, TrackId track, int number, List<Cut> cuts, List<Explanation.LinkLine> lines) {
        String outcome = "skipped";
        String why = "";
        String url = "";
        switch (link.outcome()) {
            case LinkOutcome.Track wrapped -> {
                url = rewriter.urls()
                        .link(new LinkToken(LinkToken.Kind.RELAY, track, number, wrapped.destination())
                                .sign(rewriter.keys()));
                if (tooLongForLine(leaf, link, url)) {
                    url = "";
                    why = "line-length";
                } else {
                    outcome = "tracked";
                    cuts.add(new Cut(link.value().from(), link.value().to(), url.getBytes(StandardCharsets.US_ASCII)));
                }
            }
            case LinkOutcome.Skip skipped -> why = skipped.reason().code();
            case LinkOutcome.Replace replaced -> {
                why = replaced.reason().code();
                cuts.add(new Cut(
                        link.value().from(),
                        link.value().to(),
                        LinkToken.location(replaced.value())
                                .replace("&", "&amp;")
                                .replace("'", "&#39;")
                                .getBytes(StandardCharsets.US_ASCII)));
            }
        }
        lines.add(new Explanation.LinkLine(
                number, leaf.part().path(), link.line(), link.element(), link.href(), link.text(), outcome, why, url));
        return number + 1;
    }

    /** Whether a line of unencoded text would pass 998 octets (RFC 5322 section 2.1.1). */
    private static boolean tooLongForLine(Leaf leaf, HtmlLink link, String url) {
        if (!(leaf.encoding() instanceof TransferEncoding.Identity)) {
            return false;
        }
        byte[] octets = leaf.encoding().decoded();
        int from = link.value().from();
        while (from > 0 && octets[from - 1] != '\n') {
            from--;
        }
        int to = link.value().to();
        while (to < octets.length && octets[to] != '\n') {
            to++;
        }
        // All links of the line may grow; this one's share is judged as if it were alone with three times its growth.
        long grown = (to - from) + 3L * Math.max(0, url.length() - link.value().length());
        return grown > LONGEST_LINE && to - from + (url.length() - link.value().length()) > LONGEST_LINE / 2;
    }

    private Optional<Pixel> pixel() {
        boolean top = rewriter.settings().pixel() == RewriteSettings.Placement.TOP;
        for (int i = leaves.size() - 1; i >= 0; i--) {
            HtmlReading.PixelPlaces places = leaves.get(i).reading().pixels();
            if (top && places.top().isPresent()) {
                return Optional.of(new Pixel(i, places.top().getAsInt(), "top"));
            }
            if (places.bottom().isPresent()) {
                return Optional.of(new Pixel(i, places.bottom().getAsInt(), "bottom"));
            }
            if (places.top().isPresent()) {
                return Optional.of(new Pixel(i, places.top().getAsInt(), "top"));
            }
        }
        return Optional.empty();
    }

    private String pixelUrl(TrackId track, String where) {
        return rewriter.urls().pixel(track, where.charAt(0));
    }

    private byte[] pixelTag(TrackId track, String where) {
        return ("<img src=\"" + pixelUrl(track, where) + "\" width=\"1\" height=\"1\" style=\""
                        + rewriter.settings().pixelStyle() + "\" alt=\"\" />")
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** The proof that is made for every copy before it goes out. */
    private boolean proven(
            Cuts cuts, byte[] copy, List<Cuts> edits, List<Explanation.LinkLine> lines, Optional<String> pixel) {
        if (!Arrays.equals(cuts.inverse(original.octets()).apply(copy), original.octets())) {
            return false;
        }
        try {
            List<Part> before = MimeScanner.scan(original.octets()).all();
            List<Part> after = MimeScanner.scan(copy).all();
            if (before.size() != after.size()) {
                return false;
            }
            int pixels = 0;
            for (int i = 0; i < before.size(); i++) {
                if (!before.get(i).type().equals(after.get(i).type())
                        || !before.get(i).path().equals(after.get(i).path())) {
                    return false;
                }
            }
            for (int i = 0; i < leaves.size(); i++) {
                Leaf leaf = leaves.get(i);
                Part edited = after.stream()
                        .filter(part -> part.path().equals(leaf.part().path()))
                        .findFirst()
                        .orElseThrow();
                byte[] wanted = edits.get(i).apply(leaf.encoding().decoded());
                Optional<byte[]> decoded = TransferEncoding.of(copy, edited).map(TransferEncoding::decoded);
                if (decoded.isEmpty() || !Arrays.equals(decoded.get(), wanted)) {
                    return false;
                }
                List<String> urls = lines.stream()
                        .filter(line -> line.part().equals(leaf.part().path())
                                && !line.url().isEmpty())
                        .map(Explanation.LinkLine::url)
                        .toList();
                if (!HtmlReader.holdsLinks(wanted, urls)) {
                    return false;
                }
                pixels += pixel.map(url -> HtmlReader.occurrences(wanted, "img", "src", url))
                        .orElse(0);
            }
            return pixels == (pixel.isPresent() ? 1 : 0);
        } catch (MimeScanner.Refused e) {
            return false;
        }
    }
}
