package org.signalpost.http.api;

import java.util.List;
import org.signalpost.http.Exchange;
import org.signalpost.http.Json;
import org.signalpost.http.Problem;
import org.signalpost.http.Reply;
import org.signalpost.http.Route;
import org.signalpost.http.Scope;
import org.signalpost.store.Message;
import org.signalpost.store.MessageStore;
import org.signalpost.track.MessageId;
import tools.jackson.databind.node.ObjectNode;

/** {@code /messages}: what became of each mail, and why it was tracked or not. Safe to share. */
final class MessageCalls {
    private final MessageStore store;

    /** Reads from this store. */
    MessageCalls(MessageStore store) {
        this.store = store;
    }

    /** The routes, below the API's beginning. */
    List<Route> routes(Access access) {
        return List.of(
                new Route("GET", "/messages", access.granted(Scope.READ, this::list)),
                new Route("GET", "/messages/{id}", access.granted(Scope.READ, this::detail)));
    }

    private Reply list(Exchange exchange, Caller caller) {
        Page page = Page.of(exchange, caller.account() + " messages");
        String before = page.behind().orElse("");
        if (!before.isEmpty() && MessageId.parse(before).isEmpty()) {
            throw Page.badCursor();
        }
        return page.reply(store.page(caller.account(), before, page.read()), MessageCalls::json, Message::id);
    }

    private Reply detail(Exchange exchange, Caller caller) {
        return MessageId.parse(exchange.parameter("id"))
                .flatMap(id -> store.find(caller.account(), id.toString()))
                .map(message -> Reply.json(200, json(message)))
                .orElseThrow(Problem::notFound);
    }

    private static ObjectNode json(Message message) {
        ObjectNode body = Json.object()
                .put("id", message.id())
                .put("acceptedAt", Json.time(message.acceptedAt()))
                .put("sender", message.sender());
        Json.put(body, "subject", message.subject());
        body.put("size", message.size());
        var recipients = body.putArray("recipients");
        for (Message.Recipient recipient : message.recipients()) {
            ObjectNode one =
                    recipients.addObject().put("recipient", recipient.address()).put("status", recipient.status());
            Json.put(one, "trackId", recipient.track());
            Json.put(one, "reason", recipient.reason());
            Json.put(one, "reply", recipient.reply());
            one.put("at", Json.time(recipient.at()));
            Json.put(one, "nextTryAt", recipient.nextTryAt());
            Json.readOwn(recipient.explanation())
                    .ifPresentOrElse(json -> one.set("explanation", json), () -> one.putNull("explanation"));
        }
        return body;
    }
}
