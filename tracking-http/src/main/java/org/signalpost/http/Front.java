package org.signalpost.http;

import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Blocker;
import org.eclipse.jetty.util.Callback;
import org.signalpost.http.hit.Hits;
import org.signalpost.store.Unavailable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every request comes in here and leaves with an answer; nothing that goes wrong inside is told outside. Pixels and
 * links are answered without blocking, on the thread that read them; everything else on a virtual thread of its own.
 */
final class Front extends Handler.Abstract.NonBlocking {
    private static final Logger LOG = LoggerFactory.getLogger(Front.class);

    private final Hits hits;
    private final Routes routes;
    private final ClientAddress addresses;
    private final Clients clients;
    private final RequestIds ids;
    private final Bodies bodies;
    private final Executor threads;

    Front(Hits hits, Routes routes, ClientAddress addresses, Clients clients, RequestIds ids) {
        this.hits = hits;
        this.routes = routes;
        this.addresses = addresses;
        this.clients = clients;
        this.ids = ids;
        this.bodies = new Bodies();
        this.threads = Executors.newVirtualThreadPerTaskExecutor();
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        String id = ids.next();
        String path = Request.getPathInContext(request);
        Client client = clients.of(request);
        client.asks();
        Callback end = new End(client, callback);
        if (!hits.answers(request, path, response, end, new HttpField(RequestIds.FIELD, id))) {
            var exchange = new Exchange(request, path, id, addresses.of(request), bodies.share());
            threads.execute(() -> serve(exchange, client, response, end));
        }
        return true;
    }

    /** Ends a request. */
    private record End(Client client, Callback callback) implements Callback {
        @Override
        public void succeeded() {
            client.rests();
            callback.succeeded();
        }

        @Override
        public void failed(Throwable x) {
            client.rests();
            callback.failed(x);
        }

        @Override
        public InvocationType getInvocationType() {
            return InvocationType.NON_BLOCKING;
        }
    }

    private void serve(Exchange exchange, Client client, Response response, Callback end) {
        try {
            Reply reply = exchange.promised(answer(exchange)).with(RequestIds.FIELD, exchange.id());
            client.isAnswered();
            try (Blocker.Callback sent = Blocker.callback()) {
                reply.send(response, sent);
                sent.block();
            }
            exchange.drain();
            end.succeeded();
        } catch (IOException | RuntimeException gone) {
            LOG.debug("{} was not answered: {}", exchange.id(), gone.toString());
            end.failed(gone);
        } finally {
            exchange.close();
        }
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
