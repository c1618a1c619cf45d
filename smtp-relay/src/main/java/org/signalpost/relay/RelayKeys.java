package org.signalpost.relay;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.signalpost.http.TrackingKeys;
import org.signalpost.relay.smtp.Network;
import org.signalpost.settings.Addresses;
import org.signalpost.settings.CommonKeys;
import org.signalpost.settings.DataSize;
import org.signalpost.settings.Key;

/** Every configuration key of the program; {@code config/signalpost.properties} lists the same, held by a test. */
final class RelayKeys {
    /** Where mail goes. */
    enum Mode {
        /** Nowhere: every copy is kept in the outbox. */
        CAPTURE,
        /** To one next hop. */
        SMARTHOST;

        static Optional<Mode> parse(String text) {
            return switch (text.toLowerCase(Locale.ROOT)) {
                case "" -> Optional.empty();
                case "capture" -> Optional.of(CAPTURE);
                case "smarthost" -> Optional.of(SMARTHOST);
                case "direct" ->
                    throw new IllegalArgumentException(
                            "delivery to the recipients' own servers is not there yet; capture or smarthost is wanted");
                default -> throw new IllegalArgumentException("capture or smarthost is wanted");
            };
        }
    }

    static final Key<InetSocketAddress> SMTP_LISTEN = new Key<>(
            "smtp.listen",
            "127.0.0.1:2525",
            "The address that takes mail by SMTP; port 0 picks a free one.",
            Addresses::listen);

    static final Key<List<Network>> TRUSTED_NETWORKS = Key.list(
            "smtp.trusted-networks",
            "127.0.0.0/8,::1/128",
            "The networks that may send through this relay.",
            Network::parse);

    static final Key<String> HOSTNAME = Key.text(
            "smtp.hostname",
            "",
            "What the relay calls itself in the banner, EHLO and Received; empty is the machine's name.");

    static final Key<DataSize> MAX_MESSAGE =
            Key.size("smtp.max-message", "25MB", "The largest mail that is taken, in octets.");

    static final Key<Integer> MAX_RECIPIENTS =
            Key.number("smtp.max-recipients", "1000", "How many recipients one mail may have, at most 3000.");

    static final Key<Optional<Mode>> MODE = new Key<>(
            "delivery.mode",
            "",
            "Where mail goes: capture keeps it in the outbox, smarthost passes it on; empty is smarthost when one is set, else capture.",
            Mode::parse);

    static final Key<Optional<InetSocketAddress>> SMARTHOST =
            new Key<>("delivery.smarthost", "", "The next hop for all mail, HOST:PORT.", Addresses::optionalRemote);

    static final Key<Integer> CONNECTIONS =
            Key.number("delivery.connections", "10", "How many copies go out at the same time.");

    static final Key<List<Duration>> RETRY_STEPS = Key.list(
            "retry.steps",
            "5m,10m,20m,40m,60m",
            "How long to wait after the first, second, … attempt; the last repeats.",
            Key::parseDuration);

    static final Key<Integer> RETRY_JITTER =
            Key.number("retry.jitter", "20", "By how many percent a wait is moved by chance, at most.");

    static final Key<Duration> GIVE_UP =
            Key.duration("retry.give-up-after", "5d", "How long after acceptance there is no further attempt.");

    static final Key<Boolean> OPENS =
            Key.flag("tracking.opens", "true", "Whether a pixel is put into mail that does not say otherwise.");

    static final Key<Boolean> CLICKS =
            Key.flag("tracking.clicks", "true", "Whether links are wrapped in mail that does not say otherwise.");

    /** All of them, in the order of the configuration file. */
    static final List<Key<?>> ALL = Stream.of(
                    CommonKeys.KEYS,
                    TrackingKeys.KEYS,
                    List.<Key<?>>of(SMTP_LISTEN, TRUSTED_NETWORKS, HOSTNAME, MAX_MESSAGE, MAX_RECIPIENTS),
                    List.<Key<?>>of(MODE, SMARTHOST, CONNECTIONS, RETRY_STEPS, RETRY_JITTER, GIVE_UP),
                    List.<Key<?>>of(OPENS, CLICKS))
            .<Key<?>>flatMap(List::stream)
            .toList();

    private RelayKeys() {}
}
