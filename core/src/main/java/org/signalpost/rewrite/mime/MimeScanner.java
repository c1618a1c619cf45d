package org.signalpost.rewrite.mime;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.signalpost.rewrite.Reason;

/**
 * Reads the structure of a mail as ranges of octets (RFC 2045 to 2049), without copying or changing anything.
 *
 * <p>What different readers read differently is left opaque. One scan, one thread.
 */
public final class MimeScanner {
    /** The mail is more than is taken on; the reason says how. */
    public static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;
        private final Reason reason;

        Refused(Reason reason) {
            super(reason.code());
            this.reason = reason;
        }

        /** How. */
        public Reason reason() {
            return reason;
        }
    }

    private static final int DEEPEST = 32;
    private static final int MOST_PARTS = 1_000;
    private static final int LONGEST_HEADER = 1 << 20;
    private static final Set<String> NEVER_ENTERED = Set.of(
            "multipart/digest",
            "multipart/appledouble",
            "multipart/form-data",
            "multipart/report",
            "multipart/signed",
            "multipart/encrypted");

    /** What can't be entered without breaking it; parts of a digest are messages without saying so. */
    private static final Set<String> CLOSED = Set.of("multipart/signed", "multipart/encrypted", "multipart/digest");

    private final byte[] octets;
    private final Set<String> closed;
    private final Set<String> entered;
    private int parts;

    private MimeScanner(byte[] octets, Set<String> closed, Set<String> entered) {
        this.octets = octets;
        this.closed = closed;
        this.entered = entered;
    }

    /** The whole mail. */
    public static Part scan(byte[] octets) throws Refused {
        return new MimeScanner(octets, NEVER_ENTERED, Set.of()).part("1", 0, octets.length, List.of(), 0);
    }

    /** The whole mail with what others have sent: reports and enclosed messages are entered as well. */
    static Part scanEnclosed(byte[] octets) throws Refused {
        return new MimeScanner(octets, CLOSED, Set.of("message/rfc822")).part("1", 0, octets.length, List.of(), 0);
    }

    /** The header of the mail alone, for mail whose structure is not read; empty when that is too long. */
    public static Optional<Part> top(byte[] octets) {
        Fields fields = Fields.read(octets, 0, Math.min(octets.length, LONGEST_HEADER));
        return fields.end() >= LONGEST_HEADER
                ? Optional.empty()
                : Optional.of(new Part(
                        "1", 0, fields.end(), octets.length, fields, ContentType.PLAIN, Optional.empty(), List.of()));
    }

    private Part part(String path, int from, int to, List<String> boundaries, int depth) throws Refused {
        if (depth > DEEPEST || ++parts > MOST_PARTS) {
            throw new Refused(Reason.TOO_COMPLEX);
        }
        Fields fields = Fields.read(octets, from, to);
        if (fields.end() - from > LONGEST_HEADER) {
            throw new Refused(Reason.TOO_COMPLEX);
        }
        ContentType type = fields.first("content-type").map(ContentType::parse).orElse(ContentType.PLAIN);
        Optional<Reason> opaque = opaque(fields, type);
        List<Part> children = List.of();
        if (type.is("multipart/")
                && type.parameter("boundary")
                        .filter(own -> clashes(own, boundaries))
                        .isPresent()) {
            throw new Refused(Reason.AMBIGUOUS_BOUNDARY);
        }
        if (opaque.isEmpty() && isEntered(type)) {
            opaque = againstEntering(fields, type);
            if (opaque.isEmpty()) {
                children = children(path, fields.end(), to, boundary(type), boundaries, depth);
            }
        }
        return new Part(path, from, fields.end(), to, fields, type, opaque, children);
    }

    private boolean isEntered(ContentType type) {
        return (type.is("multipart/") && !closed.contains(type.name())) || entered.contains(type.name());
    }

    private static Optional<Reason> againstEntering(Fields fields, ContentType type) {
        Optional<String> boundary = boundary(type);
        if (type.is("multipart/") && boundary.filter(MimeScanner::isUsable).isEmpty()) {
            return Optional.of(Reason.BOUNDARY);
        }
        boolean encoded = !Set.of("", "7bit", "8bit", "binary").contains(encoding(fields));
        return encoded ? Optional.of(Reason.TRANSFER_ENCODING) : Optional.empty();
    }

    private static Optional<String> boundary(ContentType type) {
        return type.is("multipart/")
                ? type.parameter("boundary").map(MimeScanner::withoutTrailingBlanks)
                : Optional.empty();
    }

    private static boolean isUsable(String boundary) {
        return !boundary.isEmpty() && boundary.length() <= 998;
    }

    private static boolean clashes(String boundary, List<String> ancestors) {
        return ancestors.stream().anyMatch(other -> other.equals(boundary) || boundary.equals(other + "--"));
    }

    private static String withoutTrailingBlanks(String boundary) {
        int end = boundary.length();
        while (end > 0 && (boundary.charAt(end - 1) == ' ' || boundary.charAt(end - 1) == '\t')) {
            end--;
        }
        return boundary.substring(0, end);
    }

    /** The transfer encoding in lower case, empty when there is none. */
    static String encoding(Fields fields) {
        return fields.first("content-transfer-encoding")
                .map(value -> ContentType.parse(value).name())
                .orElse("");
    }

    private static Optional<Reason> opaque(Fields fields, ContentType type) {
        if (!fields.wellFormed()) {
            return Optional.of(Reason.MALFORMED_HEADER);
        }
        boolean twice = fields.count("content-type") > 1
                || fields.count("content-transfer-encoding") > 1
                || fields.count("content-disposition") > 1;
        return twice || type.ambiguous() ? Optional.of(Reason.AMBIGUOUS_HEADER) : Optional.empty();
    }

    private List<Part> children(
            String path, int from, int to, Optional<String> boundary, List<String> ancestors, int depth)
            throws Refused {
        if (boundary.isEmpty()) {
            return List.of(child(path, 0, from, to, ancestors, depth));
        }
        if (clashes(boundary.get(), ancestors)) {
            throw new Refused(Reason.AMBIGUOUS_BOUNDARY);
        }
        return delimited(path, from, to, boundary.get(), ancestors, depth);
    }

    private List<Part> delimited(String path, int from, int to, String boundary, List<String> ancestors, int depth)
            throws Refused {
        var inner = new ArrayList<>(ancestors);
        inner.add(boundary);
        var children = new ArrayList<Part>();
        int start = -1;
        int at = from;
        boolean closed = false;
        String end = boundary + "--";
        while (at < to && !closed) {
            int next = Fields.lineEnd(octets, at, to);
            int text = Fields.textEnd(octets, at, next);
            boolean close = delimits(at, text, end);
            if (close || delimits(at, text, boundary)) {
                if (start >= 0) {
                    // The line break before a delimiter belongs to it.
                    children.add(child(path, children.size(), start, Math.max(start, beforeBreak(at)), inner, depth));
                }
                start = next;
                closed = close;
            }
            at = next;
        }
        if (!closed && start >= 0) {
            children.add(child(path, children.size(), start, to, inner, depth));
        }
        return children;
    }

    private Part child(String path, int before, int from, int to, List<String> boundaries, int depth) throws Refused {
        return part(path + "." + (before + 1), from, to, boundaries, depth + 1);
    }

    private int beforeBreak(int at) {
        int end = at;
        if (end > 0 && octets[end - 1] == '\n') {
            end--;
            if (end > 0 && octets[end - 1] == '\r') {
                end--;
            }
        }
        return end;
    }

    private boolean delimits(int from, int to, String boundary) {
        int length = boundary.length();
        if (to - from < length + 2 || octets[from] != '-' || octets[from + 1] != '-') {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if ((octets[from + 2 + i] & 0xff) != boundary.charAt(i)) {
                return false;
            }
        }
        for (int i = from + 2 + length; i < to; i++) {
            if (octets[i] != ' ' && octets[i] != '\t') {
                return false;
            }
        }
        return true;
    }
}
