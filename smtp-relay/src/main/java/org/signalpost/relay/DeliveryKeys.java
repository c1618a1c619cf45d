package org.signalpost.relay;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.signalpost.relay.client.Hop;
import org.signalpost.settings.Addresses;
import org.signalpost.settings.Key;

/** The configuration keys of delivering. */
final class DeliveryKeys {
    /** Where mail goes. */
    enum Mode {
        /** Nowhere: every copy is kept in the outbox. */
        CAPTURE,
        /** To one next hop. */
        SMARTHOST,
        /** To the recipients' own servers. */
        DIRECT;

        static Optional<Mode> parse(String text) {
            return switch (text.toLowerCase(Locale.ROOT)) {
                case "" -> Optional.empty();
                case "capture" -> Optional.of(CAPTURE);
                case "smarthost" -> Optional.of(SMARTHOST);
                case "direct" -> Optional.of(DIRECT);
                default -> throw new IllegalArgumentException("capture, smarthost or direct is wanted");
            };
        }
    }

    static final Key<Optional<Mode>> MODE = new Key<>(
            "delivery.mode",
            "",
            "Where mail goes: capture keeps it in the outbox, smarthost passes it on, direct finds the recipients' servers; empty is smarthost when one is set, else capture.",
            Mode::parse);

    static final Key<Optional<InetSocketAddress>> SMARTHOST =
            new Key<>("delivery.smarthost", "", "The next hop for all mail, HOST:PORT.", Addresses::optionalRemote);

    static final Key<Optional<Hop.Tls>> SMARTHOST_TLS = new Key<>(
            "delivery.smarthost-tls",
            "",
            "TLS to the smarthost: required, opportunistic, implicit or none; empty is required, or opportunistic on this machine.",
            DeliveryKeys::tls);

    static final Key<String> SMARTHOST_USER =
            Key.text("delivery.smarthost-user", "", "The user to sign in with at the smarthost.");

    static final Key<String> SMARTHOST_PASSWORD_FILE =
            Key.text("delivery.smarthost-password-file", "", "The file that holds that user's password.");

    static final Key<String> SMARTHOST_CA_FILE = Key.text(
            "delivery.smarthost-ca-file",
            "",
            "A PEM file of the issuers that next hops' certificates end in; empty is the system's.");

    static final Key<Duration> OUTBOX_KEEP = Key.duration("outbox.keep", "7d", "How long a captured copy is kept.");

    static final Key<Integer> OUTBOX_MOST =
            Key.number("outbox.most", "1000", "How many captured copies are kept; those captured first go first.");

    static final Key<String> ROUTES_FILE = Key.text(
            "delivery.routes-file",
            "",
            "A file of lines DOMAIN HOST:PORT TLS [USER PASSWORD-FILE]: mail for these domains goes there.");

    static final Key<Optional<InetSocketAddress>> DNS_SERVER = new Key<>(
            "delivery.dns-server",
            "",
            "The name server that delivery.mode = direct asks, HOST:PORT; empty is the system's.",
            Addresses::optionalRemote);

    static final Key<Integer> DIRECT_PORT = Key.number(
            "delivery.direct-port", "25", "The port of the recipients' servers with delivery.mode = direct.");

    static final Key<Integer> COPIES_PER_CONNECTION =
            Key.number("delivery.messages-per-connection", "100", "For how many copies a connection is used.");

    static final Key<Duration> IDLE =
            Key.duration("delivery.idle", "5s", "How long a connection is kept for the next copy.");

    static final Key<Boolean> PIPELINING = Key.flag(
            "delivery.pipelining",
            "true",
            "Whether MAIL, RCPT and DATA go out together where the next hop offers it (RFC 2920).");

    static final Key<Integer> CONNECTIONS =
            Key.number("delivery.connections", "10", "How many copies go out at the same time on one route.");

    static final Key<List<Duration>> RETRY_STEPS = Key.list(
            "retry.steps",
            "5m,10m,20m,40m,60m",
            "How long to wait after the first, second, … attempt; the last repeats.",
            Key::parseDuration);

    static final Key<Integer> RETRY_JITTER =
            Key.number("retry.jitter", "20", "By how many percent a wait is moved by chance, at most.");

    static final Key<Duration> GIVE_UP =
            Key.duration("retry.give-up-after", "5d", "How long after acceptance there is no further attempt.");

    static final Key<Optional<Duration>> DELAY_NOTICE = new Key<>(
            "bounce.delay-notice-after",
            "",
            "After how long a sender is told that a mail is still waiting, once; empty is never, 4h is usual.",
            text -> text.isEmpty() ? Optional.empty() : Optional.of(Key.parseDuration(text)));

    static final Key<String> DKIM_KEYS_FILE = Key.text(
            "dkim.keys-file", "", "A file of lines DOMAIN SELECTOR KEY.PEM: mail from these domains is signed.");

    static final Key<Boolean> DKIM_RESIGN = Key.flag(
            "dkim.resign",
            "false",
            "Whether mail that arrives signed by domains whose keys we have is tracked and signed again.");

    private static Optional<Hop.Tls> tls(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(tlsWord(text));
    }

    static Hop.Tls tlsWord(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "required" -> Hop.Tls.REQUIRED;
            case "opportunistic" -> Hop.Tls.OPPORTUNISTIC;
            case "implicit" -> Hop.Tls.IMPLICIT;
            case "none" -> Hop.Tls.NONE;
            default -> throw new IllegalArgumentException("required, opportunistic, implicit or none is wanted");
        };
    }

    static final List<Key<?>> ALL = List.of(
            MODE,
            SMARTHOST,
            SMARTHOST_TLS,
            SMARTHOST_USER,
            SMARTHOST_PASSWORD_FILE,
            SMARTHOST_CA_FILE,
            OUTBOX_KEEP,
            OUTBOX_MOST,
            ROUTES_FILE,
            DNS_SERVER,
            DIRECT_PORT,
            CONNECTIONS,
            COPIES_PER_CONNECTION,
            IDLE,
            PIPELINING,
            RETRY_STEPS,
            RETRY_JITTER,
            GIVE_UP,
            DELAY_NOTICE,
            DKIM_KEYS_FILE,
            DKIM_RESIGN);

    private DeliveryKeys() {}
}
