package org.signalpost.http;

import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** What Jetty refuses before it gets to us, said as we say it and without a word of what we are made of. */
final class Refusals implements Request.Handler {
    private final RequestIds ids;

    Refusals(RequestIds ids) {
        this.ids = ids;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        String id = ids.next();
        problem(response.getStatus()).reply(id).with(RequestIds.FIELD, id).send(response, callback);
        return true;
    }

    private static Problem problem(int status) {
        return switch (status) {
            case 408 -> Problem.of(408, "too_slow", "The request took too long.");
            case 413 -> Problem.of(413, "too_large", "The body is too long.");
            case 414 -> Problem.of(414, "address_too_long", "The address is too long.");
            case 417 -> Problem.of(417, "expectation_failed", "Only 100-continue can be expected.");
            case 431 -> Problem.of(431, "head_too_large", "The head of the request is too long.");
            case 505 -> Problem.of(505, "http_version", "HTTP 1.1 is spoken here.");
            case 503 -> Problem.of(503, "stopping", "The server is about to stop.");
            default ->
                status >= 400 && status < 500
                        ? Problem.of(status, "bad_request", "The request can't be understood.")
                        : Problem.of(500, "internal_error", "Something went wrong here.");
        };
    }
}
