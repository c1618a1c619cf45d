package org.signalpost.http.api;

import java.util.Optional;
import org.signalpost.http.Exchange;
import org.signalpost.http.Problem;
import org.signalpost.http.Reply;
import org.signalpost.store.ApiKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What browsers may do for web pages of others (the CORS protocol of the Fetch standard): call with a public key what
 * public keys may call, and read the answer. Nothing else is for them.
 */
final class WebPages {
    private static final Logger LOG = LoggerFactory.getLogger(WebPages.class);

    private WebPages() {}

    /** The answer to a preflight; it comes without a key, so it is the same for every page. */
    static Reply preflight(Exchange exchange) {
        return Reply.empty(204)
                .with("Access-Control-Allow-Origin", "*")
                .with("Access-Control-Allow-Methods", "POST")
                .with("Access-Control-Allow-Headers", "Authorization, Content-Type, Idempotency-Key")
                .with("Access-Control-Max-Age", "86400");
    }

    /**
     * Lets the page read the answer.
     *
     * @throws Problem when the key is not for this page
     */
    static void admit(Exchange exchange, Caller caller) {
        Optional<String> page = exchange.header("Origin");
        if (!caller.origins().isEmpty()
                && page.filter(caller.origins()::contains).isEmpty()) {
            throw Problem.of(403, "origin_not_allowed", "The key is not for this web page.");
        }
        if (page.isPresent()) {
            exchange.promise("Access-Control-Allow-Origin", "*");
            exchange.promise(
                    "Access-Control-Expose-Headers",
                    "X-Request-Id, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, Retry-After,"
                            + " Idempotency-Replayed");
        }
    }

    /**
     * Refuses a secret that stands in a page, unless it is our own page.
     *
     * @throws Problem when it is somebody else's
     */
    static void guard(Exchange exchange, Caller caller, String own) {
        Optional<String> page = exchange.header("Origin").filter(from -> !from.equals(own));
        if (page.isPresent() && caller.kind() != ApiKey.Kind.PUBLIC) {
            LOG.warn("alarm=key-in-browser key={} was used by a web page", caller.key());
            throw Problem.of(403, "secret_key_in_browser", "A web page must not hold this key; revoke it.");
        }
    }
}
