package org.signalpost.relay;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.signalpost.http.Configuration;
import org.signalpost.http.TrackingKeys;
import org.signalpost.http.TrackingSettings;
import org.signalpost.relay.smtp.SmtpSettings;
import org.signalpost.relay.spool.Spool;
import org.signalpost.rewrite.RewriteSettings;
import org.signalpost.rewrite.html.LinkPolicy;
import org.signalpost.settings.Addresses;
import org.signalpost.settings.CommonKeys;
import org.signalpost.settings.Settings;
import org.signalpost.track.TrackingUrls;

/** What the operator configured, as the parts of the program want it. Immutable and safe to share. */
final class RelaySettings {
    /** Room for the next segments of the log. */
    private static final long LEAST_FREE = 128L << 20;

    private final String source;
    private final Settings settings;
    private final DeliverySettings delivery;
    private final ReceivingSettings receiving;

    private RelaySettings(String source, Settings settings) {
        this.source = source;
        this.settings = settings;
        this.delivery = new DeliverySettings(settings);
        this.receiving = new ReceivingSettings(settings);
    }

    /**
     * Reads the file, or the installation's own when {@code config} is empty; the environment wins.
     *
     * @throws ConfigurationException one line that says where and why
     */
    static RelaySettings load(String config, Path home, Map<String, String> environment) {
        Path file = config.isEmpty() ? home.resolve("config").resolve("signalpost.properties") : Path.of(config);
        String source = file.toString();
        if (config.isEmpty() && !Files.exists(file)) {
            return of("defaults", "", environment);
        }
        return new RelaySettings(source, Configuration.load(file, environment, RelayKeys.ALL));
    }

    /** From the text of a file. */
    static RelaySettings of(String source, String text, Map<String, String> environment) {
        return new RelaySettings(source, Configuration.read(source, text, environment, RelayKeys.ALL));
    }

    /** Where the settings came from. */
    String source() {
        return source;
    }

    /** The values themselves. */
    Settings values() {
        return settings;
    }

    Path dataDirectory() {
        return settings.value(CommonKeys.DATA_DIRECTORY);
    }

    TrackingUrls urls() {
        return settings.value(CommonKeys.PUBLIC_URL);
    }

    /** Where mail is taken. */
    List<InetSocketAddress> smtpListen() {
        return receiving.addresses();
    }

    ReceivingSettings receiving() {
        return receiving;
    }

    InetSocketAddress httpListen() {
        return settings.value(TrackingKeys.HTTP_LISTEN);
    }

    DeliverySettings delivery() {
        return delivery;
    }

    /** Below so many octets free no mail is taken: the next segments of the log, and a mail that is coming in. */
    long leastFree() {
        long largest = smtp().rules().maxMessage();
        return largest + largest / 2 + LEAST_FREE;
    }

    SmtpSettings smtp() {
        return receiving.smtp(hostname());
    }

    /** What the spool may use. */
    Spool.Limits spool() {
        return new Spool.Limits(
                settings.value(SmtpKeys.SPOOL_MEMORY).octets(), Math.max(delivery.connections() / 2, 1));
    }

    /** Whether Received fields show who submitted a mail. */
    boolean showsClient() {
        return settings.value(SmtpKeys.TRACE_CLIENT);
    }

    RewriteSettings rewrite() {
        var links = new RewriteSettings.Links(
                settings.value(RelayKeys.OTHER_URLS),
                settings.value(RelayKeys.RETIRED_URLS),
                settings.value(RelayKeys.EXCLUDE_HOSTS),
                settings.value(RelayKeys.ONLY_HOSTS),
                settings.value(RelayKeys.UNSUBSCRIBE_WORDS),
                settings.value(RelayKeys.VISIBLE_URL),
                settings.value(RelayKeys.ONE_TIME_LINKS),
                new LinkPolicy.Utm(
                        settings.value(RelayKeys.UTM_HOSTS),
                        settings.value(RelayKeys.UTM_SOURCE),
                        settings.value(RelayKeys.UTM_MEDIUM)));
        Set<String> kept = settings.value(RelayKeys.KEPT_FIELDS).stream()
                .map(name -> name.toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());
        var headers = new RewriteSettings.Headers(
                Set.copyOf(settings.value(RelayKeys.DIALECTS)), kept, settings.value(RelayKeys.STRICT_FIELDS));
        return new RewriteSettings(
                settings.value(RelayKeys.OPENS),
                settings.value(RelayKeys.CLICKS),
                settings.value(RelayKeys.TEXT_LINKS),
                settings.value(RelayKeys.PIXEL),
                settings.value(RelayKeys.PIXEL_STYLE),
                links,
                headers,
                settings.value(RelayKeys.SHARED_COPIES),
                settings.value(RelayKeys.LIST_UNSUBSCRIBE));
    }

    TrackingSettings tracking(String adminKey) {
        return TrackingSettings.of(settings, adminKey);
    }

    /** What the relay calls itself; looked up once, never by asking DNS for another's name. */
    String hostname() {
        String given = settings.value(SmtpKeys.HOSTNAME);
        if (!given.isEmpty()) {
            return given;
        }
        try {
            String name = InetAddress.getLocalHost().getHostName();
            return name.matches("[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?") ? name : "localhost";
        } catch (UnknownHostException nameless) {
            return "localhost";
        }
    }

    /** The running server's API, reached as a command on the same machine reaches it. */
    ApiClient api() {
        InetSocketAddress listen = httpListen();
        String host = listen.getAddress().isAnyLocalAddress()
                ? "127.0.0.1"
                : listen.getAddress().getHostAddress();
        return ApiClient.of(host.indexOf(':') >= 0 ? "[" + host + "]" : host, listen.getPort(), dataDirectory());
    }

    /** An address as an operator writes it. */
    static String written(InetSocketAddress address) {
        return Addresses.written(address);
    }
}
