package org.signalpost.http.api;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.signalpost.http.Exchange;
import org.signalpost.http.Json;
import org.signalpost.http.Problem;
import org.signalpost.http.Reply;
import org.signalpost.http.Route;
import org.signalpost.http.Scope;
import org.signalpost.journal.JournalException;
import org.signalpost.store.Message;
import org.signalpost.store.MessageStore;
import org.signalpost.track.MailQueue;
import org.signalpost.track.MessageId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code /queue}: what waits, and what an operator may do to it. Safe to share. */
public final class QueueCalls {
    private static final Logger LOG = LoggerFactory.getLogger(QueueCalls.class);
    private static final int LONGEST_TEXT = 400;
    private static final String ROUTE = "[!-~\\x{80}-\\x{10ffff}]{1,300}";

    private final MailQueue queue;
    private final MessageStore messages;
    private final InstantSource clock;

    /** Acts on this queue; {@code messages} knows what has left it. */
    public QueueCalls(MailQueue queue, MessageStore messages, InstantSource clock) {
        this.queue = queue;
        this.messages = messages;
        this.clock = clock;
    }

    /** The routes, below the API's beginning. */
    public List<Route> routes(Access access) {
        var routes = new ArrayList<Route>();
        routes.add(new Route("GET", "/queue", access.needs(Scope.ADMIN, this::list)));
        routes.add(new Route("GET", "/queue/summary", access.needs(Scope.ADMIN, exchange -> summary())));
        routes.add(new Route("GET", "/queue/{id}", access.needs(Scope.ADMIN, this::detail)));
        routes.add(new Route("GET", "/queue/{id}/raw", access.needs(Scope.ADMIN, this::original)));
        routes.add(new Route("DELETE", "/queue/{id}", access.needs(Scope.ADMIN, call -> one(call, "drop"))));
        for (String act : List.of("retry", "hold", "release", "bounce")) {
            routes.add(new Route("POST", "/queue/{id}/" + act, access.needs(Scope.ADMIN, call -> one(call, act))));
        }
        for (String act : List.of("retry", "hold", "release", "bounce", "drop")) {
            routes.add(new Route("POST", "/queue/" + act, access.needs(Scope.ADMIN, call -> all(call, act))));
        }
        routes.add(new Route(
                "POST", "/routes/{route}/pause", access.needs(Scope.ADMIN, call -> pause(call, /* stop= */ true))));
        routes.add(new Route(
                "POST", "/routes/{route}/resume", access.needs(Scope.ADMIN, call -> pause(call, /* stop= */ false))));
        return routes;
    }

    private Reply list(Exchange exchange) {
        MailQueue.Filter filter = QueueFilter.of(exchange, clock.instant());
        Page page = Page.of(exchange, "queue " + QueueFilter.given(exchange));
        Optional<MessageId> behind =
                page.behind().map(text -> MessageId.parse(text).orElseThrow(Page::badCursor));
        return page.reply(
                queue.list(filter, behind, page.read()),
                QueueCalls::json,
                mail -> mail.id().toString());
    }

    private Reply summary() {
        MailQueue.Summary summary = queue.summary();
        ObjectNode body = Json.object();
        ObjectNode states = body.putObject("states");
        summary.states().forEach(states::put);
        var routes = body.putArray("routes");
        for (MailQueue.RouteFigures route : summary.routes()) {
            ObjectNode one = routes.addObject()
                    .put("route", route.route())
                    .put("waiting", route.waiting())
                    .put("underWay", route.underWay())
                    .put("perMinute", route.perMinute());
            Json.put(one, "oldest", route.oldest());
            Json.put(one, "suspendedUntil", route.suspendedUntil());
            one.put("paused", route.paused());
            Json.put(one, "lastError", route.lastError());
        }
        return Reply.json(200, body);
    }

    private Reply detail(Exchange exchange) {
        MailQueue.Mail mail = known(exchange);
        ObjectNode body = json(mail);
        queue.tracking(mail.id())
                .ifPresentOrElse(
                        tracking -> Json.put(
                                body.putObject("tracking").put("tracked", tracking.tracked()),
                                "reason",
                                tracking.reason()),
                        () -> body.putNull("tracking"));
        return Reply.json(200, body);
    }

    private MailQueue.Mail known(Exchange exchange) {
        return id(exchange).flatMap(queue::find).orElseThrow(() -> gone(exchange));
    }

    private static Optional<MessageId> id(Exchange exchange) {
        return MessageId.parse(exchange.parameter("id"));
    }

    /** 409 for what is settled, 404 for what never was. */
    private Problem gone(Exchange exchange) {
        return id(exchange)
                .flatMap(id -> messages.find(id.toString()))
                .map(message -> settled(message.recipients().stream().map(recipient -> recipient.status())))
                .orElseGet(Problem::notFound);
    }

    private Reply original(Exchange exchange) {
        return id(exchange)
                .flatMap(id -> kept(() -> queue.original(id, Access.who(exchange))))
                .map(octets -> Reply.of(200, "message/rfc822", octets).with("Cache-Control", "no-store"))
                .orElseThrow(() -> gone(exchange));
    }

    private Reply one(Exchange exchange, String word) {
        MailQueue.Mail mail = known(exchange);
        Input input = Input.optional(exchange);
        MailQueue.Act act = act(word, input);
        Set<String> recipients = Set.copyOf(input.texts("recipients").orElse(List.of()));
        input.check();
        MailQueue.Result result = kept(() -> queue.act(act, mail.id(), recipients, Access.who(exchange)));
        if (result.done().isEmpty() && result.underWay().isEmpty()) {
            throw nobody(mail, recipients);
        }
        ObjectNode body = Json.object().put("id", mail.id().toString());
        put(body, result);
        return Reply.json(200, body);
    }

    /** What is to be said when there was nobody to act on: they are settled, here or in the books, or nobody's. */
    private Problem nobody(MailQueue.Mail mail, Set<String> recipients) {
        Predicate<String> asked =
                address -> recipients.isEmpty() || recipients.stream().anyMatch(address::equalsIgnoreCase);
        List<String> states = Stream.concat(
                        mail.recipients().stream()
                                .filter(recipient -> asked.test(recipient.address()))
                                .map(MailQueue.Recipient::state),
                        messages.find(mail.id().toString()).stream()
                                .flatMap(message -> message.recipients().stream())
                                .filter(recipient -> !recipients.isEmpty() && asked.test(recipient.address()))
                                .map(Message.Recipient::status))
                .toList();
        return states.isEmpty()
                ? Problem.invalid("recipients", "none of them is a recipient of this mail")
                : settled(states.stream());
    }

    private static Problem settled(Stream<String> states) {
        return Problem.of(
                409,
                "settled",
                "It is too late: "
                        + String.join(", ", states.distinct().sorted().toList()) + ".");
    }

    /** What the log can't keep, or give, is for another try. */
    static <T> T kept(Supplier<T> act) {
        try {
            return act.get();
        } catch (JournalException e) {
            if (e.why() == JournalException.Cause.DAMAGED) {
                throw Problem.of(409, "damaged", "What the log holds of it is damaged.")
                        .causedBy(e);
            }
            LOG.error("alarm=queue-act {}", e.getMessage());
            throw Problem.of(503, "not_kept", "The log of mail can't do that just now; what was done is in the log.")
                    .with("Retry-After", "2")
                    .causedBy(e);
        }
    }

    private static void put(ObjectNode body, MailQueue.Result result) {
        var done = body.putArray("done");
        result.done().forEach(done::add);
        var underWay = body.putArray("underWay");
        result.underWay().forEach(underWay::add);
    }

    private static MailQueue.Act act(String word, Input input) {
        return switch (word) {
            case "retry" -> new MailQueue.Act.Retry(input.flag("force"));
            case "hold" -> new MailQueue.Act.Hold();
            case "release" -> new MailQueue.Act.Release();
            case "drop" -> new MailQueue.Act.Drop();
            case "bounce" -> new MailQueue.Act.Bounce(input.text("text", LONGEST_TEXT));
            default -> throw new IllegalArgumentException(word);
        };
    }

    /** For all mails that match the filter of the query, when their number is the one that the caller saw. */
    private Reply all(Exchange exchange, String word) {
        Input input = Input.of(exchange);
        MailQueue.Act act = act(word, input);
        long expected = input.number("count");
        input.check();
        MailQueue.Filter filter = QueueFilter.of(exchange, clock.instant());
        int count = Math.clamp(expected, -1, Integer.MAX_VALUE);
        return switch (kept(() -> queue.actOnAll(act, filter, count, Access.who(exchange)))) {
            case MailQueue.Bulk.Done(int mails, int done, int underWay) ->
                Reply.json(
                        200, Json.object().put("mails", mails).put("done", done).put("underWay", underWay));
            case MailQueue.Bulk.Differs(int mails) -> throw countDiffers(mails, expected);
        };
    }

    static Problem countDiffers(int found, long expected) {
        return Problem.of(409, "count_differs", found + " mails match, not " + expected + "; nothing was done.");
    }

    /** Brackets of an IPv6 address come as they were sent. */
    private static String route(String given) {
        try {
            String route = URLDecoder.decode(given.replace("+", "%2B"), StandardCharsets.UTF_8);
            if (route.matches(ROUTE)) {
                return route;
            }
        } catch (IllegalArgumentException e) {
            LOG.debug("not percent-encoded: {}", e.getMessage());
        }
        throw Problem.invalid("route", "the name of a route is wanted, as the summary shows it");
    }

    private Reply pause(Exchange exchange, boolean stop) {
        String route = route(exchange.parameter("route"));
        if (!queue.pause(route, stop, Access.who(exchange))) {
            throw Problem.of(503, "not_kept", "That could not be kept; nothing was changed.")
                    .with("Retry-After", "2");
        }
        return Reply.json(200, Json.object().put("route", route).put("paused", stop));
    }

    private static ObjectNode json(MailQueue.Mail mail) {
        ObjectNode body = Json.object()
                .put("id", mail.id().toString())
                .put("acceptedAt", Json.time(mail.acceptedAt()))
                .put("sender", mail.sender());
        Json.put(body, "keyId", mail.key());
        Json.put(body, "subject", mail.subject());
        body.put("priority", mail.priority()).put("size", mail.size());
        var recipients = body.putArray("recipients");
        for (MailQueue.Recipient recipient : mail.recipients()) {
            ObjectNode one = recipients
                    .addObject()
                    .put("recipient", recipient.address())
                    .put("state", recipient.state())
                    .put("route", recipient.route())
                    .put("attempts", recipient.attempts());
            Json.put(one, "nextTryAt", recipient.nextTry());
            one.put("since", Json.time(recipient.since()));
            Json.put(one, "status", recipient.status());
            Json.put(one, "reply", recipient.reply());
        }
        return body;
    }
}
