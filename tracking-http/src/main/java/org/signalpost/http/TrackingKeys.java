package org.signalpost.http;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.signalpost.net.Network;
import org.signalpost.settings.Addresses;
import org.signalpost.settings.Key;

/** The configuration keys of the HTTP side. */
public final class TrackingKeys {
    private static final List<String> REFERRER_POLICIES = List.of(
            "no-referrer",
            "no-referrer-when-downgrade",
            "origin",
            "origin-when-cross-origin",
            "same-origin",
            "strict-origin",
            "strict-origin-when-cross-origin",
            "unsafe-url");

    /** Where HTTP is answered. */
    public static final Key<InetSocketAddress> HTTP_LISTEN = new Key<>(
            "http.listen",
            "127.0.0.1:8025",
            "The address that answers pixels, links, the API and the pages.",
            Addresses::listen);

    /** Whether a proxy announces each client. */
    public static final Key<Boolean> PROXY_PROTOCOL = Key.flag(
            "http.proxy-protocol",
            "false",
            "Whether only a proxy reaches that address, which says by a PROXY header who comes.");

    /** Whose X-Forwarded-For is believed. */
    public static final Key<List<Network>> TRUSTED_PROXIES = Key.list(
            "http.trusted-proxies",
            "",
            "The networks of the proxies whose X-Forwarded-For is believed; nobody else's is looked at.",
            Network::parse);

    /** Connections. */
    public static final Key<Integer> MAX_CONNECTIONS =
            Key.number("http.max-connections", "5000", "How many clients may be connected at once.");

    /** Connections of one client. */
    public static final Key<Integer> MAX_CONNECTIONS_PER_CLIENT = Key.number(
            "http.max-connections-per-client",
            "100",
            "How many connections one address may have at once, trusted proxies excepted; IPv6 counts by /64.");

    /** What a destination learns of where a click came from. */
    public static final Key<String> REFERRER_POLICY = new Key<>(
            "http.referrer-policy",
            "no-referrer",
            "What browsers tell the page a link leads to of where they came from (a value of Referrer-Policy).",
            TrackingKeys::referrerPolicy);

    /** The pause before the end. */
    public static final Key<Duration> STOP_DELAY = Key.duration(
            "http.stop-delay",
            "3s",
            "How long requests are still taken, for balancers to notice, after /health/ready began to say that the end is near.");

    /** Where the books are. */
    public static final Key<String> DATABASE_URL =
            Key.text("database.url", "", "The JDBC address of the database; empty is H2 in the data directory.");

    /** All of them, in the order of the configuration file. */
    public static final List<Key<?>> KEYS = List.of(
            HTTP_LISTEN,
            PROXY_PROTOCOL,
            TRUSTED_PROXIES,
            MAX_CONNECTIONS,
            MAX_CONNECTIONS_PER_CLIENT,
            REFERRER_POLICY,
            STOP_DELAY,
            DATABASE_URL);

    private TrackingKeys() {}

    private static String referrerPolicy(String text) {
        if (!REFERRER_POLICIES.contains(text)) {
            throw new IllegalArgumentException("one of these is wanted: " + String.join(", ", REFERRER_POLICIES));
        }
        return text;
    }
}
