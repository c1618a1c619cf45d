package org.signalpost.rewrite;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.signalpost.rewrite.Cuts.Cut;
import org.signalpost.rewrite.html.HtmlReading;
import org.signalpost.rewrite.mime.Fields;
import org.signalpost.rewrite.mime.Part;
import org.signalpost.rewrite.mime.TransferEncoding;
import org.signalpost.track.LinkToken;
import org.signalpost.track.TrackId;
import org.signalpost.track.TrackingUrls;

/** What is to be done to one mail, worked out once for all its recipients. Immutable and safe to share. */
public final class TrackingPlan {
    /**
     * One leaf that is edited.
     *
     * @param charset the label of its charset, as it stands
     * @param pixels whether the pixels of the copy go into it
     */
    record Leaf(Part part, TransferEncoding encoding, String charset, HtmlReading.Read reading, boolean pixels) {}

    /** What holds for all copies. */
    record Common(
            MessageRewriter rewriter,
            RawMessage original,
            List<Cut> stripped,
            List<Explanation.ControlLine> controls,
            List<Explanation.PartLine> parts,
            List<String> notes) {
        Common {
            stripped = List.copyOf(stripped);
            controls = List.copyOf(controls);
            parts = List.copyOf(parts);
            notes = List.copyOf(notes);
        }
    }

    /** What holds for tracked copies. */
    record Work(
            Part mail,
            EnvelopeFacts envelope,
            List<Leaf> leaves,
            Optional<RewriteSettings.Placement> pixel,
            TrackingUrls base,
            MailFacts facts) {
        Work {
            leaves = List.copyOf(leaves);
        }
    }

    private final Common common;
    private final Reason reason;
    private final Optional<Work> work;

    private TrackingPlan(Common common, Reason reason, Optional<Work> work) {
        this.common = common;
        this.reason = reason;
        this.work = work;
    }

    static TrackingPlan untouched(Common common, Reason reason) {
        return new TrackingPlan(common, reason, Optional.empty());
    }

    static TrackingPlan tracked(Common common, Work work) {
        return new TrackingPlan(common, Reason.INTERNAL_ERROR, Optional.of(work));
    }

    /** Why the mail is refused when control fields are taken strictly; empty when it is not. */
    public Optional<String> badControlField() {
        return common.notes().stream()
                .filter(note -> note.startsWith(PlanMaker.BAD_FIELD))
                .findFirst();
    }

    /** The copy for one recipient (the envelope address); the same input always gives the same octets. Never throws. */
    public Rewritten copyFor(String recipient) {
        if (work.isEmpty()) {
            return untouched(reason, recipient);
        }
        try {
            return tracked(work.get(), recipient);
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError | LinkageError e) {
            return untouched(Reason.INTERNAL_ERROR, recipient);
        }
    }

    /** The copy without any tracking, for a reason that only turned up on the way. */
    public Rewritten original(String recipient, Reason why) {
        return untouched(why, recipient);
    }

    private Rewritten untouched(Reason why, String recipient) {
        RawMessage original = common.original();
        RawMessage message = common.stripped().isEmpty()
                ? original
                : RawMessage.of(new Cuts(common.stripped()).apply(original.octets()));
        return new Rewritten.Untouched(
                message,
                why,
                new Explanation(
                        "untouched",
                        why.code(),
                        "",
                        recipient,
                        original.size(),
                        message.size(),
                        "",
                        common.controls(),
                        common.parts(),
                        List.of(),
                        common.notes()));
    }

    private Rewritten tracked(Work todo, String recipient) {
        MessageRewriter rewriter = common.rewriter();
        RawMessage original = common.original();
        TrackId track = track(todo, recipient);
        var edits = new LeafEdits(todo.base(), rewriter.keys(), track);
        var leafCuts = new ArrayList<Cuts>(todo.leaves().size());
        var pixels = new ArrayList<String>();
        for (Leaf leaf : todo.leaves()) {
            List<LeafEdits.Pixel> here = leaf.pixels() ? pixels(todo, leaf, track, pixels) : List.of();
            leafCuts.add(edits.of(leaf, here));
        }
        if (leafCuts.stream().allMatch(cuts -> cuts.list().isEmpty())) {
            return untouched(Reason.NOTHING_TO_TRACK, recipient);
        }
        var all = new ArrayList<>(common.stripped());
        top(todo, track).ifPresent(all::add);
        for (int i = 0; i < leafCuts.size(); i++) {
            all.addAll(todo.leaves().get(i).encoding().encode(leafCuts.get(i)));
        }
        all.sort(Comparator.comparingInt(Cut::from).thenComparingInt(Cut::to));
        var cuts = new Cuts(all);
        byte[] copy = cuts.apply(original.octets());
        if (copy.length > 2L * original.size() + (64 << 10)) {
            return untouched(Reason.BUDGET, recipient);
        }
        var proof = new Proof(rewriter.reader(), original.octets(), todo.mail());
        if (!proof.holds(cuts, copy, todo.leaves(), leafCuts, edits.lines(), pixels)) {
            return untouched(Reason.VERIFICATION_FAILED, recipient);
        }
        var explanation = new Explanation(
                "tracked",
                "",
                track.toString(),
                recipient,
                original.size(),
                copy.length,
                where(todo, pixels),
                common.controls(),
                common.parts(),
                edits.lines(),
                common.notes());
        return new Rewritten.Tracked(RawMessage.of(copy), track, todo.facts(), cuts, explanation);
    }

    /** An aggregate track is the same for all recipients of a campaign, or else of a sender's domain. */
    private TrackId track(Work todo, String recipient) {
        MessageRewriter rewriter = common.rewriter();
        if (!todo.facts().shared()) {
            return TrackId.derive(rewriter.keys(), todo.envelope().messageKey(), recipient);
        }
        if (rewriter.settings().sharedCopies()) {
            return TrackId.derive(rewriter.keys(), todo.envelope().messageKey(), "");
        }
        String sender = todo.envelope().sender();
        String domain = sender.substring(sender.lastIndexOf('@') + 1).toLowerCase(Locale.ROOT);
        String group = todo.facts().campaign().isEmpty()
                ? "domain " + domain
                : "campaign " + todo.facts().campaign();
        return TrackId.derive(rewriter.keys(), group, "");
    }

    /** The fields that go on top. */
    private Optional<Cut> top(Work todo, TrackId track) {
        Fields fields = todo.mail().fields();
        MessageRewriter rewriter = common.rewriter();
        String lineEnd =
                LineEnd.first(common.original().octets(), 0, common.original().size());
        var text = new StringBuilder(ProtectedMail.pass(rewriter.keys(), track, fields)).append(lineEnd);
        if (rewriter.settings().listUnsubscribe() && !fields.has("list-unsubscribe")) {
            String token = new LinkToken(
                            LinkToken.Kind.UNSUBSCRIBE, track, 0, todo.base().base())
                    .sign(rewriter.keys());
            text.append("List-Unsubscribe: <")
                    .append(todo.base().base())
                    .append("/u/")
                    .append(token)
                    .append('>')
                    .append(lineEnd)
                    .append("List-Unsubscribe-Post: List-Unsubscribe=One-Click")
                    .append(lineEnd);
        }
        int begin = fields.list().isEmpty()
                ? todo.mail().header()
                : fields.list().getFirst().from();
        return Optional.of(new Cut(begin, begin, text.toString().getBytes(StandardCharsets.US_ASCII)));
    }

    /** The pixels of the copy; their addresses are added to {@code urls}. */
    private List<LeafEdits.Pixel> pixels(Work todo, Leaf leaf, TrackId track, List<String> urls) {
        HtmlReading.PixelPlaces places = leaf.reading().pixels();
        var pixels = new ArrayList<LeafEdits.Pixel>();
        if (todo.pixel().isEmpty()) {
            places.placeholder().ifPresent(range -> pixels.add(new LeafEdits.Pixel(range, "")));
            return pixels;
        }
        if (places.placeholder().isPresent()) {
            pixels.add(new LeafEdits.Pixel(places.placeholder().get(), tag(todo, track, 'x', urls)));
            return pixels;
        }
        RewriteSettings.Placement wanted = todo.pixel().get();
        boolean top = wanted == RewriteSettings.Placement.TOP || wanted == RewriteSettings.Placement.BOTH;
        boolean bottom = wanted == RewriteSettings.Placement.BOTTOM || wanted == RewriteSettings.Placement.BOTH;
        if (top && places.top().isPresent()) {
            pixels.add(new LeafEdits.Pixel(LeafEdits.at(places.top()), tag(todo, track, 't', urls)));
        } else {
            bottom |= top;
        }
        if (bottom && places.bottom().isPresent()) {
            pixels.add(new LeafEdits.Pixel(LeafEdits.at(places.bottom()), tag(todo, track, 'b', urls)));
        } else if (bottom && pixels.isEmpty() && places.top().isPresent()) {
            pixels.add(new LeafEdits.Pixel(LeafEdits.at(places.top()), tag(todo, track, 't', urls)));
        }
        return pixels;
    }

    private String tag(Work todo, TrackId track, char place, List<String> urls) {
        String url = todo.base().pixel(track, place);
        urls.add(url);
        return "<img src=\"" + url + "\" width=\"1\" height=\"1\" style=\""
                + common.rewriter().settings().pixelStyle() + "\" alt=\"\" />";
    }

    private static String where(Work todo, List<String> pixels) {
        if (todo.pixel().isEmpty()) {
            return "";
        }
        if (pixels.isEmpty()) {
            return "pixel-no-place";
        }
        return pixels.size() > 1
                ? "both"
                : switch (pixels.getFirst().charAt(pixels.getFirst().length() - 1)) {
                    case 't' -> "top";
                    case 'x' -> "placeholder";
                    default -> "bottom";
                };
    }
}
