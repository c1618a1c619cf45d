package org.signalpost.rewrite;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.signalpost.rewrite.html.HtmlLeaf;
import org.signalpost.rewrite.html.HtmlReader;
import org.signalpost.rewrite.html.HtmlReading;
import org.signalpost.rewrite.html.LinkPolicy;
import org.signalpost.rewrite.mime.MimeScanner;
import org.signalpost.rewrite.mime.SevenBit;
import org.signalpost.track.LinkToken;
import org.signalpost.track.SigningKeys;
import org.signalpost.track.TrackingUrls;

/**
 * What a fuzzer calls with any octets; an exception is a finding. {@code mvn -Pfuzz -pl core test} runs each for
 * minutes.
 */
public final class FuzzTargets {
    private static final SigningKeys KEYS = SigningKeys.of(1, new byte[32], new byte[32]);
    private static final TrackingUrls BASE = new TrackingUrls("https://t.example");
    private static final MessageRewriter REWRITER =
            new MessageRewriter(BASE, KEYS, RewriteSettings.defaults(/* opens= */ true, /* clicks= */ true));
    private static final EnvelopeFacts ENVELOPE = new EnvelopeFacts("k", "a@b.example");

    private FuzzTargets() {}

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new IllegalStateException(what);
        }
    }

    private static void rewrite(byte[] mail) {
        RawMessage message = RawMessage.of(mail);
        Rewritten copy = REWRITER.plan(message, ENVELOPE).copyFor("ann@example.com");
        switch (copy) {
            case Rewritten.Tracked(RawMessage tracked, var track, var facts, Cuts cuts, var explanation) -> {
                check(cuts.undoes(mail, tracked.octets()), "the edits can't be undone");
                Rewritten again = REWRITER.plan(tracked, ENVELOPE).copyFor("ann@example.com");
                check(
                        again.message().equals(tracked),
                        "our own output is changed again: "
                                + again.explanation().reason());
                check(explanation.json().startsWith("{"), "no explanation");
            }
            case Rewritten.Untouched(var kept, Reason reason, var explanation) -> {
                check(reason != Reason.INTERNAL_ERROR, "an error of ours");
                check(reason != Reason.VERIFICATION_FAILED, "the proof did not hold");
            }
        }
    }

    /** Whole mails. */
    public static final class Mime {
        private Mime() {}

        /** One input. */
        public static void fuzzerTestOneInput(byte[] data) {
            rewrite(data);
            try {
                MimeScanner.scan(data);
            } catch (MimeScanner.Refused refused) {
                check(refused.reason() != Reason.INTERNAL_ERROR, "refused for nothing");
            }
            encode(RawMessage.of(data));
        }

        private static void encode(RawMessage mail) {
            switch (SevenBit.of(mail)) {
                case SevenBit.Same same -> {}
                case SevenBit.Converted(RawMessage copy) ->
                    check(SevenBit.of(copy) instanceof SevenBit.Same, "something 8-bit is left");
                case SevenBit.Impossible(Reason reason) ->
                    check(reason != Reason.VERIFICATION_FAILED, "the proof did not hold");
            }
        }
    }

    /** HTML leaves. */
    public static final class Html {
        private Html() {}

        /** One input. */
        public static void fuzzerTestOneInput(byte[] data) {
            var reader = new HtmlReader(LinkPolicy.defaults(BASE, KEYS));
            var links = new LinkPolicy.MailLinks(
                    /* clicks= */ true, List.of(), java.util.Optional.empty(), "", java.util.Optional.empty());
            var leaf = new HtmlLeaf(data, data, java.util.Optional.of(StandardCharsets.UTF_8));
            if (reader.read(leaf, links) instanceof HtmlReading.Read read) {
                int end = 0;
                for (var link : read.links()) {
                    check(link.value().from() >= end, "links overlap");
                    end = link.value().to();
                }
            }
            byte[] head = "Content-Type: text/html\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
            byte[] mail = Arrays.copyOf(head, head.length + data.length);
            System.arraycopy(data, 0, mail, head.length, data.length);
            rewrite(mail);
        }
    }

    /** Link tokens. */
    public static final class Token {
        private Token() {}

        /** One input. */
        public static void fuzzerTestOneInput(byte[] data) {
            String text = new String(data, StandardCharsets.ISO_8859_1);
            LinkToken.verify(text, KEYS)
                    .ifPresent(token -> check(token.sign(KEYS).equals(text), "a second spelling"));
            if (LinkToken.followable(text) && text.length() < 500) {
                var token =
                        new LinkToken(LinkToken.Kind.RELAY, new org.signalpost.track.TrackId(1, 2), data.length, text);
                check(
                        LinkToken.verify(token.sign(KEYS), KEYS).equals(java.util.Optional.of(token)),
                        "it does not come back");
            }
        }
    }

    /** Control fields. */
    public static final class Control {
        private Control() {}

        /** One input. */
        public static void fuzzerTestOneInput(byte[] data) {
            byte[] tail = "\r\nContent-Type: text/html\r\n\r\n<a href=https://d.example/>x</a>"
                    .getBytes(StandardCharsets.US_ASCII);
            byte[] mail = Arrays.copyOf(data, data.length + tail.length);
            System.arraycopy(tail, 0, mail, data.length, tail.length);
            rewrite(mail);
        }
    }
}
