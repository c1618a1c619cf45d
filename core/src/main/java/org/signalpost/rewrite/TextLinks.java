package org.signalpost.rewrite;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.signalpost.rewrite.html.HtmlLink;
import org.signalpost.rewrite.html.HtmlReading;
import org.signalpost.rewrite.html.LinkOutcome;
import org.signalpost.rewrite.html.LinkPolicy;
import org.signalpost.rewrite.html.LinkReason;
import org.signalpost.rewrite.html.Range;

/** Finds the addresses in a text/plain leaf. For one leaf, one thread. */
final class TextLinks {
    private static final List<String> EXEMPTIONS = List.of("[[off]]", "[[data-msys-clicktrack=\"0\"]]");
    private static final String NOT_IN_URL = "<>\"`{}|\\^";
    private static final String CLOSING = ".,;:!?'\"*_~";

    private final String text;
    private final LinkPolicy policy;
    private final LinkPolicy.MailLinks mail;
    private final Set<String> exempt;
    private final boolean delSp;
    private final List<HtmlLink> links = new ArrayList<>();
    private final List<Range> removals = new ArrayList<>();
    private int line = 1;

    private TextLinks(byte[] octets, LinkPolicy policy, LinkPolicy.MailLinks mail, Set<String> exempt, boolean delSp) {
        this.text = new String(octets, StandardCharsets.ISO_8859_1);
        this.policy = policy;
        this.mail = mail;
        this.exempt = exempt;
        this.delSp = delSp;
    }

    /**
     * Reads a leaf.
     *
     * @param exempt addresses that the mail's HTML exempts
     * @param delSp whether lines are joined without their last blank (RFC 3676)
     */
    static HtmlReading.Read read(
            byte[] octets, LinkPolicy policy, LinkPolicy.MailLinks mail, Set<String> exempt, boolean delSp) {
        var reader = new TextLinks(octets, policy, mail, exempt, delSp);
        reader.read();
        return new HtmlReading.Read(
                "text",
                reader.links,
                reader.removals,
                new HtmlReading.PixelPlaces(
                        java.util.OptionalInt.empty(), java.util.OptionalInt.empty(), java.util.Optional.empty()),
                List.of());
    }

    private void read() {
        int start = 0;
        while (start < text.length()) {
            int end = text.indexOf('\n', start);
            int next = end < 0 ? text.length() : end + 1;
            if (text.charAt(start) != '>') {
                line(start, next);
            }
            line++;
            start = next;
        }
    }

    private void line(int from, int to) {
        int at = from;
        while (at < to) {
            int http = text.indexOf("http", at);
            if (http < 0 || http >= to) {
                return;
            }
            at = text.startsWith("http://", http) || text.startsWith("https://", http) ? url(http, from, to) : http + 4;
        }
    }

    /** The address that begins here; where to go on. */
    private int url(int begin, int from, int lineEnd) {
        boolean bracket = begin > from && text.charAt(begin - 1) == '<';
        boolean marked = begin - 5 >= from && text.regionMatches(/* ignoreCase= */ true, begin - 5, "<URL:", 0, 5);
        boolean attribute =
                begin - 1 > from && "\"'".indexOf(text.charAt(begin - 1)) >= 0 && text.charAt(begin - 2) == '=';
        if (!bracket && !marked && begin > from && (attribute || continues(text.charAt(begin - 1)))) {
            return begin + 4;
        }
        int end = begin;
        while (end < lineEnd && inUrl(text.charAt(end))) {
            end++;
        }
        if (bracket || marked) {
            if (end >= lineEnd || text.charAt(end) != '>') {
                // It goes on in the next line, or holds what no address holds: left alone.
                return Math.max(end, begin + 4);
            }
        } else {
            end = trimmed(begin, end);
        }
        found(begin, end, lineEnd, bracket || marked);
        return end;
    }

    private static boolean continues(char c) {
        return Character.isLetterOrDigit(c) || "=/?&".indexOf(c) >= 0;
    }

    private static boolean inUrl(char c) {
        return c > ' ' && c < 0x7f && NOT_IN_URL.indexOf(c) < 0;
    }

    /** Without what ends a sentence, and without a bracket that was opened before. */
    private int trimmed(int begin, int end) {
        int at = exemptionAt(begin, end);
        while (at > begin) {
            char last = text.charAt(at - 1);
            String url = text.substring(begin, at);
            boolean closes = (last == ')' && count(url, '(') < count(url, ')'))
                    || (last == ']' && count(url, '[') < count(url, ']'));
            if (CLOSING.indexOf(last) < 0 && !closes) {
                break;
            }
            at--;
        }
        return at;
    }

    /** Where an exemption begins that stands directly behind the address: its brackets could be part of one. */
    private int exemptionAt(int begin, int end) {
        int open = text.indexOf("[[", begin);
        boolean exempts = open >= 0 && open < end && EXEMPTIONS.stream().anyMatch(word -> text.startsWith(word, open));
        return exempts ? open : end;
    }

    private static long count(String text, char wanted) {
        return text.chars().filter(c -> c == wanted).count();
    }

    private void found(int begin, int end, int lineEnd, boolean bracketed) {
        String href = text.substring(begin, end);
        boolean off = false;
        int behind = bracketed ? end + 1 : end;
        for (String exemption : EXEMPTIONS) {
            if (text.startsWith(exemption, behind)) {
                removals.add(new Range(behind, behind + exemption.length()));
                off = true;
            }
        }
        boolean flowsOn = delSp && end < lineEnd && text.startsWith(" \r\n", end);
        LinkOutcome outcome = off || exempt.contains(href) || flowsOn
                ? new LinkOutcome.Skip(LinkReason.OPTED_OUT)
                : policy.judgeText(href, mail);
        links.add(new HtmlLink(
                new Range(begin, end), begin, /* quoted= */ false, "text", href, href, line, "", "", outcome));
    }
}
