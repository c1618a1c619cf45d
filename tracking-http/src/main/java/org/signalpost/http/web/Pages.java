package org.signalpost.http.web;

import static org.signalpost.http.web.Html.text;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import org.signalpost.http.Exchange;
import org.signalpost.http.Json;
import org.signalpost.http.Problem;
import org.signalpost.http.Reply;
import org.signalpost.http.Route;
import org.signalpost.http.Scope;
import org.signalpost.http.api.Access;
import org.signalpost.rewrite.HtmlBody;
import org.signalpost.rewrite.RawMessage;
import org.signalpost.store.Account;
import org.signalpost.store.Message;
import org.signalpost.store.MessageStore;
import org.signalpost.store.Track;
import org.signalpost.store.TrackQuery;
import org.signalpost.store.TrackStore;
import org.signalpost.store.Unavailable;
import org.signalpost.track.CapturedMail;
import org.signalpost.track.Outbox;
import tools.jackson.databind.JsonNode;

/** The pages: the newest tracks, the outbox, one captured mail. For people who are signed in. Safe to share. */
public final class Pages {
    private static final int SHOWN = 50;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss 'UTC'").withZone(ZoneOffset.UTC);

    /** What a mail may do in its frame: show pictures and styles, open its links in a new tab, and nothing else. */
    private static final String FRAME = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none';"
            + " img-src http: https: data:; style-src 'unsafe-inline' http: https:; font-src http: https: data:";

    private final Sessions sessions;
    private final Access access;
    private final TrackStore tracks;
    private final MessageStore messages;
    private final Outbox outbox;

    /** Shows what is in the stores and the outbox. */
    public Pages(Sessions sessions, Access access, TrackStore tracks, MessageStore messages, Outbox outbox) {
        this.sessions = sessions;
        this.access = access;
        this.tracks = tracks;
        this.messages = messages;
        this.outbox = outbox;
    }

    /** The routes of the pages. */
    public List<Route> routes() {
        return List.of(
                new Route("GET", "/", signedIn(this::newest)),
                new Route("GET", "/outbox", signedIn(this::outbox)),
                new Route("GET", "/outbox/{id}", signedIn(this::mail)),
                new Route("GET", "/outbox/{id}/html", signedIn(this::html)),
                new Route("GET", "/sign-in", exchange -> form(200, "")),
                new Route("POST", "/sign-in", this::signIn),
                new Route("GET", "/sign-in/{word}", this::invited));
    }

    private Route.Call signedIn(Route.Call call) {
        return exchange -> sessions.knows(exchange)
                ? call.on(exchange)
                : Reply.empty(303).with("Location", "/sign-in").with("Cache-Control", "no-store");
    }

    private static Reply form(int status, String wrong) {
        String complaint = wrong.isEmpty() ? "" : "<p class=\"warn\" role=\"alert\">" + text(wrong) + "</p>";
        return Reply.page(status, Html.page("Sign in", "", "<h1>Sign in</h1>" + complaint + """
                        <p class="soft">With an API key that may read; the first one stands in the file <code>admin.key</code> of
                        the data directory. Each start also prints a link that signs in once.</p>
                        <form method="post" action="/sign-in"><p><input type="password" name="key" aria-label="API key" required
                        autofocus autocomplete="current-password"><button>Sign in</button></p></form>"""));
    }

    private Reply signIn(Exchange exchange) {
        String body = new String(exchange.body(4_096), StandardCharsets.US_ASCII);
        String key = body.startsWith("key=") ? decoded(body.substring(4)) : "";
        boolean good = access.granted(key.strip())
                .filter(scopes -> scopes.contains(Scope.READ))
                .isPresent();
        return good ? welcome(sessions.begin()) : form(403, "That is not a key that may read.");
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    private Reply invited(Exchange exchange) {
        return sessions.accept(exchange.parameter("word"))
                .map(Pages::welcome)
                .orElseGet(() -> form(403, "That link was used before, or is older than an hour."));
    }

    private static Reply welcome(String cookie) {
        return Reply.empty(303)
                .with("Set-Cookie", cookie)
                .with("Location", "/outbox")
                .with("Cache-Control", "no-store");
    }

    private Reply newest(Exchange exchange) {
        var rows = new StringBuilder();
        List<Track> found = tracks.page(Account.FIRST, TrackQuery.all(), Optional.empty(), SHOWN);
        for (Track track : found) {
            rows.append("<li><span>")
                    .append(subject(track.made().subject()))
                    .append("</span><span class=\"soft\">")
                    .append(text(track.made().recipient()))
                    .append("</span><span class=\"soft\">")
                    .append(time(track.made().createdAt()))
                    .append("</span><span>")
                    .append(counts(track))
                    .append("</span></li>");
        }
        String body = found.isEmpty()
                ? "<p>No track yet. Send a mail through the relay; it appears here within a second.</p>"
                : "<ul class=\"rows\">" + rows + "</ul>";
        return Reply.page(200, Html.page("Tracks", "Tracks", "<h1>The newest tracks</h1>" + body));
    }

    private static String counts(Track track) {
        if (track.opens() == 0 && track.clicks() == 0) {
            return "<span class=\"soft\">not opened</span>";
        }
        return "<span class=\"good\">" + count(track.opens(), "open") + "<br>" + count(track.clicks(), "click")
                + "</span>";
    }

    private static String count(long number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    private static String subject(String subject) {
        return subject.isEmpty() ? "<i>no subject</i>" : text(subject);
    }

    private static String time(Instant time) {
        return TIME.format(time);
    }

    private Reply outbox(Exchange exchange) {
        List<CapturedMail> found =
                outbox.newest(SHOWN + 1, exchange.query("before").orElse(""));
        List<CapturedMail> shown = found.subList(0, Math.min(found.size(), SHOWN));
        var rows = new StringBuilder();
        for (CapturedMail mail : shown) {
            rows.append("<li><a href=\"/outbox/")
                    .append(text(mail.id()))
                    .append("\">")
                    .append(subject(mail.subject()))
                    .append("</a><span class=\"soft\">")
                    .append(text(mail.recipient()))
                    .append("</span><span class=\"soft\">")
                    .append(time(mail.at()))
                    .append("</span>")
                    .append(verdict(mail))
                    .append("</li>");
        }
        String body = shown.isEmpty()
                ? "<p>Nothing was captured yet. Without a smarthost, every mail sent through the relay is kept here.</p>"
                : "<ul class=\"rows\">" + rows + "</ul>";
        String more = found.size() > SHOWN
                ? "<p><a href=\"/outbox?before=" + text(shown.getLast().id()) + "\">Older mail</a></p>"
                : "";
        return Reply.page(200, Html.page("Outbox", "Outbox", "<h1>Captured mail</h1>" + body + more));
    }

    private static String verdict(CapturedMail mail) {
        return mail.track().isEmpty()
                ? "<span class=\"warn\">untouched: " + text(mail.reason()) + "</span>"
                : "<span class=\"good\">tracked</span>";
    }

    private Reply mail(Exchange exchange) {
        CapturedMail mail = outbox.find(exchange.parameter("id")).orElseThrow(Problem::notFound);
        byte[] octets = outbox.octets(mail.id()).orElseThrow(Problem::notFound);
        var body = new StringBuilder("<h1>" + subject(mail.subject()) + "</h1><div class=\"card\"><dl>");
        field(body, "From", mail.sender().isEmpty() ? "<>" : mail.sender());
        field(body, "To", mail.recipient());
        field(body, "Captured", time(mail.at()));
        field(body, "Size", mail.size() + " octets");
        field(body, "Message", mail.message().toString());
        field(body, "Track", mail.track().isEmpty() ? "none: " + mail.reason() : mail.track());
        body.append("</dl></div>");
        if (HtmlBody.of(RawMessage.of(octets)).isPresent()) {
            body.append("<h2>As its reader sees it <span class=\"soft\">(looking at it counts as an open)</span></h2>")
                    .append(
                            "<iframe title=\"The mail\" sandbox=\"allow-popups allow-popups-to-escape-sandbox\" src=\"/outbox/")
                    .append(text(mail.id()))
                    .append("/html\"></iframe>");
        }
        explanation(mail).ifPresent(json -> links(body, json));
        body.append("<h2>Its octets</h2><pre>").append(text(source(octets))).append("</pre>");
        return Reply.page(200, Html.page(mail.subject(), "Outbox", body.toString()));
    }

    private static void field(StringBuilder body, String name, String value) {
        body.append("<dt>").append(name).append("</dt><dd>").append(text(value)).append("</dd>");
    }

    /** Why each link was tracked or not; not there while the database is away or behind. */
    private Optional<JsonNode> explanation(CapturedMail mail) {
        try {
            return messages.find(Account.FIRST, mail.message().toString()).stream()
                    .flatMap(message -> message.recipients().stream())
                    .filter(recipient -> recipient.address().equals(mail.recipient()))
                    .map(Message.Recipient::explanation)
                    .findFirst()
                    .flatMap(Json::readOwn);
        } catch (Unavailable away) {
            return Optional.empty();
        }
    }

    private static void links(StringBuilder body, JsonNode explanation) {
        if (explanation.path("links").isEmpty()) {
            return;
        }
        body.append("<h2>Its links</h2><div class=\"card\"><table><tr><th>Link<th>What became of it</tr>");
        for (JsonNode link : explanation.path("links")) {
            String reason = link.path("reason").asString("");
            body.append("<tr><td>")
                    .append(text(link.path("href").asString("")))
                    .append("<td class=\"")
                    .append(reason.isEmpty() ? "good" : "warn")
                    .append("\">")
                    .append(text(link.path("outcome").asString("") + (reason.isEmpty() ? "" : ": " + reason)))
                    .append("</tr>");
        }
        body.append("</table></div>");
    }

    private static String source(byte[] octets) {
        int shown = Math.min(octets.length, 65_536);
        String text = new String(octets, 0, shown, StandardCharsets.UTF_8);
        return shown < octets.length ? text + "\n… " + (octets.length - shown) + " octets more" : text;
    }

    private Reply html(Exchange exchange) {
        String html = outbox.octets(exchange.parameter("id"))
                .flatMap(octets -> HtmlBody.of(RawMessage.of(octets)))
                .orElseThrow(Problem::notFound);
        return Reply.page(200, "<base target=\"_blank\">" + html)
                .with("Content-Security-Policy", FRAME)
                .with("Referrer-Policy", "no-referrer");
    }
}
