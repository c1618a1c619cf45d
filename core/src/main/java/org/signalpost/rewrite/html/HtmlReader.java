package org.signalpost.rewrite.html;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jsoup.parser.Parser;
import org.signalpost.rewrite.Octets;
import org.signalpost.rewrite.Reason;
import org.signalpost.track.LinkToken;

/**
 * Finds the links and the places for a pixel in an HTML leaf.
 *
 * <p>{@link HtmlScanner} reads ordinary documents, {@link HtmlTree} those whose tokens depend on the tree. Pure; safe
 * to share between any number of threads.
 */
public final class HtmlReader {
    private static final int LARGEST = 4 << 20;
    private static final int LARGEST_FOR_TREE = 1 << 20;
    private static final int LONGEST_TEXT = 256;

    private final LinkPolicy policy;

    /** With the policy of the configuration. */
    public HtmlReader(LinkPolicy policy) {
        this.policy = policy;
    }

    /** Reads a leaf of a mail. May throw only on a fault of ours. */
    public HtmlReading read(HtmlLeaf leaf, LinkPolicy.MailLinks mail) {
        if (leaf.octets().length > LARGEST) {
            return new HtmlReading.Opaque(Reason.TOO_LARGE);
        }
        if (isBlank(leaf.scanned())) {
            return new HtmlReading.Opaque(Reason.NO_HTML);
        }
        return switch (HtmlScanner.scan(leaf.scanned())) {
            case HtmlScanner.Outcome.Read(Markup markup) -> reading(leaf, markup, mail);
            case HtmlScanner.Outcome.TooComplex complex -> new HtmlReading.Opaque(Reason.TOO_COMPLEX);
            case HtmlScanner.Outcome.NeedsTree tree ->
                leaf.octets().length > LARGEST_FOR_TREE
                        ? new HtmlReading.Opaque(Reason.TOO_COMPLEX)
                        : HtmlTree.read(leaf.scanned())
                                .<HtmlReading>map(markup -> reading(leaf, markup, mail))
                                .orElse(new HtmlReading.Opaque(Reason.TOO_COMPLEX));
        };
    }

    private static boolean isBlank(byte[] octets) {
        for (byte octet : octets) {
            if (octet < 0 || octet > ' ') {
                return false;
            }
        }
        return true;
    }

    private HtmlReading.Read reading(HtmlLeaf leaf, Markup markup, LinkPolicy.MailLinks mail) {
        var removals = new ArrayList<Range>(markup.own());
        for (Tag image : markup.images()) {
            if (isQuotedPixel(image.value("src")) && joinsNothing(leaf, image.from())) {
                removals.add(new Range(image.from(), image.to()));
            }
        }
        List<Range> placeholders = markup.placeholders().stream()
                .filter(placeholder -> joinsNothing(leaf, placeholder.from()))
                .toList();
        placeholders.stream().skip(1).forEach(removals::add);
        removals.sort(Comparator.comparingInt(Range::from));
        var places = new HtmlReading.PixelPlaces(
                bottom(leaf, markup), markup.top(), placeholders.stream().findFirst());
        return new HtmlReading.Read(
                markup.scanner(), links(leaf, markup, mail), disjoint(removals), places, markup.notes());
    }

    /** A bracket in text, and what stood behind what goes, would become a tag. */
    private static boolean joinsNothing(HtmlLeaf leaf, int from) {
        return from == 0 || leaf.scanned()[from - 1] != '<';
    }

    /** At the very end of a leaf whose last octets are in a double-byte state nothing can be put. */
    private static java.util.OptionalInt bottom(HtmlLeaf leaf, Markup markup) {
        boolean atTheEnd = markup.bottom().isPresent()
                && markup.bottom().getAsInt() > 0
                && leaf.scanned()[markup.bottom().getAsInt() - 1]
                        != leaf.octets()[markup.bottom().getAsInt() - 1];
        return atTheEnd ? java.util.OptionalInt.empty() : markup.bottom();
    }

    /** A quoted pixel may hold an attribute of ours: the larger range stays. */
    private static List<Range> disjoint(List<Range> sorted) {
        var kept = new ArrayList<Range>();
        for (Range range : sorted) {
            if (kept.isEmpty() || range.from() >= kept.getLast().to()) {
                kept.add(range);
            } else if (range.to() > kept.getLast().to()) {
                kept.set(kept.size() - 1, new Range(kept.getLast().from(), range.to()));
            }
        }
        return kept;
    }

    /** The pixel that an earlier hop of ours put into text that is quoted here. */
    private boolean isQuotedPixel(String source) {
        int end = source.length() - 4;
        if (end < 22 || !source.startsWith("?p=", end) || "btx".indexOf(source.charAt(end + 3)) < 0) {
            return false;
        }
        String start = source.substring(0, end - 22);
        return policy.bases().stream().anyMatch(base -> start.equals(base.base() + "/api/t/trk_"));
    }

    private List<HtmlLink> links(HtmlLeaf leaf, Markup markup, LinkPolicy.MailLinks mail) {
        var links = new ArrayList<HtmlLink>(markup.anchors().size());
        int line = 1;
        int counted = 0;
        var tags = new TagReader(leaf.scanned(), /* strict= */ false);
        for (Tag tag : markup.anchors()) {
            line += Octets.count(leaf.octets(), '\n', counted, tag.from());
            counted = tag.from();
            Tag.Attribute href = tag.attribute("href").orElseThrow();
            Optional<String> value = decode(leaf, href.value());
            String visible = visible(leaf, tag.to(), tags);
            LinkOutcome outcome;
            if (href.value().length() == 0) {
                outcome = new LinkOutcome.Skip(LinkReason.EMPTY);
            } else if (value.isEmpty()) {
                outcome = new LinkOutcome.Skip(LinkReason.UNDECODABLE);
            } else {
                outcome = policy.judge(value.get(), visible, tag, mail);
            }
            if (outcome instanceof LinkOutcome.Replace && !href.quoted()) {
                outcome = new LinkOutcome.Skip(LinkReason.UNQUOTED);
            }
            links.add(new HtmlLink(
                    href.value(),
                    href.name().from(),
                    href.quoted(),
                    tag.name(),
                    value.orElse(""),
                    visible,
                    line,
                    first(tag, "data-signalpost-name", "data-msys-sublink"),
                    first(tag, "data-signalpost-tags", "ses:tags"),
                    outcome));
        }
        return links;
    }

    private static String first(Tag tag, String ours, String theirs) {
        String value = tag.value(ours).strip();
        return value.isEmpty() ? tag.value(theirs).strip() : value;
    }

    /** What a browser would request: characters, then references undone once, then blanks stripped. */
    private static Optional<String> decode(HtmlLeaf leaf, Range range) {
        return characters(leaf, Arrays.copyOfRange(leaf.octets(), range.from(), range.to()))
                .map(characters -> {
                    String value = References.inAttribute(characters);
                    int from = 0;
                    int to = value.length();
                    while (from < to && value.charAt(from) <= ' ') {
                        from++;
                    }
                    while (to > from && value.charAt(to - 1) <= ' ') {
                        to--;
                    }
                    return value.substring(from, to);
                });
    }

    private static Optional<String> characters(HtmlLeaf leaf, byte[] raw) {
        boolean ascii = true;
        for (byte octet : raw) {
            // An escape switches to characters of two octets.
            ascii &= octet >= 0 && octet != 0x1b;
        }
        if (ascii) {
            return Optional.of(new String(raw, StandardCharsets.US_ASCII));
        }
        if (leaf.charset().isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(leaf.charset()
                    .get()
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(raw))
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    /** The text of a link up to its end, or the next link's begin. */
    private static String visible(HtmlLeaf leaf, int from, TagReader scanner) {
        byte[] scanned = leaf.scanned();
        var raw = new ByteArrayOutputStream();
        int at = from;
        int tags = 0;
        while (at >= 0 && at < scanned.length && raw.size() < 4 * LONGEST_TEXT && tags < LONGEST_TEXT) {
            if (scanned[at] != '<' || !opensTag(scanned, at)) {
                raw.write(leaf.octets()[at]);
                at++;
                continue;
            }
            if (isAnchor(scanned, at)) {
                break;
            }
            tags++;
            at = scanner.behindTag(at);
        }
        String characters = characters(leaf, raw.toByteArray())
                .orElseGet(() -> new String(raw.toByteArray(), StandardCharsets.ISO_8859_1));
        String plain = characters.indexOf('&') < 0
                ? characters
                : Parser.unescapeEntities(characters, /* inAttribute= */ false);
        String text = withSingleBlanks(plain);
        return text.substring(0, Math.min(text.length(), LONGEST_TEXT));
    }

    private static String withSingleBlanks(String text) {
        var words = new StringBuilder(text.length());
        boolean blank = true;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || (c >= 0x7f && c <= 0xa0)) {
                if (!blank) {
                    words.append(' ');
                }
                blank = true;
            } else {
                words.append(c);
                blank = false;
            }
        }
        if (blank && !words.isEmpty()) {
            words.setLength(words.length() - 1);
        }
        return words.toString();
    }

    private static boolean opensTag(byte[] octets, int at) {
        if (at + 1 >= octets.length) {
            return false;
        }
        int next = octets[at + 1] | 0x20;
        return (next >= 'a' && next <= 'z') || octets[at + 1] == '/' || octets[at + 1] == '!' || octets[at + 1] == '?';
    }

    private static boolean isAnchor(byte[] octets, int at) {
        int name = octets[at + 1] == '/' ? at + 2 : at + 1;
        if (name >= octets.length || (octets[name] | 0x20) != 'a') {
            return false;
        }
        int behind = name + 1 < octets.length ? octets[name + 1] : ' ';
        return behind <= ' ' || behind == '>' || behind == '/';
    }

    /** Whether each of these addresses is the value of a link, and an image has the pixel's so many times. */
    public boolean proves(HtmlLeaf edited, List<String> urls, List<String> pixels, int times) {
        Optional<Markup> read = switch (HtmlScanner.scan(edited.scanned())) {
            case HtmlScanner.Outcome.Read(Markup markup) -> Optional.of(markup);
            case HtmlScanner.Outcome.NeedsTree tree -> HtmlTree.read(edited.scanned());
            case HtmlScanner.Outcome.TooComplex complex -> Optional.empty();
        };
        if (read.isEmpty()) {
            return false;
        }
        var found = new java.util.HashSet<String>();
        read.get().anchors().forEach(tag -> found.add(tag.value("href")));
        long shown = read.get().images().stream()
                .filter(image -> pixels.contains(image.value("src")))
                .count();
        return found.containsAll(urls) && shown == times;
    }

    /** The destination of one of our own relay links, if the address is one. */
    static Optional<LinkToken> ownLink(LinkPolicy policy, String href) {
        for (org.signalpost.track.TrackingUrls base : policy.bases()) {
            int length = base.base().length();
            if (href.startsWith(base.base()) && href.startsWith("/c/", length)) {
                return LinkToken.verify(href.substring(length + 3), policy.keys());
            }
        }
        return Optional.empty();
    }
}
