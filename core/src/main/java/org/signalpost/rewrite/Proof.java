package org.signalpost.rewrite;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.signalpost.rewrite.html.HtmlLeaf;
import org.signalpost.rewrite.html.HtmlReader;
import org.signalpost.rewrite.mime.MimeScanner;
import org.signalpost.rewrite.mime.Part;
import org.signalpost.rewrite.mime.TransferEncoding;

/** What is proved of every copy before it goes out; pure. */
final class Proof {
    private final HtmlReader reader;
    private final byte[] original;
    private final Part structure;

    Proof(HtmlReader reader, byte[] original, Part structure) {
        this.reader = reader;
        this.original = original;
        this.structure = structure;
    }

    /**
     * Whether undoing the cuts gives the original back, the structure is the same, each leaf decodes to what was meant,
     * every tracked address is the value of a link, and the pixels are met as often as meant.
     */
    boolean holds(
            Cuts cuts,
            byte[] copy,
            List<TrackingPlan.Leaf> leaves,
            List<Cuts> edits,
            List<Explanation.LinkLine> lines,
            List<String> pixels) {
        if (!cuts.undoes(original, copy)) {
            return false;
        }
        Part after;
        try {
            after = MimeScanner.scan(copy);
        } catch (MimeScanner.Refused e) {
            return false;
        }
        if (!sameStructure(structure, after)) {
            return false;
        }
        int pixelsLeft = pixels.size();
        for (int i = leaves.size() - 1; i >= 0; i--) {
            TrackingPlan.Leaf leaf = leaves.get(i);
            Optional<Part> edited = find(after, leaf.part().path());
            Optional<TransferEncoding> decoded = edited.flatMap(part -> TransferEncoding.of(copy, part));
            if (decoded.isEmpty()
                    || !edits.get(i)
                            .undoes(leaf.encoding().decoded(), decoded.get().decoded())) {
                return false;
            }
            byte[] wanted = decoded.get().decoded();
            List<String> urls = lines.stream()
                    .filter(line -> line.part().equals(leaf.part().path()))
                    .map(Explanation.LinkLine::url)
                    .filter(url -> !url.isEmpty())
                    .toList();
            if (leaf.reading().scanner().equals("text")) {
                String text = new String(wanted, StandardCharsets.ISO_8859_1);
                if (!urls.stream().allMatch(text::contains)) {
                    return false;
                }
            } else {
                // All pixels of a copy are in its last leaf that has a place for one.
                int here = leaf.pixels() ? pixelsLeft : 0;
                pixelsLeft -= here;
                Optional<HtmlLeaf> html = Charsets.edited(leaf.charset(), wanted);
                if (html.isEmpty() || !reader.proves(html.get(), urls, pixels, here)) {
                    return false;
                }
            }
        }
        return pixelsLeft == 0;
    }

    private static boolean sameStructure(Part before, Part after) {
        if (!before.type().equals(after.type())
                || before.children().size() != after.children().size()) {
            return false;
        }
        for (int i = 0; i < before.children().size(); i++) {
            Part child = before.children().get(i);
            Part other = after.children().get(i);
            boolean sameHeader =
                    child.fields().list().size() == other.fields().list().size();
            if (!sameHeader || !sameStructure(child, other)) {
                return false;
            }
        }
        return true;
    }

    private static Optional<Part> find(Part part, String path) {
        if (part.path().equals(path)) {
            return Optional.of(part);
        }
        for (Part child : part.children()) {
            if (path.equals(child.path()) || path.startsWith(child.path() + ".")) {
                return find(child, path);
            }
        }
        return Optional.empty();
    }
}
