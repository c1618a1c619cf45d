package org.signalpost.http.hit;

import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.signalpost.event.Event;
import org.signalpost.event.EventLog;
import org.signalpost.http.ClientAddress;
import org.signalpost.http.Exchange;
import org.signalpost.http.Problem;
import org.signalpost.http.Reply;
import org.signalpost.http.Route;
import org.signalpost.track.LinkToken;
import org.signalpost.track.SigningKeys;
import org.signalpost.track.TrackId;

/**
 * Answers pixels and links, from memory and the event log alone: whatever else is broken, a pixel is a picture and a
 * signed link leads where it was signed to. No thread waits for the disk.
 *
 * <p>Safe to share.
 */
public final class Hits implements AutoCloseable {
    /** How long a pixel or a link waits for the disk. */
    private static final Duration PATIENCE = Duration.ofMillis(50);

    private static final List<String> PIXELS = List.of("/api/t/", "/mail/track/open/");
    private static final String LINK = "/c/";
    private static final String GIF_ENDING = ".gif";

    /** One transparent pixel, GIF89a. */
    private static final byte[] GIF =
            Base64.getDecoder().decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==");

    private static final byte[] NO_LINK = """
            <!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <title>Not a link of ours</title><style>:root{color-scheme:light dark}
            body{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:20vh auto;padding:0 1rem}</style>
            <h1>This link does not work</h1>
            <p>It is not complete, or it was changed on its way. Open it once more from the mail it came in.</p></html>
            """.getBytes(StandardCharsets.UTF_8);

    private final SigningKeys keys;
    private final ClientAddress addresses;
    private final InstantSource clock;
    private final HitLine line;
    private final Answer pixel;
    private final Answer redirect;
    private final Answer noLink;

    /** Links are those signed with these keys; hits go into this log, and are answered by the reader of connections. */
    public Hits(
            SigningKeys keys,
            EventLog log,
            ClientAddress addresses,
            String referrerPolicy,
            Executor reader,
            MeterRegistry metrics,
            InstantSource clock) {
        this.keys = keys;
        this.addresses = addresses;
        this.clock = clock;
        this.line = new HitLine(log, PATIENCE, reader, metrics);
        this.pixel = new Answer(
                200,
                List.of(
                        Answer.field("Content-Type", "image/gif"),
                        Answer.field("X-Content-Type-Options", "nosniff"),
                        Answer.field("Cache-Control", "no-store, no-cache, must-revalidate, private, max-age=0"),
                        Answer.field("Pragma", "no-cache"),
                        Answer.field("Expires", "0"),
                        Answer.field("Cross-Origin-Resource-Policy", "cross-origin")),
                GIF);
        this.redirect = new Answer(
                302,
                List.of(
                        Answer.field("Cache-Control", "no-store"),
                        Answer.field("Referrer-Policy", referrerPolicy),
                        Answer.field("X-Robots-Tag", "noindex")),
                new byte[0]);
        this.noLink = new Answer(
                404,
                List.of(
                        Answer.field("Content-Type", "text/html; charset=utf-8"),
                        Answer.field("X-Content-Type-Options", "nosniff"),
                        Answer.field("Cache-Control", "no-store"),
                        Answer.field("Content-Security-Policy", Reply.PAGE_POLICY),
                        Answer.field("Referrer-Policy", "same-origin"),
                        Answer.field("X-Robots-Tag", "noindex")),
                NO_LINK);
    }

    /** Begins to take hits. */
    public void start() {
        line.start();
    }

    /** What stands beside the hits, and their paths for those who ask by another method. */
    public List<Route> routes() {
        return List.of(
                new Route("GET", "/api/t/{id}", Hits::taken),
                new Route("GET", "/mail/track/open/{id}", Hits::taken),
                new Route("GET", "/c/{token}", Hits::taken),
                new Route("GET", "/robots.txt", Hits::robots));
    }

    private static Reply taken(Exchange exchange) {
        throw Problem.notFound();
    }

    /**
     * Answers when it is a pixel or a link that is asked for, at once or when the log has it; does not block.
     *
     * @param path the path in the request, decoded
     * @param id one more field of the answer
     */
    public boolean answers(Request request, String path, Response response, Callback callback, HttpField id) {
        boolean head = request.getMethod().equals("HEAD");
        if (!head && !request.getMethod().equals("GET")) {
            return false;
        }
        if (isOneBelow(LINK, path)) {
            link(request, head, path.substring(LINK.length()), response, callback, id);
            return true;
        }
        for (String below : PIXELS) {
            if (isOneBelow(below, path)) {
                int end = path.endsWith(GIF_ENDING) ? path.length() - GIF_ENDING.length() : path.length();
                pixel(
                        request,
                        head,
                        path.substring(below.length(), Math.max(end, below.length())),
                        response,
                        callback,
                        id);
                return true;
            }
        }
        return false;
    }

    /** Whether the path is this beginning and one segment that is not empty. */
    private static boolean isOneBelow(String beginning, String path) {
        return path.length() > beginning.length()
                && path.startsWith(beginning)
                && path.indexOf('/', beginning.length()) < 0;
    }

    private void pixel(Request request, boolean head, String name, Response response, Callback callback, HttpField id) {
        Optional<TrackId> track = head ? Optional.empty() : TrackId.parse(name);
        if (track.isEmpty()) {
            pixel.send(response, callback, id);
            return;
        }
        var opened = new Event.Opened(track.get(), clock.instant(), visitor(request), place(request));
        line.take(opened, new Hit(line, pixel, response, callback, System.nanoTime(), id));
    }

    private void link(Request request, boolean head, String text, Response response, Callback callback, HttpField id) {
        Optional<LinkToken> token =
                LinkToken.verify(text, keys).filter(read -> read.kind() != LinkToken.Kind.UNSUBSCRIBE);
        if (token.isEmpty()) {
            noLink.send(response, callback, id);
            return;
        }
        LinkToken link = token.get();
        var location = new HttpField(HttpHeader.LOCATION, LinkToken.location(link.destination()));
        if (head) {
            redirect.send(response, callback, location, id);
            return;
        }
        var clicked =
                new Event.Clicked(link.track(), clock.instant(), visitor(request), link.number(), link.destination());
        line.take(clicked, new Hit(line, redirect, response, callback, System.nanoTime(), location, id));
    }

    /** Where in the mail the pixel stands: one letter, else nothing. */
    private static String place(Request request) {
        String query = Optional.ofNullable(request.getHttpURI().getQuery()).orElse("");
        int at = ("&" + query).indexOf("&p=") + 2;
        boolean one = at >= 2 && at < query.length() && (at + 1 == query.length() || query.charAt(at + 1) == '&');
        return one && query.charAt(at) >= 'a' && query.charAt(at) <= 'z' ? query.substring(at, at + 1) : "";
    }

    private Event.Visitor visitor(Request request) {
        return new Event.Visitor(
                addresses.of(request),
                Optional.ofNullable(request.getHeaders().get(HttpHeader.USER_AGENT))
                        .orElse(""));
    }

    private static Reply robots(Exchange exchange) {
        return Reply.of(
                200, "text/plain; charset=utf-8", "User-agent: *\nDisallow: /\n".getBytes(StandardCharsets.US_ASCII));
    }

    /** Ends; to be called when nothing is asked any more. */
    @Override
    public void close() {
        line.close();
    }
}
