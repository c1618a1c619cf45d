package org.signalpost.http.hit;

import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.signalpost.event.Event;
import org.signalpost.event.EventLog;
import org.signalpost.http.Exchange;
import org.signalpost.http.Problem;
import org.signalpost.http.Reply;
import org.signalpost.http.Route;
import org.signalpost.track.LinkToken;
import org.signalpost.track.SigningKeys;
import org.signalpost.track.TrackId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers pixels and links, from memory and the event log alone: whatever else is broken, a pixel is a picture and a
 * signed link leads where it was signed to.
 *
 * <p>Safe to share.
 */
public final class Hits {
    private static final Logger LOG = LoggerFactory.getLogger(Hits.class);

    /** One transparent pixel, GIF89a. */
    private static final byte[] GIF =
            Base64.getDecoder().decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==");

    private static final Reply PIXEL = Reply.of(200, "image/gif", GIF)
            .with("Cache-Control", "no-store, no-cache, must-revalidate, private, max-age=0")
            .with("Pragma", "no-cache")
            .with("Expires", "0")
            .with("Cross-Origin-Resource-Policy", "cross-origin");

    private static final Reply NO_LINK = Reply.page(404, """
            <!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <title>Not a link of ours</title><style>:root{color-scheme:light dark}
            body{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:20vh auto;padding:0 1rem}</style>
            <h1>This link does not work</h1>
            <p>It is not complete, or it was changed on its way. Open it once more from the mail it came in.</p></html>
            """).with("X-Robots-Tag", "noindex");

    private final SigningKeys keys;
    private final EventLog log;
    private final InstantSource clock;

    /** Links are those signed with these keys; hits go into this log. */
    public Hits(SigningKeys keys, EventLog log, InstantSource clock) {
        this.keys = keys;
        this.log = log;
        this.clock = clock;
    }

    /** The paths of pixels and links. */
    public List<Route> routes() {
        return List.of(
                new Route("GET", "/api/t/{id}", this::pixel),
                new Route("GET", "/mail/track/open/{id}", this::pixel),
                new Route("GET", "/c/{token}", this::link),
                new Route("GET", "/robots.txt", Hits::robots));
    }

    private static Reply robots(Exchange exchange) {
        return Reply.of(
                200, "text/plain; charset=utf-8", "User-agent: *\nDisallow: /\n".getBytes(StandardCharsets.US_ASCII));
    }

    private Reply pixel(Exchange exchange) {
        if (!exchange.isHead()) {
            try {
                String name = exchange.parameter("id");
                String id = name.endsWith(".gif") ? name.substring(0, name.length() - 4) : name;
                TrackId.parse(id)
                        .ifPresent(track -> log.offer(
                                new Event.Opened(track, clock.instant(), visitor(exchange), place(exchange))));
            } catch (RuntimeException e) {
                LOG.error("alarm=hit a pixel was answered and not kept: {}", e.toString(), e);
            }
        }
        return PIXEL;
    }

    /** Where in the mail the pixel stands: one letter, else nothing. */
    private static String place(Exchange exchange) {
        try {
            return exchange.query("p").filter(p -> p.matches("[a-z]")).orElse("");
        } catch (Problem malformed) {
            return "";
        }
    }

    private Reply link(Exchange exchange) {
        Optional<LinkToken> token = LinkToken.verify(exchange.parameter("token"), keys)
                .filter(read -> read.kind() != LinkToken.Kind.UNSUBSCRIBE);
        if (token.isEmpty()) {
            return NO_LINK;
        }
        LinkToken link = token.get();
        if (!exchange.isHead()) {
            try {
                log.offer(new Event.Clicked(
                        link.track(), clock.instant(), visitor(exchange), link.number(), link.destination()));
            } catch (RuntimeException e) {
                LOG.error("alarm=hit a click was answered and not kept: {}", e.toString(), e);
            }
        }
        return Reply.empty(302)
                .with("Location", LinkToken.location(link.destination()))
                .with("Cache-Control", "no-store")
                .with("Referrer-Policy", "no-referrer")
                .with("X-Robots-Tag", "noindex");
    }

    private static Event.Visitor visitor(Exchange exchange) {
        return new Event.Visitor(exchange.address(), exchange.userAgent());
    }
}
