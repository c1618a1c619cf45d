package org.signalpost.rewrite.html;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Reads HTML as a row of tokens (the HTML standard, section 13.2.5), without a tree and without making text of it.
 *
 * <p>Documents in which a tree decides what is a tag, and only those, are handed back. One scan, one thread; the time
 * is linear in the length.
 */
final class HtmlScanner {
    /** What became of a scan. */
    sealed interface Outcome {
        /** It was read. */
        record Read(Markup markup) implements Outcome {}

        /** A tree is needed. */
        record NeedsTree() implements Outcome {}

        /** More attributes than are taken on. */
        record TooComplex() implements Outcome {}
    }

    /** A tree is needed; ends a scan. No stack trace: it is thrown often. */
    static final class Stop extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final boolean tooComplex;

        private Stop(boolean tooComplex) {
            super("stop", null, false, false);
            this.tooComplex = tooComplex;
        }
    }

    private static final int MOST_ATTRIBUTES = 500;
    private static final byte[] OWN = Markers.ascii("data-signalpost-");
    private static final List<String> PLACEHOLDERS =
            List.of("{{signalpost:pixel}}", "%opentrack%", "{{ses:openTracker}}");
    private static final byte[] TEXT_STOP = new byte[256];

    static {
        TEXT_STOP['<'] = 1;
        TEXT_STOP['{'] = 1;
        TEXT_STOP['%'] = 1;
    }

    private final byte[] b;
    private final List<Tag> anchors = new ArrayList<>();
    private final List<Tag> images = new ArrayList<>();
    private final List<Range> own = new ArrayList<>();
    private final List<Range> placeholders = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    /** Whether an odd name is left to the tree; false when a tree was there already. */
    private final boolean strict;

    private int[] attributes = new int[8 * Tag.STRIDE];
    private int count;
    private boolean selfClosing;

    /** Inside a conditional comment, which only Outlook reads. */
    private boolean conditional;

    private int lastBody = -1;
    private int lastHtml = -1;
    private int top = -1;

    /** Where the unfinished token at the end begins; the length of the input when there is none. */
    private int unfinished;

    private boolean endsInText = true;

    private HtmlScanner(byte[] octets, boolean strict) {
        this.b = octets;
        this.unfinished = octets.length;
        this.strict = strict;
    }

    /** Reads a whole leaf. */
    static Outcome scan(byte[] octets) {
        var scanner = new HtmlScanner(octets, /* strict= */ true);
        try {
            scanner.document(0, octets.length);
            return new Outcome.Read(scanner.markup("fast"));
        } catch (Stop stop) {
            return stop.tooComplex ? new Outcome.TooComplex() : new Outcome.NeedsTree();
        }
    }

    /** The start tag at this octet, which a parser has found to be one; empty when it does not end. */
    static Optional<Tag> tagAt(byte[] octets, int at) {
        var scanner = new HtmlScanner(octets, /* strict= */ false);
        int nameEnd = scanner.nameEnd(at + 1, octets.length);
        int end = scanner.attributes(nameEnd, octets.length);
        return end < 0 ? Optional.empty() : Optional.of(scanner.tag(at, nameEnd, end));
    }

    /** For reading single tags of a leaf that was read before. */
    static HtmlScanner ofTags(byte[] octets) {
        return new HtmlScanner(octets, /* strict= */ false);
    }

    /** The octet behind the tag that begins here, be it a start or an end tag; -1 when it does not end. */
    int behindTag(int at) {
        int name = at + 1 < b.length && b[at + 1] == '/' ? at + 2 : at + 1;
        return attributes(nameEnd(name, b.length), b.length);
    }

    /** The links of the conditional comments in a range that is a comment. */
    static Markup comment(byte[] octets, int from, int to) {
        var scanner = new HtmlScanner(octets, /* strict= */ false);
        scanner.conditional(from, to);
        return scanner.markup("fast");
    }

    /** Our own attributes of a tag, each with the white space before it. */
    static List<Range> own(byte[] octets, Tag tag) {
        var found = new ArrayList<Range>();
        for (Tag.Attribute attribute : tag.beginningWith("data-signalpost-")) {
            found.add(withBlanks(octets, attribute));
        }
        return found;
    }

    private static Range withBlanks(byte[] octets, Tag.Attribute attribute) {
        int from = attribute.name().from();
        int to = Math.max(attribute.name().to(), attribute.value().to() + (attribute.quoted() ? 1 : 0));
        // What follows directly needs the white space for itself.
        boolean apart = to >= octets.length || is(octets[to], BLANK | SLASH | CLOSE);
        while (apart && from > 0 && isBlank(octets[from - 1])) {
            from--;
        }
        return new Range(from, to);
    }

    private Markup markup(String name) {
        OptionalInt bottom = OptionalInt.empty();
        if (lastBody >= 0) {
            bottom = OptionalInt.of(lastBody);
        } else if (endsInText) {
            bottom = OptionalInt.of(lastHtml >= 0 ? lastHtml : endOfText(b, unfinished));
        }
        return new Markup(
                name,
                anchors,
                own,
                images,
                placeholders,
                bottom,
                top < 0 ? OptionalInt.empty() : OptionalInt.of(top),
                notes);
    }

    /** Before trailing line breaks. */
    static int endOfText(byte[] octets, int to) {
        int end = to;
        if (to == octets.length) {
            while (end > 0 && (octets[end - 1] == '\r' || octets[end - 1] == '\n')) {
                end--;
            }
        }
        return end;
    }

    static List<String> placeholders() {
        return PLACEHOLDERS;
    }

    private static boolean isLetter(byte c) {
        int lower = c | 0x20;
        return lower >= 'a' && lower <= 'z';
    }

    // What an octet may be, in bits: reading a table is quicker than asking one by one.
    private static final int BLANK = 1;
    private static final int SLASH = 2;
    private static final int CLOSE = 4;
    private static final int EQUALS = 8;
    private static final int ZERO = 16;
    private static final byte[] KIND = new byte[256];

    static {
        for (char c : " \n\t\r\f".toCharArray()) {
            KIND[c] = BLANK;
        }
        KIND['/'] = SLASH;
        KIND['>'] = CLOSE;
        KIND['='] = EQUALS;
        KIND[0] = ZERO;
    }

    private static boolean isBlank(byte c) {
        return KIND[c & 0xff] == BLANK;
    }

    private static boolean is(byte c, int kinds) {
        return (KIND[c & 0xff] & kinds) != 0;
    }

    private int find(char wanted, int from, int to) {
        int at = from;
        while (at < to && b[at] != wanted) {
            at++;
        }
        return at < to ? at : -1;
    }

    private void document(int from, int to) {
        int at = from;
        while (true) {
            int open = text(at, to);
            if (open < 0) {
                return;
            }
            at = token(open, to);
            if (at < 0) {
                return;
            }
        }
    }

    /** Text up to the next token, whose place is returned; -1 when there is none. Notes placeholders. */
    private int text(int from, int to) {
        int at = from;
        while (true) {
            while (at < to && TEXT_STOP[b[at] & 0xff] == 0) {
                at++;
            }
            if (at >= to) {
                return -1;
            }
            if (b[at] == '<') {
                return at;
            }
            at = placeholder(at, to);
        }
    }

    /** Behind a placeholder that begins here; behind its first octet when none does. */
    private int placeholder(int at, int to) {
        for (String word : PLACEHOLDERS) {
            if (!conditional && matches(at, word, to)) {
                placeholders.add(new Range(at, at + word.length()));
                return at + word.length();
            }
        }
        return at + 1;
    }

    /** The token at an opening bracket; the octet behind it, or -1 when the input ends in it. */
    private int token(int open, int to) {
        if (open + 1 >= to) {
            return dangling(open);
        }
        byte next = b[open + 1];
        if (isLetter(next)) {
            return startTag(open, to);
        }
        if (next == '/') {
            if (open + 2 >= to) {
                return dangling(open);
            }
            if (isLetter(b[open + 2])) {
                return endTag(open, to);
            }
            return b[open + 2] == '>' ? open + 3 : bogusComment(open, open + 2, to);
        }
        if (next == '!') {
            if (matches(open, "<!--", to)) {
                return comment(open, to);
            }
            if (matches(open, "<![CDATA[", to)) {
                throw new Stop(/* tooComplex= */ false);
            }
            return bogusComment(open, open + 2, to);
        }
        return next == '?' ? bogusComment(open, open + 1, to) : open + 1;
    }

    /** A bracket that may become the begin of a tag with what is put behind it. */
    private int dangling(int open) {
        unfinished = open;
        return -1;
    }

    private int endsInside(int open) {
        unfinished = open;
        endsInText = false;
        return -1;
    }

    private boolean matches(int at, String text, int to) {
        if (to - at < text.length()) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (b[at + i] != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private int bogusComment(int open, int from, int to) {
        int end = find('>', from, to);
        return end < 0 ? endsInside(open) : end + 1;
    }

    private int comment(int open, int to) {
        int text = open + 4;
        if (text < to && b[text] == '>') {
            return text + 1;
        }
        if (text + 1 < to && b[text] == '-' && b[text + 1] == '>') {
            return text + 2;
        }
        int at = text;
        while (true) {
            int dash = find('-', at, to);
            if (dash < 0) {
                return endsInside(open);
            }
            if (dash + 1 < to && b[dash + 1] == '-') {
                if (dash + 2 < to && b[dash + 2] == '>') {
                    conditional(text, dash);
                    return dash + 3;
                }
                if (dash + 3 < to && b[dash + 2] == '!' && b[dash + 3] == '>') {
                    conditional(text, dash);
                    return dash + 4;
                }
            }
            at = dash + 1;
        }
    }

    /** The text of a comment: {@code [if expr]> … <![endif]} is markup for Outlook on Windows. */
    private void conditional(int from, int to) {
        if (conditional || !matches(from, "[if", to)) {
            return;
        }
        int begin = from;
        while (begin + 1 < to && !(b[begin] == ']' && b[begin + 1] == '>')) {
            begin++;
        }
        int end = to - "<![endif]".length();
        while (end > begin && !matches(end, "<![endif]", to)) {
            end--;
        }
        if (begin + 1 >= to || end <= begin) {
            return;
        }
        int kept = unfinished;
        boolean text = endsInText;
        conditional = true;
        try {
            document(begin + 2, end);
        } catch (Stop stop) {
            if (stop.tooComplex) {
                throw stop;
            }
            notes.add("conditional-complex");
        } finally {
            conditional = false;
            unfinished = kept;
            endsInText = text;
        }
    }

    private int nameEnd(int from, int to) {
        int at = from;
        while (at < to && !is(b[at], BLANK | SLASH | CLOSE)) {
            if (b[at] == 0 && strict) {
                throw new Stop(/* tooComplex= */ false);
            }
            at++;
        }
        return at;
    }

    private int endTag(int open, int to) {
        int nameEnd = nameEnd(open + 2, to);
        int end = attributes(nameEnd, to);
        if (end < 0) {
            return endsInside(open);
        }
        if (!conditional) {
            long name = pack(open + 2, nameEnd);
            if (name == BODY) {
                lastBody = open;
            } else if (name == HTML) {
                lastHtml = open;
            }
        }
        return end;
    }

    /** Reads attributes from behind the name of a tag; the octet behind the tag, or -1 when it does not end. */
    private int attributes(int from, int to) {
        count = 0;
        selfClosing = false;
        int at = from;
        while (true) {
            while (at < to && is(b[at], BLANK | SLASH)) {
                at++;
            }
            if (at >= to) {
                return -1;
            }
            if (b[at] == '>') {
                selfClosing = b[at - 1] == '/';
                return at + 1;
            }
            at = attribute(at, to);
            if (at < 0) {
                return -1;
            }
        }
    }

    private int attribute(int name, int to) {
        // An equals sign in front belongs to the name.
        int at = name + 1;
        if (b[name] == 0 && strict) {
            throw new Stop(/* tooComplex= */ false);
        }
        while (at < to && KIND[b[at] & 0xff] == 0) {
            at++;
        }
        while (at < to && !is(b[at], BLANK | SLASH | CLOSE | EQUALS)) {
            // A zero octet, or what follows one.
            if (b[at] == 0 && strict) {
                throw new Stop(/* tooComplex= */ false);
            }
            at++;
        }
        int nameEnd = at;
        while (at < to && isBlank(b[at])) {
            at++;
        }
        if (at >= to) {
            return -1;
        }
        if (b[at] != '=') {
            add(name, nameEnd, nameEnd, nameEnd, 0);
            return at;
        }
        at++;
        while (at < to && isBlank(b[at])) {
            at++;
        }
        if (at >= to) {
            return -1;
        }
        byte quote = b[at];
        if (quote == '"' || quote == '\'') {
            int end = find((char) quote, at + 1, to);
            if (end < 0) {
                return -1;
            }
            add(name, nameEnd, at + 1, end, quote);
            return end + 1;
        }
        int value = at;
        while (at < to && !is(b[at], BLANK | CLOSE)) {
            at++;
        }
        add(name, nameEnd, value, at, 0);
        return at < to ? at : -1;
    }

    private void add(int name, int nameEnd, int value, int valueEnd, int quote) {
        if (count >= MOST_ATTRIBUTES) {
            throw new Stop(/* tooComplex= */ true);
        }
        int at = count * Tag.STRIDE;
        if (at == attributes.length) {
            attributes = Arrays.copyOf(attributes, 2 * at);
        }
        attributes[at] = name;
        attributes[at + 1] = nameEnd;
        attributes[at + 2] = value;
        attributes[at + 3] = valueEnd;
        attributes[at + 4] = quote;
        count++;
    }

    private Tag tag(int open, int nameEnd, int end) {
        if (nameEnd - open == 2 && (b[open + 1] | 0x20) == 'a') {
            return new Tag(b, open, end, "a", Arrays.copyOf(attributes, count * Tag.STRIDE));
        }
        var name = new StringBuilder(nameEnd - open);
        for (int i = open + 1; i < nameEnd; i++) {
            int c = b[i] & 0xff;
            name.append((char) (c >= 'A' && c <= 'Z' ? c + 32 : c));
        }
        return new Tag(b, open, end, name.toString(), Arrays.copyOf(attributes, count * Tag.STRIDE));
    }

    /** Whether an attribute ends as the address of a pixel of ours does: most images are not worth a look. */
    private boolean mayBePixel() {
        for (int i = 0; i < count; i++) {
            int end = attributes[i * Tag.STRIDE + 3];
            if (end - attributes[i * Tag.STRIDE + 2] > 30
                    && b[end - 2] == '='
                    && b[end - 3] == 'p'
                    && b[end - 4] == '?') {
                return true;
            }
        }
        return false;
    }

    private int startTag(int open, int to) {
        int nameEnd = nameEnd(open + 1, to);
        int end = attributes(nameEnd, to);
        if (end < 0) {
            return endsInside(open);
        }
        long name = pack(open + 1, nameEnd);
        if (needsTree(name, open + 1, nameEnd)) {
            throw new Stop(/* tooComplex= */ false);
        }
        for (int i = 0; i < count; i++) {
            int at = attributes[i * Tag.STRIDE];
            if ((b[at] | 0x20) == 'd'
                    && attributes[i * Tag.STRIDE + 1] - at >= OWN.length
                    && Markers.sameLower(b, at, OWN)) {
                Tag tag = tag(open, nameEnd, end);
                own.addAll(own(b, tag));
                break;
            }
        }
        boolean vml = conditional && nameEnd - open > 3 && (b[open + 1] | 0x20) == 'v' && b[open + 2] == ':';
        if (name == A || name == AREA || vml) {
            Tag tag = tag(open, nameEnd, end);
            if (tag.has("href")) {
                anchors.add(tag);
            }
        } else if (name == IMG && !conditional && mayBePixel()) {
            images.add(tag(open, nameEnd, end));
        } else if (name == BODY && top < 0 && !conditional) {
            top = end;
        } else if (name == STYLE || name == TITLE || name == TEXTAREA || name == SCRIPT) {
            if (selfClosing) {
                throw new Stop(/* tooComplex= */ false);
            }
            return rawText(open, open + 1, nameEnd, end, to, name == SCRIPT);
        }
        return end;
    }

    /** Text up to the end tag of the same name. */
    private int rawText(int open, int name, int nameEnd, int from, int to, boolean script) {
        int length = nameEnd - name;
        int at = from;
        while (true) {
            int bracket = find('<', at, to);
            if (bracket < 0) {
                return endsInside(open);
            }
            if (script && matches(bracket, "<!--", to)) {
                throw new Stop(/* tooComplex= */ false);
            }
            int behind = bracket + 2 + length;
            if (behind <= to && b[bracket + 1] == '/' && sameName(name, bracket + 2, length)) {
                if (behind == to) {
                    return endsInside(open);
                }
                if (isBlank(b[behind]) || b[behind] == '/' || b[behind] == '>') {
                    // The end tag itself is read like any other.
                    return bracket;
                }
            }
            at = bracket + 1;
        }
    }

    private boolean sameName(int one, int other, int length) {
        for (int i = 0; i < length; i++) {
            if ((b[one + i] | 0x20) != (b[other + i] | 0x20)) {
                return false;
            }
        }
        return true;
    }

    // Names of up to eight letters, in lower case, packed into one number.
    private static final long A = pack("a");
    private static final long AREA = pack("area");
    private static final long BODY = pack("body");
    private static final long HTML = pack("html");
    private static final long IMG = pack("img");
    private static final long STYLE = pack("style");
    private static final long TITLE = pack("title");
    private static final long TEXTAREA = pack("textarea");
    private static final long SCRIPT = pack("script");
    private static final long[] TREE = {
        pack("svg"),
        pack("math"),
        pack("select"),
        pack("template"),
        pack("noscript"),
        pack("frameset"),
        pack("frame"),
        pack("noframes"),
        pack("iframe"),
        pack("noembed"),
        pack("xmp")
    };
    private static final byte[] PLAINTEXT = Markers.ascii("plaintext");

    private static long pack(String name) {
        long packed = 0;
        for (int i = 0; i < name.length(); i++) {
            packed = (packed << 8) | name.charAt(i);
        }
        return packed;
    }

    private long pack(int from, int to) {
        if (to - from > 8) {
            return -1;
        }
        long packed = 0;
        for (int i = from; i < to; i++) {
            packed = (packed << 8) | ((b[i] & 0xff) | 0x20);
        }
        return packed;
    }

    /** In these, what is a tag and what is an element depends on the tree. */
    private boolean needsTree(long name, int from, int to) {
        if (name == -1) {
            return to - from == PLAINTEXT.length && Markers.sameLower(b, from, PLAINTEXT);
        }
        for (long other : TREE) {
            if (name == other) {
                return true;
            }
        }
        return false;
    }
}
