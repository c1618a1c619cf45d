package org.signalpost.http;

import java.net.InetSocketAddress;
import java.util.List;
import org.signalpost.settings.Addresses;
import org.signalpost.settings.Key;

/** The configuration keys of the HTTP side. */
public final class TrackingKeys {
    /** Where HTTP is answered. */
    public static final Key<InetSocketAddress> HTTP_LISTEN = new Key<>(
            "http.listen",
            "127.0.0.1:8025",
            "The address that answers pixels, links, the API and the pages.",
            Addresses::listen);

    /** Where the books are. */
    public static final Key<String> DATABASE_URL =
            Key.text("database.url", "", "The JDBC address of the database; empty is H2 in the data directory.");

    /** All of them, in the order of the configuration file. */
    public static final List<Key<?>> KEYS = List.of(HTTP_LISTEN, DATABASE_URL);

    private TrackingKeys() {}
}
