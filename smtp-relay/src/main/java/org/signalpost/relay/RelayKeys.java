package org.signalpost.relay;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.signalpost.http.TrackingKeys;
import org.signalpost.rewrite.Dialect;
import org.signalpost.rewrite.RewriteSettings;
import org.signalpost.rewrite.html.LinkPolicy;
import org.signalpost.settings.CommonKeys;
import org.signalpost.settings.Key;
import org.signalpost.track.TrackingUrls;

/** Every configuration key of the program; {@code config/signalpost.properties} lists the same, held by a test. */
final class RelayKeys {
    static final Key<Boolean> OPENS =
            Key.flag("tracking.opens", "true", "Whether a pixel is put into mail that does not say otherwise.");

    static final Key<Boolean> CLICKS =
            Key.flag("tracking.clicks", "true", "Whether links are wrapped in mail that does not say otherwise.");

    static final Key<Boolean> TEXT_LINKS = Key.flag(
            "rewrite.text-links", "false", "Whether links in text/plain are wrapped as well; they become long.");

    static final Key<RewriteSettings.Placement> PIXEL = new Key<>(
            "rewrite.pixel",
            "bottom",
            "Where the pixel goes: bottom, top, both, or placeholder (only where the mail has one).",
            RelayKeys::placement);

    static final Key<String> PIXEL_STYLE = new Key<>(
            "rewrite.pixel.style",
            "display:none",
            "The style of the pixel, in letters, digits and :;-.",
            RelayKeys::style);

    static final Key<List<TrackingUrls>> OTHER_URLS = Key.list(
            "rewrite.other-urls",
            "",
            "Further tracking addresses, which a mail chooses by X-Signalpost-Tracking-Domain.",
            TrackingUrls::new);

    static final Key<Boolean> SHARED_COPIES = new Key<>(
            "rewrite.copies",
            "individual",
            "Whether each recipient has a copy and a track of their own (individual), or all share one (shared).",
            text -> choice(text, "shared", "individual"));

    static final Key<Boolean> KEEP_FAILURES = Key.flag(
            "rewrite.keep-failures",
            "false",
            "Whether mail whose rewriting failed is kept in the data directory, for a report; it went out untouched.");

    static final Key<List<TrackingUrls>> RETIRED_URLS = Key.list(
            "rewrite.retired-urls", "", "Tracking addresses that stand in mail sent before.", TrackingUrls::new);

    static final Key<List<String>> EXCLUDE_HOSTS = Key.list(
            "rewrite.links.exclude-hosts",
            "",
            "Hosts whose links are never wrapped, with everything below them.",
            Function.identity());

    static final Key<List<String>> ONLY_HOSTS = Key.list(
            "rewrite.links.only-hosts",
            "",
            "When set, only links to these hosts are wrapped, with everything below them.",
            Function.identity());

    static final Key<List<String>> UNSUBSCRIBE_WORDS = Key.list(
            "rewrite.links.unsubscribe-words",
            String.join(",", LinkPolicy.UNSUBSCRIBE_WORDS),
            "Words in an address that mark a link as unsubscribing, which is never wrapped.",
            Function.identity());

    static final Key<LinkPolicy.VisibleUrl> VISIBLE_URL = new Key<>(
            "rewrite.links.visible-url",
            "same-site",
            "Links whose text is itself an address: same-site (wrapped when it is below that site), skip or wrap.",
            RelayKeys::visibleUrl);

    static final Key<Boolean> ONE_TIME_LINKS = new Key<>(
            "rewrite.links.one-time",
            "skip",
            "Links that look like credentials or signed addresses: skip or wrap.",
            text -> choice(text, "skip", "wrap"));

    static final Key<List<String>> UTM_HOSTS = Key.list(
            "rewrite.utm.hosts", "", "Hosts whose links get UTM parameters where they lack them.", Function.identity());

    static final Key<String> UTM_SOURCE = Key.text("rewrite.utm.source", "", "The utm_source that is added.");

    static final Key<String> UTM_MEDIUM = Key.text("rewrite.utm.medium", "email", "The utm_medium that is added.");

    static final Key<List<Dialect>> DIALECTS = Key.list(
            "rewrite.headers.dialects",
            Stream.of(Dialect.values()).map(Dialect::word).collect(Collectors.joining(",")),
            "The sending services whose control fields are understood and stripped.",
            RelayKeys::dialect);

    static final Key<List<String>> KEPT_FIELDS =
            Key.list("rewrite.headers.keep", "", "Control fields that go out all the same.", Function.identity());

    static final Key<Boolean> STRICT_FIELDS = Key.flag(
            "rewrite.headers.strict",
            "false",
            "Whether mail with a control field that can't be read is refused (550 5.6.0).");

    static final Key<Boolean> LIST_UNSUBSCRIBE = Key.flag(
            "rewrite.list-unsubscribe",
            "false",
            "Whether tracked mail without a List-Unsubscribe field gets one (RFC 8058).");

    private static RewriteSettings.Placement placement(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "bottom" -> RewriteSettings.Placement.BOTTOM;
            case "top" -> RewriteSettings.Placement.TOP;
            case "both" -> RewriteSettings.Placement.BOTH;
            case "placeholder" -> RewriteSettings.Placement.PLACEHOLDER;
            default -> throw new IllegalArgumentException("bottom, top, both or placeholder is wanted");
        };
    }

    private static String style(String text) {
        if (!text.matches("[A-Za-z0-9:;. -]{0,100}")) {
            throw new IllegalArgumentException("at most 100 letters, digits, blanks and : ; . - are wanted");
        }
        return text;
    }

    private static LinkPolicy.VisibleUrl visibleUrl(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "same-site" -> LinkPolicy.VisibleUrl.SAME_SITE;
            case "skip" -> LinkPolicy.VisibleUrl.SKIP;
            case "wrap" -> LinkPolicy.VisibleUrl.WRAP;
            default -> throw new IllegalArgumentException("same-site, skip or wrap is wanted");
        };
    }

    private static boolean choice(String text, String yes, String no) {
        String word = text.toLowerCase(Locale.ROOT);
        if (!word.equals(yes) && !word.equals(no)) {
            throw new IllegalArgumentException(yes + " or " + no + " is wanted");
        }
        return word.equals(yes);
    }

    private static Dialect dialect(String text) {
        return Dialect.of(text).orElseThrow(() -> new IllegalArgumentException("there is no dialect " + text));
    }

    /** All of them, in the order of the configuration file. */
    static final List<Key<?>> ALL = Stream.of(
                    CommonKeys.KEYS,
                    TrackingKeys.KEYS,
                    SmtpKeys.ALL,
                    DeliveryKeys.ALL,
                    List.<Key<?>>of(OPENS, CLICKS),
                    List.<Key<?>>of(TEXT_LINKS, PIXEL, PIXEL_STYLE, OTHER_URLS, SHARED_COPIES, KEEP_FAILURES),
                    List.<Key<?>>of(RETIRED_URLS, EXCLUDE_HOSTS, ONLY_HOSTS),
                    List.<Key<?>>of(UNSUBSCRIBE_WORDS, VISIBLE_URL, ONE_TIME_LINKS),
                    List.<Key<?>>of(UTM_HOSTS, UTM_SOURCE, UTM_MEDIUM),
                    List.<Key<?>>of(DIALECTS, KEPT_FIELDS, STRICT_FIELDS, LIST_UNSUBSCRIBE))
            .<Key<?>>flatMap(List::stream)
            .toList();

    private RelayKeys() {}
}
