package org.signalpost.http.hit;

import java.time.InstantSource;
import java.util.List;
import org.signalpost.event.Event;
import org.signalpost.event.EventLog;
import org.signalpost.http.Exchange;
import org.signalpost.http.Problem;
import org.signalpost.http.Reply;
import org.signalpost.http.Route;
import org.signalpost.journal.JournalException;
import org.signalpost.track.LinkToken;
import org.signalpost.track.SigningKeys;

/**
 * One-click unsubscription (RFC 8058): a POST is all it takes and is kept before it is confirmed; a GET only asks,
 * because scanners fetch links. Safe to share.
 */
public final class Unsubscribe {
    private final SigningKeys keys;
    private final EventLog log;
    private final InstantSource clock;

    /** Takes addresses signed with these keys; wishes go into this log. */
    public Unsubscribe(SigningKeys keys, EventLog log, InstantSource clock) {
        this.keys = keys;
        this.log = log;
        this.clock = clock;
    }

    /** The paths. */
    public List<Route> routes() {
        return List.of(new Route("GET", "/u/{token}", this::ask), new Route("POST", "/u/{token}", this::take));
    }

    private LinkToken token(Exchange exchange) {
        return LinkToken.verify(exchange.parameter("token"), keys)
                .filter(token -> token.kind() == LinkToken.Kind.UNSUBSCRIBE)
                .orElseThrow(Problem::notFound);
    }

    private Reply ask(Exchange exchange) {
        token(exchange);
        return page("Unsubscribe?", """
                <p>You will get no more mail of this kind from its sender.</p>
                <form method="post"><button>Unsubscribe</button></form>""");
    }

    private Reply take(Exchange exchange) {
        LinkToken token = token(exchange);
        try {
            log.keep(new Event.Unsubscribed(token.track(), clock.instant()));
        } catch (JournalException e) {
            throw Problem.of(503, "not_kept", "This could not be kept just now; try again.")
                    .with("Retry-After", "5")
                    .causedBy(e);
        }
        return page("You are unsubscribed", "<p>The sender has been told.</p>");
    }

    private static Reply page(String title, String body) {
        return Reply.page(200, """
                <!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
                <title>%s</title><style>:root{color-scheme:light dark}
                body{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:20vh auto;padding:0 1rem}
                button{font:inherit;padding:.5rem 1rem}</style><h1>%s</h1>%s</html>
                """.formatted(title, title, body)).with("X-Robots-Tag", "noindex");
    }
}
