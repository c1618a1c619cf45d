package org.signalpost.http;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.signalpost.net.Network;
import org.signalpost.settings.Settings;

/**
 * How HTTP is answered, and what is expected of clients. Immutable and safe to share.
 *
 * @param listen the address to listen on
 * @param proxyProtocol whether each connection begins with a PROXY header, and has to
 * @param trustedProxies whose X-Forwarded-For is believed
 * @param connections how many there may be at once
 * @param connectionsPerClient how many one address may have; IPv6 counts by /64
 * @param referrerPolicy what a browser tells the destination of a link
 * @param stopDelay how long requests are still taken after the server says that it is not ready
 * @param patience how long clients may take
 */
public record HttpSettings(
        InetSocketAddress listen,
        boolean proxyProtocol,
        List<Network> trustedProxies,
        int connections,
        int connectionsPerClient,
        String referrerPolicy,
        Duration stopDelay,
        Patience patience) {

    /** Copies the list. */
    public HttpSettings {
        trustedProxies = List.copyOf(trustedProxies);
    }

    /**
     * Deadlines; whoever misses one is cut off.
     *
     * @param idle from an answer to the next request
     * @param head from the connection, or the first octet of a later request, to the end of its head
     * @param request from the end of the head to the beginning of the answer, body included
     * @param answer from the beginning of the answer until it is gone
     */
    public record Patience(Duration idle, Duration head, Duration request, Duration answer) {
        /** What people's browsers and programs need. */
        public static final Patience USUAL = new Patience(
                Duration.ofSeconds(60), Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(30));
    }

    /** As the operator configured it. */
    static HttpSettings of(Settings settings) {
        return new HttpSettings(
                settings.value(TrackingKeys.HTTP_LISTEN),
                settings.value(TrackingKeys.PROXY_PROTOCOL),
                settings.value(TrackingKeys.TRUSTED_PROXIES),
                settings.value(TrackingKeys.MAX_CONNECTIONS),
                settings.value(TrackingKeys.MAX_CONNECTIONS_PER_CLIENT),
                settings.value(TrackingKeys.REFERRER_POLICY),
                settings.value(TrackingKeys.STOP_DELAY),
                Patience.USUAL);
    }
}
