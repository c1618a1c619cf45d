package org.signalpost.rewrite.html;

import java.util.ArrayList;
import java.util.List;
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

    private static final List<String> PLACEHOLDERS =
            List.of("{{signalpost:pixel}}", "%opentrack%", "{{ses:openTracker}}");
    private static final byte[] TEXT_STOP = new byte[256];

    static {
        TEXT_STOP['<'] = 1;
        TEXT_STOP['{'] = 1;
        TEXT_STOP['%'] = 1;
    }

    private final byte[] b;
    private final TagReader tags;
    private final List<Tag> anchors = new ArrayList<>();
    private final List<Tag> images = new ArrayList<>();
    private final List<Range> own = new ArrayList<>();
    private final List<Range> placeholders = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

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
        this.tags = new TagReader(octets, strict);
    }

    /** Reads a whole leaf. */
    static Outcome scan(byte[] octets) {
        var scanner = new HtmlScanner(octets, /* strict= */ true);
        try {
            scanner.document(0, octets.length);
            return new Outcome.Read(scanner.markup("fast"));
        } catch (TagReader.Stop stop) {
            return stop.isTooComplex() ? new Outcome.TooComplex() : new Outcome.NeedsTree();
        }
    }

    /** The links of the conditional comments in a range that is a comment. */
    static Markup comment(byte[] octets, int from, int to) {
        var scanner = new HtmlScanner(octets, /* strict= */ false);
        scanner.conditional(from, to);
        return scanner.markup("fast");
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
                throw new TagReader.Stop(/* tooComplex= */ false);
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
        int end = tags.find('>', from, to);
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
            int dash = tags.find('-', at, to);
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
        } catch (TagReader.Stop stop) {
            if (stop.isTooComplex()) {
                throw stop;
            }
            notes.add("conditional-complex");
        } finally {
            conditional = false;
            unfinished = kept;
            endsInText = text;
        }
    }

    private int endTag(int open, int to) {
        int nameEnd = tags.nameEnd(open + 2, to);
        int end = tags.attributes(nameEnd, to);
        if (end < 0) {
            return endsInside(open);
        }
        if (!conditional) {
            long name = ElementNames.pack(b, open + 2, nameEnd);
            if (name == ElementNames.BODY) {
                lastBody = open;
            } else if (name == ElementNames.HTML) {
                lastHtml = open;
            }
        }
        return end;
    }

    private int startTag(int open, int to) {
        int nameEnd = tags.nameEnd(open + 1, to);
        int end = tags.attributes(nameEnd, to);
        if (end < 0) {
            return endsInside(open);
        }
        long name = ElementNames.pack(b, open + 1, nameEnd);
        if (ElementNames.needsTree(name, b, open + 1, nameEnd)) {
            throw new TagReader.Stop(/* tooComplex= */ false);
        }
        if (tags.hasOwn()) {
            own.addAll(TagReader.own(b, tags.tag(open, nameEnd, end)));
        }
        boolean vml = conditional && nameEnd - open > 3 && (b[open + 1] | 0x20) == 'v' && b[open + 2] == ':';
        if (name == ElementNames.A || name == ElementNames.AREA || vml) {
            Tag tag = tags.tag(open, nameEnd, end);
            if (tag.has("href")) {
                anchors.add(tag);
            }
        } else if (name == ElementNames.IMG && !conditional && tags.mayBePixel()) {
            images.add(tags.tag(open, nameEnd, end));
        } else if (name == ElementNames.BODY && top < 0 && !conditional) {
            top = end;
        } else if (name == ElementNames.STYLE
                || name == ElementNames.TITLE
                || name == ElementNames.TEXTAREA
                || name == ElementNames.SCRIPT) {
            if (tags.selfClosing()) {
                throw new TagReader.Stop(/* tooComplex= */ false);
            }
            return rawText(open, open + 1, nameEnd, end, to, name == ElementNames.SCRIPT);
        }
        return end;
    }

    /** Text up to the end tag of the same name. */
    private int rawText(int open, int name, int nameEnd, int from, int to, boolean script) {
        int length = nameEnd - name;
        int at = from;
        while (true) {
            int bracket = tags.find('<', at, to);
            if (bracket < 0) {
                return endsInside(open);
            }
            if (script && matches(bracket, "<!--", to)) {
                throw new TagReader.Stop(/* tooComplex= */ false);
            }
            int behind = bracket + 2 + length;
            if (behind <= to && b[bracket + 1] == '/' && sameName(name, bracket + 2, length)) {
                if (behind == to) {
                    return endsInside(open);
                }
                if (TagReader.isBlank(b[behind]) || b[behind] == '/' || b[behind] == '>') {
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
}
