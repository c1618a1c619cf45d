package org.signalpost.relay;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;
import org.signalpost.process.DataDirectory;
import org.signalpost.relay.client.Hop;
import org.signalpost.relay.client.SmtpPool;
import org.signalpost.relay.delivery.Capture;
import org.signalpost.retry.RetrySchedule;
import org.signalpost.settings.Addresses;
import org.signalpost.settings.ConfigurationException;
import org.signalpost.settings.Settings;

/** What the operator configured of delivering. Immutable and safe to share. */
final class DeliverySettings {
    private final Settings settings;
    private final DeliveryKeys.Mode mode;
    private final boolean insecureAllowed;

    /** Checks what one value says against the others. */
    DeliverySettings(Settings settings) {
        this.settings = settings;
        this.insecureAllowed = settings.value(SmtpKeys.ALLOW_INSECURE);
        this.mode = settings.value(DeliveryKeys.MODE)
                .orElse(
                        settings.given(DeliveryKeys.SMARTHOST)
                                ? DeliveryKeys.Mode.SMARTHOST
                                : DeliveryKeys.Mode.CAPTURE);
        if (mode == DeliveryKeys.Mode.SMARTHOST
                && settings.value(DeliveryKeys.SMARTHOST).isEmpty()) {
            throw new ConfigurationException("delivery.mode = smarthost: delivery.smarthost is not set");
        }
        if (settings.value(DeliveryKeys.RETRY_STEPS).isEmpty()) {
            throw new ConfigurationException("retry.steps = : at least one step is wanted");
        }
    }

    DeliveryKeys.Mode mode() {
        return mode;
    }

    /** The next hop for all mail, when there is one. */
    Optional<Hop> smarthost() {
        if (mode != DeliveryKeys.Mode.SMARTHOST) {
            return Optional.empty();
        }
        InetSocketAddress address = settings.value(DeliveryKeys.SMARTHOST).orElseThrow();
        Optional<Hop.Login> login = login();
        boolean loopback = isLoopback(address.getHostString());
        Hop.Tls tls = settings.value(DeliveryKeys.SMARTHOST_TLS)
                .orElse(loopback && login.isEmpty() ? Hop.Tls.OPPORTUNISTIC : Hop.Tls.REQUIRED);
        return Optional.of(
                checked("delivery.smarthost-tls = ", new Hop(address.getHostString(), address.getPort(), tls, login)));
    }

    private Optional<Hop.Login> login() {
        String user = settings.value(DeliveryKeys.SMARTHOST_USER);
        String file = settings.value(DeliveryKeys.SMARTHOST_PASSWORD_FILE);
        if (user.isEmpty() != file.isEmpty()) {
            throw new ConfigurationException(
                    "delivery.smarthost-user and delivery.smarthost-password-file belong together: one is missing");
        }
        return user.isEmpty()
                ? Optional.empty()
                : Optional.of(new Hop.Login(user, password("delivery.smarthost-password-file", Path.of(file))));
    }

    private static String password(String what, Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new ConfigurationException(what + " = " + file + " can't be read: " + DataDirectory.reason(e), e);
        }
    }

    /** No password in clear, and nothing in clear to elsewhere unless that was asked for. */
    private Hop checked(String where, Hop hop) {
        boolean weak = hop.tls() == Hop.Tls.NONE || hop.tls() == Hop.Tls.OPPORTUNISTIC;
        if (hop.login().isPresent() && weak) {
            throw new ConfigurationException(where + hop.tls().name().toLowerCase(java.util.Locale.ROOT)
                    + ": a password goes only over TLS that is required or implicit");
        }
        if (hop.tls() == Hop.Tls.NONE && !insecureAllowed && !isLoopback(hop.host())) {
            throw new ConfigurationException(
                    where + "none: mail goes in clear only on this machine, or with smtp.allow-insecure = true");
        }
        return hop;
    }

    private static boolean isLoopback(String host) {
        if (host.equalsIgnoreCase("localhost")) {
            return true;
        }
        try {
            return host.matches("[0-9.]+|.*:.*") && InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** The exceptions by recipient's domain. */
    Map<String, Hop> exceptions() {
        String name = settings.value(DeliveryKeys.ROUTES_FILE);
        var hops = new LinkedHashMap<String, Hop>();
        if (name.isEmpty()) {
            return hops;
        }
        Path file = Path.of(name);
        try {
            int number = 0;
            for (String line : Files.readAllLines(file)) {
                number++;
                String text = line.replaceFirst("#.*", "").strip();
                if (!text.isEmpty()) {
                    String where = "delivery.routes-file = " + file + ":" + number + ": ";
                    String[] words = text.split("\\s+");
                    Hop hop = hop(where, words, file);
                    oneWay(where, hop, hops.values());
                    hops.put(words[0], hop);
                }
            }
        } catch (IOException e) {
            throw new ConfigurationException(
                    "delivery.routes-file = " + file + " can't be read: " + DataDirectory.reason(e), e);
        }
        return hops;
    }

    /** A host and its port are one route: with two ways to talk to it one would be taken for the other's mail. */
    private void oneWay(String where, Hop hop, Collection<Hop> others) {
        boolean differs = Stream.concat(others.stream(), smarthost().stream())
                .anyMatch(other -> other.toString().equals(hop.toString()) && !other.equals(hop));
        if (differs) {
            throw new ConfigurationException(
                    where + hop + " is used with another TLS or login already; that has to be the same");
        }
    }

    private Hop hop(String where, String[] words, Path file) {
        if (words.length != 3 && words.length != 5) {
            throw new ConfigurationException(where + "DOMAIN HOST:PORT TLS [USER PASSWORD-FILE] is wanted");
        }
        try {
            InetSocketAddress address = Addresses.remote(words[1]);
            Optional<Hop.Login> login = words.length == 3
                    ? Optional.empty()
                    : Optional.of(new Hop.Login(words[3], password(where, file.resolveSibling(words[4]))));
            return checked(
                    where, new Hop(address.getHostString(), address.getPort(), DeliveryKeys.tlsWord(words[2]), login));
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(where + e.getMessage(), e);
        }
    }

    /** What the outbox keeps. */
    Capture.Keep outbox() {
        return new Capture.Keep(settings.value(DeliveryKeys.OUTBOX_KEEP), settings.value(DeliveryKeys.OUTBOX_MOST));
    }

    /** Where mail goes, in words. */
    String destination() {
        return switch (mode) {
            case CAPTURE -> "nowhere: every copy is kept in the outbox";
            case SMARTHOST -> smarthost().map(hop -> "to the smarthost " + hop).orElseThrow();
            case DIRECT -> "to the recipients' own servers, on port " + directPort();
        };
    }

    int connections() {
        return Math.max(settings.value(DeliveryKeys.CONNECTIONS), 1);
    }

    SmtpPool.Reuse reuse() {
        return new SmtpPool.Reuse(
                settings.value(DeliveryKeys.IDLE),
                settings.value(DeliveryKeys.COPIES_PER_CONNECTION),
                settings.value(DeliveryKeys.PIPELINING));
    }

    /** The file of the issuers that are trusted; empty for the system's. */
    Optional<Path> issuers() {
        return path(settings.value(DeliveryKeys.SMARTHOST_CA_FILE));
    }

    Optional<Path> dkimKeys() {
        return path(settings.value(DeliveryKeys.DKIM_KEYS_FILE));
    }

    private static Optional<Path> path(String name) {
        return name.isEmpty() ? Optional.empty() : Optional.of(Path.of(name));
    }

    boolean resign() {
        return settings.value(DeliveryKeys.DKIM_RESIGN);
    }

    Optional<InetSocketAddress> dnsServer() {
        return settings.value(DeliveryKeys.DNS_SERVER);
    }

    int directPort() {
        return settings.value(DeliveryKeys.DIRECT_PORT);
    }

    Optional<Duration> delayNotice() {
        return settings.value(DeliveryKeys.DELAY_NOTICE);
    }

    Duration giveUpAfter() {
        return settings.value(DeliveryKeys.GIVE_UP);
    }

    RetrySchedule retry(DoubleSupplier chance) {
        return new RetrySchedule(
                settings.value(DeliveryKeys.RETRY_STEPS),
                Math.min(settings.value(DeliveryKeys.RETRY_JITTER), 100) / 100.0,
                giveUpAfter(),
                chance);
    }
}
