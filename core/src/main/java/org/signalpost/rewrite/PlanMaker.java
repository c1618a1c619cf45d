package org.signalpost.rewrite;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.signalpost.rewrite.html.HtmlLeaf;
import org.signalpost.rewrite.html.HtmlReading;
import org.signalpost.rewrite.html.LinkOutcome;
import org.signalpost.rewrite.html.LinkPolicy;
import org.signalpost.rewrite.html.LinkReason;
import org.signalpost.rewrite.mime.ContentType;
import org.signalpost.rewrite.mime.Fields;
import org.signalpost.rewrite.mime.HeaderText;
import org.signalpost.rewrite.mime.Part;
import org.signalpost.rewrite.mime.TransferEncoding;
import org.signalpost.track.TrackingUrls;

/** Works out what is to be done to one mail that may be tracked. */
final class PlanMaker {
    /** How a note begins that names a control field which can't be read. */
    static final String BAD_FIELD = "bad-control-header: ";

    private static final long MOST_NANOS = 2_000_000_000L;

    private static final Set<String> NEVER_ENTERED =
            Set.of("multipart/digest", "multipart/appledouble", "multipart/form-data", "multipart/report");

    private final MessageRewriter rewriter;
    private final RawMessage message;
    private final Part mail;
    private final EnvelopeFacts envelope;
    private final ControlFields control;
    private final List<Explanation.PartLine> lines = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final Map<String, Optional<TransferEncoding>> decoded = new HashMap<>();

    private PlanMaker(
            MessageRewriter rewriter, RawMessage message, Part mail, EnvelopeFacts envelope, ControlFields control) {
        this.rewriter = rewriter;
        this.message = message;
        this.mail = mail;
        this.envelope = envelope;
        this.control = control;
    }

    /** The plan of a mail whose structure is this. */
    static TrackingPlan plan(MessageRewriter rewriter, RawMessage message, Part mail, EnvelopeFacts envelope) {
        ControlFields control =
                ControlFields.of(mail.fields(), rewriter.settings().headers());
        var maker = new PlanMaker(rewriter, message, mail, envelope, control);
        control.bad().forEach(bad -> maker.notes.add(BAD_FIELD + bad));
        Optional<Reason> protection = ProtectedMail.reason(mail, maker::body, envelope, rewriter.keys(), control);
        return protection.map(maker::untouched).orElseGet(maker::plan);
    }

    /** The body of a part, decoded once. */
    private Optional<TransferEncoding> body(Part part) {
        return decoded.computeIfAbsent(part.path(), path -> TransferEncoding.of(message.octets(), part));
    }

    private TrackingPlan untouched(Reason reason) {
        return TrackingPlan.untouched(common(/* tracked= */ false), reason);
    }

    private TrackingPlan.Common common(boolean tracked) {
        return new TrackingPlan.Common(
                rewriter,
                message,
                ProtectedMail.stripped(mail, rewriter.settings().headers(), tracked),
                control.effects(),
                lines,
                notes);
    }

    private TrackingPlan plan() {
        RewriteSettings settings = rewriter.settings();
        boolean opens = control.opens().orElse(settings.opens());
        boolean clicks = control.clicks().orElse(settings.clicks());
        boolean textClicks = control.textClicks().orElse(settings.textLinks());
        Optional<TrackingUrls> base = rewriter.base(control.domain());
        if (base.isEmpty()) {
            notes.add(BAD_FIELD + "x-signalpost-tracking-domain: " + control.domain() + " is not configured");
            return untouched(Reason.TRACKING_OFF);
        }
        boolean nothing = !opens && !clicks && !textClicks;
        if (!control.bad().isEmpty() || nothing) {
            return untouched(Reason.TRACKING_OFF);
        }
        Fields fields = mail.fields();
        var links = new LinkPolicy.MailLinks(
                clicks,
                unsubscribe(fields),
                control.preventScam() ? Optional.of(LinkPolicy.VisibleUrl.SKIP) : Optional.empty(),
                control.campaign(),
                control.utm());
        var leaves = new ArrayList<TrackingPlan.Leaf>();
        Reason last = Reason.NO_HTML;
        long began = System.nanoTime();
        for (Part part : bodies(mail)) {
            if (System.nanoTime() - began > MOST_NANOS) {
                // All of the mail or nothing of it: which links are tracked must not depend on the machine's mood.
                return untouched(Reason.BUDGET);
            }
            last = html(part, links, leaves).orElse(last);
        }
        if (textClicks) {
            var textLinks = new LinkPolicy.MailLinks(
                    /* clicks= */ true, links.unsubscribe(), links.visibleUrl(), links.campaign(), links.utm());
            texts(mail).forEach(part -> text(part, textLinks, leaves));
        }
        if (leaves.isEmpty()) {
            return untouched(last);
        }
        var facts = new MailFacts(
                fields.first("subject").map(HeaderText::decode).orElse(""),
                control.campaign(),
                control.tags(),
                control.metadata(),
                settings.sharedCopies() || control.level() == ControlFields.Level.AGGREGATE);
        Optional<RewriteSettings.Placement> pixel =
                opens ? Optional.of(control.pixel().orElse(settings.pixel())) : Optional.empty();
        leaves.sort(java.util.Comparator.comparingInt(leaf -> leaf.part().body()));
        return TrackingPlan.tracked(
                common(/* tracked= */ true),
                new TrackingPlan.Work(mail, envelope, withPixel(leaves, pixel), pixel, base.get(), facts));
    }

    /** The last leaf that has a place gets the pixels; one with a placeholder before all others. */
    private static List<TrackingPlan.Leaf> withPixel(
            List<TrackingPlan.Leaf> leaves, Optional<RewriteSettings.Placement> pixel) {
        int chosen = -1;
        for (int i = 0; i < leaves.size(); i++) {
            HtmlReading.PixelPlaces places = leaves.get(i).reading().pixels();
            boolean only =
                    pixel.filter(RewriteSettings.Placement.PLACEHOLDER::equals).isPresent();
            boolean place =
                    !only && (places.bottom().isPresent() || places.top().isPresent());
            boolean held = chosen >= 0
                    && leaves.get(chosen).reading().pixels().placeholder().isPresent();
            if (places.placeholder().isPresent() ? !held : place && !held) {
                chosen = i;
            }
        }
        var marked = new ArrayList<TrackingPlan.Leaf>();
        for (int i = 0; i < leaves.size(); i++) {
            TrackingPlan.Leaf leaf = leaves.get(i);
            HtmlReading.Read reading = leaf.reading();
            if (i != chosen && reading.pixels().placeholder().isPresent()) {
                // Another leaf has it; here it only goes.
                reading = reading.without(reading.pixels().placeholder().get());
            }
            marked.add(new TrackingPlan.Leaf(leaf.part(), leaf.encoding(), leaf.charset(), reading, i == chosen));
        }
        return marked;
    }

    /** Reads an HTML leaf; why it can't be edited, if so. */
    private Optional<Reason> html(Part part, LinkPolicy.MailLinks links, List<TrackingPlan.Leaf> leaves) {
        String charset = part.type().parameter("charset").orElse("");
        Optional<TransferEncoding> body = body(part);
        Optional<Reason> opaque = part.opaque();
        Optional<HtmlLeaf> leaf = Optional.empty();
        if (opaque.isEmpty() && body.isEmpty()) {
            opaque = Optional.of(Reason.TRANSFER_ENCODING);
        } else if (opaque.isEmpty()) {
            leaf = Charsets.leaf(charset, body.get().decoded());
            opaque = leaf.isEmpty() ? Optional.of(Reason.CHARSET) : Optional.empty();
        }
        String scanner = "";
        if (leaf.isPresent() && body.isPresent()) {
            switch (rewriter.reader().read(leaf.get(), links)) {
                case HtmlReading.Opaque(Reason reason) -> opaque = Optional.of(reason);
                case HtmlReading.Read read -> {
                    scanner = read.scanner();
                    notes.addAll(read.notes());
                    leaves.add(new TrackingPlan.Leaf(part, body.get(), charset, read, /* pixels= */ false));
                }
            }
        }
        line(part, charset, scanner, opaque);
        return opaque;
    }

    private void text(Part part, LinkPolicy.MailLinks links, List<TrackingPlan.Leaf> leaves) {
        String charset = part.type().parameter("charset").orElse("");
        Optional<TransferEncoding> body = body(part);
        if (part.opaque().isPresent()
                || body.isEmpty()
                || Charsets.leaf(charset, body.get().decoded()).isEmpty()) {
            line(part, charset, "", Optional.of(part.opaque().orElse(Reason.TRANSFER_ENCODING)));
            return;
        }
        var exempt = new HashSet<String>();
        for (TrackingPlan.Leaf leaf : leaves) {
            leaf.reading().links().stream()
                    .filter(link -> link.outcome() instanceof LinkOutcome.Skip(LinkReason reason)
                            && reason == LinkReason.OPTED_OUT)
                    .forEach(link -> exempt.add(link.href()));
        }
        boolean delSp =
                part.type().parameter("delsp").filter("yes"::equalsIgnoreCase).isPresent();
        HtmlReading.Read read = TextLinks.read(body.get().decoded(), rewriter.policy(), links, exempt, delSp);
        leaves.add(new TrackingPlan.Leaf(part, body.get(), charset, read, /* pixels= */ false));
        line(part, charset, "text", Optional.empty());
    }

    private void line(Part part, String charset, String scanner, Optional<Reason> opaque) {
        lines.add(new Explanation.PartLine(
                part.path(),
                part.type().name(),
                charset.toLowerCase(Locale.ROOT),
                part.fields().first("content-transfer-encoding").orElse(""),
                scanner,
                opaque.map(Reason::code).orElse("")));
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
        return part.type().name().equals("text/html") && isShown(part);
    }

    private static boolean isShown(Part part) {
        Optional<ContentType> disposition =
                part.fields().first("content-disposition").map(ContentType::of);
        boolean whole = part.path().equals("1");
        boolean named = part.type().parameter("name").isPresent()
                || disposition.flatMap(value -> value.parameter("filename")).isPresent();
        boolean shown = disposition.isEmpty() || disposition.get().name().equals("inline");
        return shown && (whole || !named) && !part.fields().has("content-md5");
    }

    /** The text/plain leaves that a reader shows; in an alternative those beside the HTML. */
    private static List<Part> texts(Part part) {
        String type = part.type().name();
        if (part.opaque().isPresent() || part.type().is("message/") || NEVER_ENTERED.contains(type)) {
            return List.of();
        }
        if (!part.type().is("multipart/")) {
            return type.equals("text/plain") && isShown(part) ? List.of(part) : List.of();
        }
        return part.children().stream().flatMap(child -> texts(child).stream()).toList();
    }
}
