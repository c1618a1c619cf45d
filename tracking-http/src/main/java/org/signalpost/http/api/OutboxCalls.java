package org.signalpost.http.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.signalpost.http.Exchange;
import org.signalpost.http.Json;
import org.signalpost.http.Problem;
import org.signalpost.http.Reply;
import org.signalpost.http.Route;
import org.signalpost.http.Scope;
import org.signalpost.track.CapturedMail;
import org.signalpost.track.MailQueue;
import org.signalpost.track.MessageId;
import org.signalpost.track.Outbox;
import tools.jackson.databind.node.ObjectNode;

/** {@code /outbox}: the copies that were captured instead of being sent. Safe to share. */
public final class OutboxCalls {
    private final Outbox outbox;
    private final Optional<MailQueue> queue;

    /** Shows this outbox; what is in it may go out through {@code queue}, when there is a relay. */
    public OutboxCalls(Outbox outbox, Optional<MailQueue> queue) {
        this.outbox = outbox;
        this.queue = queue;
    }

    /** The routes, below the API's beginning. */
    public List<Route> routes(Access access) {
        var routes = new ArrayList<Route>();
        routes.add(new Route("GET", "/outbox", access.needs(Scope.READ, this::list)));
        routes.add(new Route("GET", "/outbox/{id}", access.needs(Scope.READ, this::detail)));
        routes.add(new Route("GET", "/outbox/{id}/raw", access.needs(Scope.READ, this::raw)));
        queue.ifPresent(relay -> {
            routes.add(new Route(
                    "POST", "/outbox/release", access.needs(Scope.ADMIN, exchange -> releaseAll(exchange, relay))));
            routes.add(new Route(
                    "POST", "/outbox/{id}/release", access.needs(Scope.ADMIN, exchange -> release(exchange, relay))));
        });
        return routes;
    }

    private static Reply release(Exchange exchange, MailQueue relay) {
        String captured = exchange.parameter("id");
        return switch (QueueCalls.kept(() -> relay.release(captured, Access.who(exchange)))) {
            case MailQueue.Released.As(MessageId id) ->
                Reply.json(200, Json.object().put("id", captured).put("messageId", id.toString()));
            case MailQueue.Released.Unknown unknown -> throw Problem.notFound();
            case MailQueue.Released.Nowhere nowhere -> throw nowhere();
        };
    }

    /** Everything, when it is as much as the caller saw. */
    private Reply releaseAll(Exchange exchange, MailQueue relay) {
        Input input = Input.of(exchange);
        long expected = input.number("count");
        input.check();
        List<CapturedMail> captured = outbox.newest(Integer.MAX_VALUE, "");
        if (captured.size() != expected) {
            throw QueueCalls.countDiffers(captured.size(), expected);
        }
        int done = 0;
        // In the order in which they were captured.
        for (CapturedMail mail : captured.reversed()) {
            switch (QueueCalls.kept(() -> relay.release(mail.id(), Access.who(exchange)))) {
                case MailQueue.Released.As as -> done++;
                case MailQueue.Released.Unknown goneMeanwhile -> {}
                case MailQueue.Released.Nowhere nowhere -> throw nowhere();
            }
        }
        return Reply.json(200, Json.object().put("mails", captured.size()).put("done", done));
    }

    private static Problem nowhere() {
        return Problem.of(409, "captured", "Mail is still captured: configure where it goes, then release it.");
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
