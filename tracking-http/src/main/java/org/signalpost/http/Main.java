package org.signalpost.http;

import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.signalpost.event.MailFeed;
import org.signalpost.journal.Entry;
import org.signalpost.journal.Journal;
import org.signalpost.journal.JournalException;
import org.signalpost.process.DataDirectory;
import org.signalpost.process.Lifetime;
import org.signalpost.settings.Addresses;
import org.signalpost.settings.CommonKeys;
import org.signalpost.settings.ConfigurationException;
import org.signalpost.settings.Key;
import org.signalpost.settings.Settings;
import org.signalpost.store.Classifier;
import org.signalpost.track.MailEvent;
import org.signalpost.track.Outbox;

/**
 * The HTTP side alone: pixels, links, API, pages and books, beside a mail server that registers its tracks here.
 *
 * <p>{@code ./signalpost serve --http-only} comes here; so does this module's own jar.
 */
public final class Main {
    /** Wrong usage, or a configuration that can't be used. */
    private static final int MISUSED = 2;

    /** What is asked is answered for so long when the process ends. */
    private static final Duration ANSWERS = Duration.ofSeconds(22);

    private static final List<Key<?>> KEYS =
            Stream.concat(CommonKeys.KEYS.stream(), TrackingKeys.KEYS.stream()).toList();

    private final Settings settings;
    private final Optional<Function<Entry, Optional<MailEvent>>> relay;
    private final PrintStream out;

    private Main(Settings settings, Optional<Function<Entry, Optional<MailEvent>>> relay, PrintStream out) {
        this.settings = settings;
        this.relay = relay;
        this.out = out;
    }

    /** Serves without a relay's classes; {@code --config FILE} is the one option, and exit code 2 says misuse. */
    public static void main(String[] arguments) {
        int code = run(List.of(arguments), System.getenv(), System.out, System.err);
        System.out.flush();
        if (code != 0) {
            System.exit(code);
        }
    }

    static int run(List<String> arguments, Map<String, String> environment, PrintStream out, PrintStream err) {
        try {
            switch (arguments.size()) {
                case 0 -> serve(Configuration.read("defaults", "", environment, KEYS), Optional.empty(), out);
                case 2 -> {
                    Path file = file(arguments);
                    serve(Configuration.load(file, environment, KEYS), Optional.empty(), out);
                }
                default -> throw misuse();
            }
            return 0;
        } catch (ConfigurationException e) {
            err.println("signalpost: " + e.getMessage());
            return MISUSED;
        }
    }

    private static Path file(List<String> arguments) {
        if (!arguments.getFirst().equals("--config")) {
            throw misuse();
        }
        return Path.of(arguments.getLast());
    }

    private static ConfigurationException misuse() {
        return new ConfigurationException("there is one option: --config FILE");
    }

    /**
     * Serves until the process is told to end.
     *
     * <p>A relay may have run on the same data directory before. Then its queue stays as it is, and what its log tells
     * goes into the books.
     *
     * @param settings with the keys of {@link CommonKeys} and {@link TrackingKeys}, at least
     * @param relay reads the entries of a relay's log; without it a directory that has some is refused
     * @param out where it says that it is ready
     * @throws ConfigurationException when something can't be opened
     */
    public static void serve(Settings settings, Optional<Function<Entry, Optional<MailEvent>>> relay, PrintStream out) {
        try {
            Lifetime.serve(new Main(settings, relay, out)::open);
        } catch (JournalException e) {
            Path directory = settings.value(CommonKeys.DATA_DIRECTORY);
            throw new ConfigurationException("data.directory = " + directory + ": " + e.getMessage(), e);
        }
    }

    private void open(Lifetime life) {
        var clock = InstantSource.system();
        var random = new SecureRandom();
        DataDirectory data = DataDirectory.at(settings.value(CommonKeys.DATA_DIRECTORY));
        data.open();
        life.opened(data);
        Journal mailLog = life.opened(Journal.open(data.resolve("log").resolve("mail")));
        Journal eventLog = life.opened(Journal.open(data.resolve("log").resolve("events")));
        var metrics = life.opened(new Metrics());
        metrics.show("mail", mailLog);
        metrics.show("events", eventLog);
        var tracking = new TrackingServer(
                TrackingSettings.of(settings, data.adminKey(random)),
                data.signingKeys(random),
                eventLog,
                new MailFeed(mailLog, decoder(mailLog, data), booked -> {}),
                Outbox.EMPTY,
                Optional.empty(),
                Classifier.byAgent(),
                metrics,
                clock,
                random);
        life.ends(ANSWERS, tracking::end);
        tracking.start();
        out.print(welcome(tracking.address(), tracking.signInPath(), data));
        out.flush();
    }

    private Function<Entry, Optional<MailEvent>> decoder(Journal mailLog, DataDirectory data) {
        boolean written = mailLog.end().segment() > 0;
        if (written && relay.isEmpty()) {
            throw new ConfigurationException(
                    "data.directory = " + data.path()
                            + " has the log of a relay, which this program alone can't read; start it with: signalpost serve --http-only");
        }
        return relay.orElse(entry -> Optional.empty());
    }

    private static String welcome(InetSocketAddress http, String signIn, DataDirectory data) {
        String base = "http://" + Addresses.written(http);
        return """

                Signalpost is ready, without a relay: it takes no mail and passes none on.

                  HTTP          %s   pixels, links, API, pages
                  pages         %s   signs you in, once, within an hour
                  admin key     %s
                  signing keys  %s   the mailet in James reads a copy of this file

                """.formatted(base, base + signIn, data.adminKeyFile(), data.signingKeysFile());
    }
}
