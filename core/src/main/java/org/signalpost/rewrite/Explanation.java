package org.signalpost.rewrite;

import java.util.ArrayList;
import java.util.List;

/**
 * Why every link and the mail as a whole was tracked or not; the one record behind the command line, the API and the
 * log. Immutable and safe to share.
 *
 * @param outcome {@code tracked} or {@code untouched}
 * @param reason the code word when it is untouched, else empty
 * @param track the text form of the track, or empty
 * @param recipient whose copy it is
 * @param sizeBefore octets of the original
 * @param sizeAfter octets of the copy
 * @param pixel where the pixel went: {@code bottom}, {@code top}, {@code both}, {@code placeholder}, or a code word of
 *     why there is none
 * @param controls the control fields that were read
 * @param parts the body leaves
 * @param links every candidate, in order
 * @param notes what else is worth knowing, such as a control field that can't be read
 */
public record Explanation(
        String outcome,
        String reason,
        String track,
        String recipient,
        int sizeBefore,
        int sizeAfter,
        String pixel,
        List<ControlLine> controls,
        List<PartLine> parts,
        List<LinkLine> links,
        List<String> notes) {
    /** Copies the lists. */
    public Explanation {
        controls = List.copyOf(controls);
        parts = List.copyOf(parts);
        links = List.copyOf(links);
        notes = List.copyOf(notes);
    }

    /** One control field, and what it did. */
    public record ControlLine(String field, String value, String effect) {}

    /** One body leaf; the reason is empty when it was edited. */
    public record PartLine(String path, String type, String charset, String encoding, String scanner, String reason) {}

    /** One link; the reason is empty and the address set when it is tracked. */
    public record LinkLine(
            int number,
            String part,
            int line,
            String element,
            String href,
            String text,
            String outcome,
            String reason,
            String url) {}

    /** As one JSON object; what is not known is null. */
    public String json() {
        var out = new StringBuilder(512 + 256 * links.size());
        var json = new JsonWriter(out);
        json.object(() -> json.text("outcome", outcome)
                .textOrNull("reason", reason)
                .textOrNull("trackId", track)
                .text("recipient", recipient)
                .number("bytesIn", sizeBefore)
                .number("bytesOut", sizeAfter)
                .objects(
                        "controls",
                        controls,
                        control -> json.text("field", control.field)
                                .text("value", control.value)
                                .text("effect", control.effect))
                .object(
                        "pixel",
                        () -> json.text("outcome", pixelPlaced() ? "placed" : "none")
                                .textOrNull("where", pixel))
                .objects(
                        "parts",
                        parts,
                        part -> json.text("path", part.path)
                                .text("type", part.type)
                                .textOrNull("charset", part.charset)
                                .textOrNull("encoding", part.encoding)
                                .textOrNull("scanner", part.scanner)
                                .textOrNull("reason", part.reason))
                .objects(
                        "links",
                        links,
                        link -> json.number("n", link.number)
                                .text("part", link.part)
                                .number("line", link.line)
                                .text("element", link.element)
                                .text("href", link.href)
                                .text("text", link.text)
                                .text("outcome", link.outcome)
                                .textOrNull("reason", link.reason)
                                .textOrNull("url", link.url))
                .texts("notes", notes));
        return out.toString();
    }

    /** The same in at most so many characters; links are left out, and that is noted, when it would be longer. */
    public String json(int most) {
        String whole = json();
        if (whole.length() <= most) {
            return whole;
        }
        var more = new ArrayList<>(notes);
        more.add(links.size() + " links are left out here");
        return new Explanation(
                        outcome,
                        reason,
                        track,
                        recipient,
                        sizeBefore,
                        sizeAfter,
                        pixel,
                        controls,
                        parts,
                        List.of(),
                        more)
                .json();
    }

    private boolean pixelPlaced() {
        return !pixel.isEmpty() && !pixel.equals("pixel-no-place");
    }

    /** As a table for a person; ends with a line end. */
    public String table() {
        var table = new StringBuilder();
        table.append(outcome)
                .append(reason.isEmpty() ? "" : ": " + reason)
                .append(track.isEmpty() ? "" : " as " + track);
        table.append(" for ").append(recipient);
        table.append(String.format(java.util.Locale.ROOT, ", %d -> %d octets%n", sizeBefore, sizeAfter));
        table.append("pixel: ").append(pixel.isEmpty() ? "none" : pixel).append('\n');
        controls.forEach(control -> table.append("field ")
                .append(control.field)
                .append(": ")
                .append(control.value)
                .append(" -> ")
                .append(control.effect)
                .append('\n'));
        for (PartLine part : parts) {
            table.append("part ").append(part.path).append(": ").append(part.type);
            table.append(part.charset.isEmpty() ? "" : ", " + part.charset);
            table.append(part.encoding.isEmpty() ? "" : ", " + part.encoding);
            table.append(part.reason.isEmpty() ? "" : ", left alone: " + part.reason)
                    .append('\n');
        }
        for (LinkLine link : links) {
            String what = link.reason.isEmpty() ? link.outcome : link.reason;
            String href = link.href.length() > 72 ? link.href.substring(0, 71) + "…" : link.href;
            table.append(String.format(
                    java.util.Locale.ROOT, "link %3d  line %4d  %-12s %s%n", link.number, link.line, what, href));
        }
        notes.forEach(note -> table.append("note: ").append(note).append('\n'));
        return table.toString();
    }
}
