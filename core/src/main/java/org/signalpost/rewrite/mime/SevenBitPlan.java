package org.signalpost.rewrite.mime;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.signalpost.rewrite.Cuts;
import org.signalpost.rewrite.Cuts.Cut;
import org.signalpost.rewrite.LineEnd;
import org.signalpost.rewrite.Octets;
import org.signalpost.rewrite.RawMessage;
import org.signalpost.rewrite.Reason;

/** The cuts that leave nothing 8-bit in the bodies of a mail, and the proof that they change nothing else. */
final class SevenBitPlan {
    private static final String ENCODING = "content-transfer-encoding";
    private static final Set<String> LABELS = Set.of(ENCODING, "mime-version");
    private static final int BASE64_WIDTH = 76;

    private final byte[] octets;
    private final byte[] lineEnd;
    private final List<Cut> cuts = new ArrayList<>();
    private Optional<Reason> against = Optional.empty();
    private boolean needed;

    private SevenBitPlan(byte[] octets) {
        this.octets = octets;
        this.lineEnd = LineEnd.first(octets, 0, octets.length).getBytes(US_ASCII);
    }

    static SevenBit encoded(byte[] octets) {
        Optional<Part> top = MimeScanner.top(octets);
        if (!eightBit(octets, top.map(Part::body).orElse(0), octets.length)) {
            return new SevenBit.Same();
        }
        try {
            Part mail = MimeScanner.scanEnclosed(octets);
            SevenBitPlan plan = of(octets, mail);
            if (plan.against.isEmpty() && !plan.needed) {
                return new SevenBit.Same();
            }
            if (mail.fields().has("dkim-signature")) {
                return new SevenBit.Impossible(Reason.DKIM_SIGNED);
            }
            if (plan.against.isPresent()) {
                return new SevenBit.Impossible(plan.against.get());
            }
            byte[] copy = new Cuts(plan.cuts).apply(octets);
            return holds(octets, mail, copy)
                    ? new SevenBit.Converted(RawMessage.of(copy))
                    : new SevenBit.Impossible(Reason.VERIFICATION_FAILED);
        } catch (MimeScanner.Refused e) {
            return new SevenBit.Impossible(e.reason());
        }
    }

    private static SevenBitPlan of(byte[] octets, Part mail) {
        var plan = new SevenBitPlan(octets);
        if (mail.opaque().isPresent()) {
            // The body has something 8-bit in it, and readers differ on what it is.
            plan.against = mail.opaque();
        } else {
            plan.entity(mail, /* message= */ true);
        }
        return plan;
    }

    /** A mail, alone or enclosed in another, may have to say that it is MIME. */
    private void entity(Part part, boolean message) {
        if (part.opaque().isPresent()) {
            // What we take for its header may be text to others.
            refuse(part.opaque().get(), part.header(), part.end());
        } else if (!part.children().isEmpty()) {
            composite(part);
        } else if (part.type().is("multipart/") || part.type().is("message/")) {
            refuse(closed(part.type().name()), part.body(), part.end());
        } else if (part.type().name().matches("application/(x-)?pkcs7-mime")) {
            refuse(Reason.SMIME, part.body(), part.end());
        } else {
            leaf(part, message);
        }
    }

    private static Reason closed(String type) {
        return switch (type) {
            case "multipart/signed" -> Reason.SIGNED;
            case "multipart/encrypted" -> Reason.ENCRYPTED;
            case "multipart/digest" -> Reason.TOO_COMPLEX;
            default -> type.startsWith("multipart/") ? Reason.BOUNDARY : Reason.TRANSFER_ENCODING;
        };
    }

    /** What stands there can't be encoded; that matters when it is 8-bit. */
    private void refuse(Reason reason, int from, int to) {
        if (against.isEmpty() && eightBit(octets, from, to)) {
            against = Optional.of(reason);
        }
    }

    private void composite(Part part) {
        if (part.type().parameter("boundary").orElse("").chars().anyMatch(c -> c > 0x7f)) {
            refuse(Reason.BOUNDARY, part.body(), part.end());
        }
        if (Set.of("8bit", "binary").contains(MimeScanner.encoding(part.fields()))) {
            label(part, "7bit", /* message= */ false);
        }
        int at = part.body();
        for (Part child : part.children()) {
            blankOut(at, child.header());
            entity(child, part.type().is("message/"));
            at = child.end();
        }
        blankOut(at, part.end());
    }

    /**
     * Before and behind parts is nothing that a reader shows (RFC 2046 section 5.1.1); no delimiter has a {@code #}.
     */
    private void blankOut(int from, int to) {
        int at = from;
        while (at < to) {
            int end = at;
            while (end < to && octets[end] < 0) {
                end++;
            }
            if (end > at) {
                needed = true;
                cuts.add(new Cut(at, end, "#".repeat(end - at).getBytes(US_ASCII)));
            }
            at = end + 1;
        }
    }

    private void leaf(Part part, boolean message) {
        String encoding = MimeScanner.encoding(part.fields());
        boolean binary = encoding.equals("binary") && part.end() > part.body();
        boolean eightBit = eightBit(octets, part.body(), part.end());
        needed |= eightBit;
        if (!binary && !eightBit) {
            if (Set.of("8bit", "binary").contains(encoding)) {
                label(part, "7bit", message);
            }
            return;
        }
        Optional<byte[]> decoded = TransferEncoding.of(octets, part).map(TransferEncoding::decoded);
        if (decoded.isEmpty()) {
            refuse(Reason.TRANSFER_ENCODING, part.body(), part.end());
        } else if (isText(part.type()) || encoding.equals("quoted-printable")) {
            label(part, "quoted-printable", message);
            cuts.add(new Cut(part.body(), part.end(), QuotedPrintableText.of(decoded.get(), lineEnd)));
        } else {
            label(part, "base64", message);
            cuts.add(new Cut(part.body(), part.end(), base64(decoded.get(), part.end() == octets.length)));
        }
    }

    /** What is no type at all is text as well (RFC 2045 section 5.2). */
    private static boolean isText(ContentType type) {
        return type.is("text/") || type.name().indexOf('/') < 0;
    }

    private byte[] base64(byte[] decoded, boolean endsMail) {
        byte[] text = Base64.getMimeEncoder(BASE64_WIDTH, lineEnd).encode(decoded);
        if (!endsMail) {
            return text;
        }
        byte[] ended = Arrays.copyOf(text, text.length + lineEnd.length);
        System.arraycopy(lineEnd, 0, ended, text.length, lineEnd.length);
        return ended;
    }

    /** Says in the header how the body is encoded from now on. */
    private void label(Part part, String encoding, boolean message) {
        String end = new String(lineEnd, US_ASCII);
        String more = message && !part.fields().has("mime-version") ? "MIME-Version: 1.0" + end : "";
        Optional<Fields.Field> label = part.fields().list().stream()
                .filter(field -> field.name().equals(ENCODING))
                .findFirst();
        if (label.isPresent()) {
            int value = label.get().from() + ENCODING.length() + 1;
            cuts.add(new Cut(value, label.get().to(), (" " + encoding + end).getBytes(US_ASCII)));
        } else {
            more = more + "Content-Transfer-Encoding: " + encoding + end;
        }
        if (!more.isEmpty()) {
            // Before the empty line that ends the header.
            int at = part.body() - 1;
            boolean carriage = at > part.header() && octets[at - 1] == '\r';
            cuts.add(new Cut(carriage ? at - 1 : at, carriage ? at - 1 : at, more.getBytes(US_ASCII)));
        }
    }

    private static boolean eightBit(byte[] octets, int from, int to) {
        return !Octets.areAscii(octets, from, to);
    }

    /** Whether the copy has the same parts, which decode to the same octets, and nothing is left to encode. */
    private static boolean holds(byte[] octets, Part before, byte[] copy) throws MimeScanner.Refused {
        Part after = MimeScanner.scanEnclosed(copy);
        SevenBitPlan rest = of(copy, after);
        List<Part> were = before.all();
        List<Part> are = after.all();
        if (rest.against.isPresent() || !rest.cuts.isEmpty() || were.size() != are.size()) {
            return false;
        }
        for (int i = 0; i < were.size(); i++) {
            if (!same(octets, were.get(i), copy, are.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean same(byte[] octets, Part was, byte[] copy, Part is) {
        return was.path().equals(is.path())
                && was.children().size() == is.children().size()
                && kept(octets, was.fields()).equals(kept(copy, is.fields()))
                && (!was.children().isEmpty() || sameBody(octets, was, copy, is));
    }

    private static List<String> kept(byte[] octets, Fields fields) {
        return fields.list().stream()
                .filter(field -> !LABELS.contains(field.name()))
                .map(field -> Fields.latin(octets, field.from(), field.to()))
                .toList();
    }

    private static boolean sameBody(byte[] octets, Part was, byte[] copy, Part is) {
        if (Arrays.equals(octets, was.body(), was.end(), copy, is.body(), is.end())) {
            return true;
        }
        Optional<byte[]> before = TransferEncoding.of(octets, was).map(TransferEncoding::decoded);
        Optional<byte[]> after = TransferEncoding.of(copy, is).map(TransferEncoding::decoded);
        return before.isPresent() && after.isPresent() && Arrays.equals(before.get(), after.get());
    }
}
