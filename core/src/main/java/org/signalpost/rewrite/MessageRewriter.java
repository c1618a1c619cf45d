package org.signalpost.rewrite;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.signalpost.rewrite.html.HtmlReader;
import org.signalpost.rewrite.html.LinkPolicy;
import org.signalpost.rewrite.mime.MimeScanner;
import org.signalpost.track.SigningKeys;
import org.signalpost.track.TrackingUrls;

/**
 * Rewrites outgoing mail so that opens and clicks are seen: one pixel, wrapped links, and not another octet.
 *
 * <p>The one entry of the engine. Pure functions of their input; safe to share between any number of threads. Never
 * throws: whatever goes wrong gives {@link Rewritten.Untouched}.
 */
public final class MessageRewriter {
    private static final int LARGEST = 25 << 20;

    private final TrackingUrls urls;
    private final SigningKeys keys;
    private final RewriteSettings settings;
    private final LinkPolicy policy;
    private final HtmlReader reader;

    /** Links lead below {@code urls} and are signed with the active key. */
    public MessageRewriter(TrackingUrls urls, SigningKeys keys, RewriteSettings settings) {
        this.urls = urls;
        this.keys = keys;
        this.settings = settings;
        var bases = new ArrayList<TrackingUrls>();
        bases.add(urls);
        bases.addAll(settings.links().otherBases());
        bases.addAll(settings.links().retiredBases());
        this.policy = new LinkPolicy(
                bases,
                keys,
                settings.links().excludedHosts(),
                settings.links().onlyHosts(),
                settings.links().unsubscribeWords(),
                settings.links().visibleUrl(),
                settings.links().oneTime(),
                settings.links().utm());
        this.reader = new HtmlReader(policy);
    }

    /** The tracking address with this host; the usual one for empty text; nothing for a host that is not configured. */
    Optional<TrackingUrls> base(String host) {
        if (host.isEmpty() || host.equals(urls.host())) {
            return Optional.of(urls);
        }
        return settings.links().otherBases().stream()
                .filter(base -> base.host().equals(host))
                .findFirst();
    }

    LinkPolicy policy() {
        return policy;
    }

    TrackingUrls urls() {
        return urls;
    }

    SigningKeys keys() {
        return keys;
    }

    RewriteSettings settings() {
        return settings;
    }

    HtmlReader reader() {
        return reader;
    }

    /** Reads the mail once and works out what is to be done for every recipient. */
    public TrackingPlan plan(RawMessage message, EnvelopeFacts envelope) {
        if (message.size() > LARGEST) {
            return untouched(message, Reason.TOO_LARGE);
        }
        try {
            return PlanMaker.plan(this, message, MimeScanner.scan(message.octets()), envelope);
        } catch (MimeScanner.Refused e) {
            return untouched(message, e.reason());
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError | LinkageError e) {
            return failed(message);
        }
    }

    /** The plan of a mail that something of ours failed on: it goes out as it came, as {@code internal-error}. */
    public TrackingPlan failed(RawMessage message) {
        return untouched(message, Reason.INTERNAL_ERROR);
    }

    /** What can't be read as a whole; of its top header at least what must not leave is taken out. */
    private TrackingPlan untouched(RawMessage message, Reason reason) {
        var common = new TrackingPlan.Common(
                this,
                message,
                MimeScanner.top(message.octets())
                        .map(top -> ProtectedMail.stripped(top, settings.headers(), /* tracked= */ false))
                        .orElse(List.of()),
                List.of(),
                List.of(),
                List.of());
        return TrackingPlan.untouched(common, reason);
    }

    /** What is wrong with the control fields of a mail, when the settings say that this is a reason to refuse it. */
    public Optional<String> refusal(RawMessage message) {
        if (!settings.headers().strict()) {
            return Optional.empty();
        }
        return MimeScanner.top(message.octets())
                .flatMap(top -> ControlFields.of(top.fields(), settings.headers()).bad().stream()
                        .findFirst());
    }

    /** Rewrites the mail, undoes the edits, and says whether that gives it back. */
    public Verification verify(RawMessage message, EnvelopeFacts envelope, String recipient) {
        return switch (plan(message, envelope).copyFor(recipient)) {
            case Rewritten.Tracked tracked -> {
                byte[] back = tracked.cuts()
                        .inverse(message.octets())
                        .apply(tracked.message().octets());
                boolean same = java.util.Arrays.equals(back, message.octets());
                long wrapped = tracked.explanation().links().stream()
                        .filter(link -> link.outcome().equals("tracked"))
                        .count();
                yield new Verification(
                        same,
                        same
                                ? "tracked, " + wrapped + " links, pixel "
                                        + tracked.explanation().pixel()
                                : "undoing the edits does not give the mail back");
            }
            case Rewritten.Untouched untouched ->
                new Verification(
                        untouched.reason() != Reason.VERIFICATION_FAILED && untouched.reason() != Reason.INTERNAL_ERROR,
                        "untouched: " + untouched.reason().code());
        };
    }
}
