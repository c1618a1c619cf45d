package org.signalpost.mailet;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.signalpost.rewrite.RewriteSettings;
import org.signalpost.rewrite.html.LinkPolicy;
import org.signalpost.settings.DataSize;
import org.signalpost.settings.Key;
import org.signalpost.track.SigningKeys;
import org.signalpost.track.TrackingUrls;

/**
 * What the operator wrote into {@code mailetcontainer.xml}. Immutable and safe to share.
 *
 * @param urls {@code trackingUrl}, required: the address that recipients' clients call; it stands in every mail
 * @param keys the keys in {@code signingKeysFile}, required: the file {@code signing.keys} of tracking-http, or a copy
 * @param rewrite {@code opens} (true), {@code clicks} (true), {@code textLinks} (false), {@code pixel} (bottom; or top,
 *     both, placeholder), {@code excludeHosts} and {@code retiredUrls} (none)
 * @param server {@code server} (as {@code trackingUrl}), {@code apiKeyFile} (required), {@code connectTimeout} (1s),
 *     {@code timeout} (2s) and {@code retryAfter} (30s)
 * @param skip {@code skipSenders} and {@code skipRecipients} (none): addresses, and domains written
 *     {@code @example.org}
 * @param ceiling {@code maxCopies} (100, at most 1000) and {@code maxTotalSize} (64MB)
 * @param processor {@code processor}: where copies go on; empty for the processor they come from
 * @param reasonField {@code reasonField} (false): whether a mail that was not tracked because something failed says so
 *     in a field {@code X-Signalpost-Untracked}; only for a next hop that strips it, as Signalpost's relay does
 */
record Parameters(
        TrackingUrls urls,
        SigningKeys keys,
        RewriteSettings rewrite,
        Server server,
        Skip skip,
        Ceiling ceiling,
        String processor,
        boolean reasonField) {

    /** The names of all parameters. */
    static final Set<String> NAMES = Set.of(
            "trackingUrl",
            "signingKeysFile",
            "opens",
            "clicks",
            "textLinks",
            "pixel",
            "excludeHosts",
            "retiredUrls",
            "server",
            "apiKeyFile",
            "connectTimeout",
            "timeout",
            "retryAfter",
            "skipSenders",
            "skipRecipients",
            "maxCopies",
            "maxTotalSize",
            "processor",
            "reasonField");

    /** What one call registers at most. */
    private static final int MOST_COPIES = 1_000;

    /**
     * Where tracks are registered.
     *
     * @param batch the address of the call
     * @param key the API key
     * @param connect how long a connection may take
     * @param timeout how long the whole exchange may take
     * @param retryAfter how long a server that failed is left alone
     */
    record Server(URI batch, String key, Duration connect, Duration timeout, Duration retryAfter) {
        /** Without the key. */
        @Override
        public String toString() {
            return "Server[" + batch + "]";
        }
    }

    /** Whose mail, and mail to whom, is never tracked. */
    record Skip(Addresses senders, Addresses recipients) {}

    /** How many copies of one mail there may be, and how many octets all of them. */
    record Ceiling(int copies, long octets) {}

    /** @throws IllegalArgumentException one line that names the parameter and says why */
    static Parameters of(Map<String, String> given) {
        TrackingUrls urls = required(given, "trackingUrl", TrackingUrls::new);
        return new Parameters(
                urls,
                required(given, "signingKeysFile", Parameters::signingKeys),
                rewrite(given),
                new Server(
                        value(given, "server", urls.base(), Parameters::batch),
                        required(given, "apiKeyFile", Parameters::apiKey),
                        value(given, "connectTimeout", "1s", Parameters::span),
                        value(given, "timeout", "2s", Parameters::span),
                        value(given, "retryAfter", "30s", Parameters::span)),
                new Skip(
                        value(given, "skipSenders", "", Addresses::of),
                        value(given, "skipRecipients", "", Addresses::of)),
                new Ceiling(
                        value(given, "maxCopies", "100", Parameters::copies),
                        value(
                                given,
                                "maxTotalSize",
                                "64MB",
                                text -> DataSize.parse(text).octets())),
                given.getOrDefault("processor", ""),
                value(given, "reasonField", "false", Parameters::flag));
    }

    private static RewriteSettings rewrite(Map<String, String> given) {
        LinkPolicy.VisibleUrl sameSite = RewriteSettings.Links.defaults().visibleUrl();
        RewriteSettings.Links usual = RewriteSettings.Links.defaults();
        var links = new RewriteSettings.Links(
                List.of(),
                value(given, "retiredUrls", "", list(TrackingUrls::new)),
                value(given, "excludeHosts", "", list(Function.identity())),
                List.of(),
                usual.unsubscribeWords(),
                sameSite,
                usual.oneTime(),
                usual.utm());
        return new RewriteSettings(
                value(given, "opens", "true", Parameters::flag),
                value(given, "clicks", "true", Parameters::flag),
                value(given, "textLinks", "false", Parameters::flag),
                value(given, "pixel", "bottom", Parameters::placement),
                "display:none",
                links,
                RewriteSettings.Headers.defaults(),
                /* sharedCopies= */ false,
                /* listUnsubscribe= */ false);
    }

    private static <T> T required(Map<String, String> given, String name, Function<String, T> parser) {
        if (given.getOrDefault(name, "").isEmpty()) {
            throw new IllegalArgumentException("the parameter " + name + " is missing");
        }
        return value(given, name, "", parser);
    }

    private static <T> T value(Map<String, String> given, String name, String otherwise, Function<String, T> parser) {
        String text = given.getOrDefault(name, "");
        try {
            return parser.apply(text.isEmpty() ? otherwise : text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + " = " + text + ": " + e.getMessage(), e);
        }
    }

    private static <T> Function<String, List<T>> list(Function<String, T> element) {
        return text -> Stream.of(text.split(","))
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .map(element)
                .toList();
    }

    private static Boolean flag(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "yes", "on" -> true;
            case "false", "no", "off" -> false;
            default -> throw new IllegalArgumentException("true or false is wanted");
        };
    }

    private static RewriteSettings.Placement placement(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "bottom" -> RewriteSettings.Placement.BOTTOM;
            case "top" -> RewriteSettings.Placement.TOP;
            case "both" -> RewriteSettings.Placement.BOTH;
            case "placeholder" -> RewriteSettings.Placement.PLACEHOLDER;
            default -> throw new IllegalArgumentException("bottom, top, both or placeholder is wanted");
        };
    }

    private static Duration span(String text) {
        Duration span = Key.parseDuration(text);
        if (span.isZero()) {
            throw new IllegalArgumentException("more than no time is wanted");
        }
        return span;
    }

    private static Integer copies(String text) {
        if (!text.matches("[1-9][0-9]{0,3}") || Integer.parseInt(text) > MOST_COPIES) {
            throw new IllegalArgumentException("1 to " + MOST_COPIES + " is wanted");
        }
        return Integer.parseInt(text);
    }

    private static URI batch(String text) {
        return URI.create(new TrackingUrls(text).base() + "/api/v1/tracks/batch");
    }

    private static String apiKey(String file) {
        String key = read(file).strip();
        if (!key.matches("[!-~]{8,200}")) {
            throw new IllegalArgumentException("the file holds no API key; it is one line");
        }
        return key;
    }

    private static SigningKeys signingKeys(String file) {
        return SigningKeys.parse(read(file));
    }

    /** A name that is not absolute is looked for where James has its own files. */
    private static String read(String file) {
        Path path = Path.of(System.getProperty("working.directory", "")).resolve(file);
        try {
            return Files.readString(path, StandardCharsets.US_ASCII);
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException("there is no file " + path.toAbsolutePath(), e);
        } catch (IOException e) {
            throw new IllegalArgumentException("the file can't be read: " + e, e);
        }
    }
}
