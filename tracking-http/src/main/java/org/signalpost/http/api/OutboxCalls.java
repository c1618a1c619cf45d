package org.signalpost.http.api;

import java.util.List;
import org.signalpost.http.Exchange;
import org.signalpost.http.Json;
import org.signalpost.http.Problem;
import org.signalpost.http.Reply;
import org.signalpost.http.Route;
import org.signalpost.http.Scope;
import org.signalpost.track.CapturedMail;
import org.signalpost.track.Outbox;
import tools.jackson.databind.node.ObjectNode;

/** {@code /outbox}: the copies that were captured instead of being sent. Safe to share. */
public final class OutboxCalls {
    private final Outbox outbox;

    /** Shows this outbox. */
    public OutboxCalls(Outbox outbox) {
        this.outbox = outbox;
    }

    /** The routes, below the API's beginning. */
    public List<Route> routes(Access access) {
        return List.of(
                new Route("GET", "/outbox", access.needs(Scope.READ, this::list)),
                new Route("GET", "/outbox/{id}", access.needs(Scope.READ, this::detail)),
                new Route("GET", "/outbox/{id}/raw", access.needs(Scope.READ, this::raw)));
    }

    private Reply list(Exchange exchange) {
        Page page = Page.of(exchange, "outbox");
        return page.reply(outbox.newest(page.read(), page.behind().orElse("")), OutboxCalls::json, CapturedMail::id);
    }

    private Reply detail(Exchange exchange) {
        return outbox.find(exchange.parameter("id"))
                .map(mail -> Reply.json(200, json(mail)))
                .orElseThrow(Problem::notFound);
    }

    private Reply raw(Exchange exchange) {
        return outbox.octets(exchange.parameter("id"))
                .map(octets -> Reply.of(200, "message/rfc822", octets).with("Cache-Control", "no-store"))
                .orElseThrow(Problem::notFound);
    }

    private static ObjectNode json(CapturedMail mail) {
        ObjectNode body = Json.object()
                .put("id", mail.id())
                .put("messageId", mail.message().toString())
                .put("capturedAt", Json.time(mail.at()))
                .put("sender", mail.sender())
                .put("recipient", mail.recipient());
        Json.put(body, "subject", mail.subject());
        body.put("size", mail.size());
        Json.put(body, "trackId", mail.track());
        Json.put(body, "reason", mail.reason());
        return body;
    }
}
