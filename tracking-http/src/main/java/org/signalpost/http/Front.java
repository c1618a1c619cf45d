package org.signalpost.http;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.signalpost.store.Unavailable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Every request comes in here and leaves with an answer; nothing that goes wrong inside is told outside. */
final class Front extends Handler.Abstract {
    private static final Logger LOG = LoggerFactory.getLogger(Front.class);

    private final Routes routes;
    private final String start;
    private final AtomicLong count = new AtomicLong();

    /** Requests are named by a word of this start and a number: a pixel is not worth fresh randomness. */
    Front(Routes routes, SecureRandom random) {
        this.routes = routes;
        this.start = "req_" + HexFormat.of().toHexDigits(random.nextInt()) + "-";
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        String id = start + count.incrementAndGet();
        var exchange = new Exchange(request, Request.getPathInContext(request), id, Map.of());
        Reply reply = answer(exchange).with("X-Request-Id", id);
        if (request.getLength() != 0 && !exchange.method().equals("GET")) {
            exchange.drain();
        }
        reply.send(response, callback);
        return true;
    }

    private Reply answer(Exchange exchange) {
        try {
            return routes.answer(exchange);
        } catch (Problem problem) {
            return problem.reply(exchange.id());
        } catch (Unavailable away) {
            return Problem.of(503, "not_available", "The database is away just now; try again.")
                    .with("Retry-After", "2")
                    .reply(exchange.id());
        } catch (RuntimeException e) {
            LOG.error("alarm=request {} {} {}", exchange.id(), exchange.method(), exchange.path(), e);
            return Problem.of(500, "internal_error", "Something went wrong here; the log knows it as " + exchange.id())
                    .reply(exchange.id());
        }
    }
}
