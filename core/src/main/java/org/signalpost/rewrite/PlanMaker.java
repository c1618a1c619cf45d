package org.signalpost.rewrite;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.signalpost.rewrite.html.HtmlLeaf;
import org.signalpost.rewrite.html.HtmlLink;
import org.signalpost.rewrite.html.HtmlReading;
import org.signalpost.rewrite.html.LinkOutcome;
import org.signalpost.rewrite.html.LinkPolicy;
import org.signalpost.rewrite.mime.ContentType;
import org.signalpost.rewrite.mime.Fields;
import org.signalpost.rewrite.mime.HeaderText;
import org.signalpost.rewrite.mime.Part;
import org.signalpost.rewrite.mime.TransferEncoding;

/** Works out what is to be done to one mail that may be tracked. */
final class PlanMaker {
    private static final int MOST_LINKS = 1_000;
    private static final Set<String> NEVER_ENTERED =
            Set.of("multipart/digest", "multipart/appledouble", "multipart/form-data", "multipart/report");
    /** Charsets whose octets can look like markup, or that the JDK does not know. */
    private static final List<String> UNSEARCHABLE = List.of(
            "utf-16",
            "utf-32",
            "iso-2022",
            "utf-7",
            "hz",
            "johab",
            "ibm",
            "cp0",
            "cp2",
            "cp5",
            "cp8",
            "cp9",
            "cp10",
            "cp11",
            "x-ibm",
            "x-mac",
            "jis_x",
            "jis0",
            "ebcdic",
            "ucs");

    private PlanMaker() {}

    /** The plan of a mail, or why there is none. */
    static TrackingPlan plan(MessageRewriter rewriter, RawMessage message, Part mail, EnvelopeFacts envelope) {
        Fields fields = mail.fields();
        ControlFields control = ControlFields.of(fields);
        if (!control.bad().isEmpty()) {
            return TrackingPlan.untouched(
                    rewriter, message, Reason.TRACKING_OFF, ProtectedMail.strippedWithPass(mail), control.bad());
        }
        boolean opens = control.opens().orElse(rewriter.settings().opens());
        boolean clicks = control.clicks().orElse(rewriter.settings().clicks());
        if (!opens && !clicks) {
            return TrackingPlan.untouched(rewriter, message, Reason.TRACKING_OFF, ProtectedMail.strippedWithPass(mail));
        }
        var links = new LinkPolicy.MailLinks(
                clicks, unsubscribe(fields), Optional.empty(), control.campaign(), Optional.empty());
        var leaves = new ArrayList<TrackingPlan.Leaf>();
        var lines = new ArrayList<Explanation.PartLine>();
        Reason last = Reason.NO_HTML;
        int tracked = 0;
        for (Part part : bodies(mail)) {
            String charset = part.type().parameter("charset").orElse("").toLowerCase(Locale.ROOT);
            String encoding = part.fields().first("content-transfer-encoding").orElse("");
            Optional<TransferEncoding> body = TransferEncoding.of(message.octets(), part);
            Optional<Reason> opaque = part.opaque();
            if (opaque.isEmpty() && body.isEmpty()) {
                opaque = Optional.of(Reason.TRANSFER_ENCODING);
            } else if (opaque.isEmpty() && !searchable(charset, body.get().decoded())) {
                opaque = Optional.of(Reason.CHARSET);
            }
            String scanner = "";
            if (opaque.isEmpty()) {
                byte[] decoded = body.get().decoded();
                switch (rewriter.reader().read(new HtmlLeaf(decoded, decoded, charset(charset, decoded)), links)) {
                    case HtmlReading.Opaque refused -> opaque = Optional.of(refused.reason());
                    case HtmlReading.Read read -> {
                        scanner = read.scanner();
                        leaves.add(new TrackingPlan.Leaf(part, body.get(), read));
                        tracked += (int) read.links().stream()
                                .map(HtmlLink::outcome)
                                .filter(outcome -> outcome instanceof LinkOutcome.Track)
                                .count();
                    }
                }
            }
            last = opaque.orElse(last);
            lines.add(new Explanation.PartLine(
                    part.path(),
                    part.type().name(),
                    charset,
                    encoding,
                    scanner,
                    opaque.map(Reason::code).orElse("")));
        }
        if (leaves.isEmpty()) {
            return TrackingPlan.untouched(rewriter, message, last, ProtectedMail.stripped(mail), List.of(), lines);
        }
        if (tracked > MOST_LINKS) {
            return TrackingPlan.untouched(
                    rewriter, message, Reason.TOO_COMPLEX, ProtectedMail.stripped(mail), List.of(), lines);
        }
        var facts = new MailFacts(
                fields.first("subject").map(HeaderText::decode).orElse(""),
                control.campaign(),
                control.tags(),
                control.metadata());
        return TrackingPlan.tracked(rewriter, message, mail, envelope, opens, leaves, lines, facts);
    }

    private static List<String> unsubscribe(Fields fields) {
        var addresses = new ArrayList<String>();
        for (String value : fields.values("list-unsubscribe")) {
            for (String piece : value.split("[<>]", -1)) {
                if (piece.startsWith("http")) {
                    addresses.add(piece.strip());
                }
            }
        }
        return addresses;
    }

    /** The leaves a reader shows as the mail's HTML. */
    static List<Part> bodies(Part part) {
        String type = part.type().name();
        if (part.opaque().isPresent() || part.type().is("message/") || NEVER_ENTERED.contains(type)) {
            return part.opaque().isPresent() && isBody(part) ? List.of(part) : List.of();
        }
        if (!part.type().is("multipart/")) {
            return isBody(part) ? List.of(part) : List.of();
        }
        List<Part> children = part.children();
        if (type.equals("multipart/alternative")) {
            for (Part child : children.reversed()) {
                List<Part> found = bodies(child);
                if (!found.isEmpty()) {
                    return found;
                }
            }
            return List.of();
        }
        if (type.equals("multipart/related") && !children.isEmpty()) {
            String start = part.type().parameter("start").orElse("");
            Part root = children.stream()
                    .filter(child -> !start.isEmpty()
                            && child.fields()
                                    .first("content-id")
                                    .filter(start::equals)
                                    .isPresent())
                    .findFirst()
                    .orElse(children.getFirst());
            return bodies(root);
        }
        return children.stream().flatMap(child -> bodies(child).stream()).toList();
    }

    private static boolean isBody(Part part) {
        Optional<ContentType> disposition =
                part.fields().first("content-disposition").map(ContentType::of);
        boolean whole = part.path().equals("1");
        boolean named = part.type().parameter("name").isPresent()
                || disposition.flatMap(value -> value.parameter("filename")).isPresent();
        boolean shown = disposition.isEmpty() || disposition.get().name().equals("inline");
        return part.type().name().equals("text/html")
                && shown
                && (whole || !named)
                && !part.fields().has("content-md5");
    }

    private static boolean searchable(String charset, byte[] decoded) {
        if (UNSEARCHABLE.stream().anyMatch(charset::startsWith)) {
            return false;
        }
        int zeros = 0;
        for (byte octet : decoded) {
            if (octet == 0x1b) {
                return false;
            }
            zeros += octet == 0 ? 1 : 0;
        }
        boolean mark = decoded.length > 1
                && ((decoded[0] == (byte) 0xff && decoded[1] == (byte) 0xfe)
                        || (decoded[0] == (byte) 0xfe && decoded[1] == (byte) 0xff));
        return !mark && zeros <= decoded.length / 8;
    }

    static Optional<Charset> charset(String label, byte[] decoded) {
        try {
            if (!label.isEmpty()) {
                return Optional.of(Charset.forName(label));
            }
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        String text = new String(decoded, StandardCharsets.UTF_8);
        return Optional.of(text.indexOf('\ufffd') < 0 ? StandardCharsets.UTF_8 : Charset.forName("windows-1252"));
    }
}
