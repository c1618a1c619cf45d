package org.signalpost.relay.smtp;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.signalpost.journal.Journal;
import org.signalpost.net.Network;
import org.signalpost.relay.smtp.SmtpSettings.Door;
import org.signalpost.relay.spool.OpenMail;
import org.signalpost.relay.spool.Spool;
import org.signalpost.relay.spool.StoredMail;
import org.signalpost.relay.spool.TestSpool;
import org.signalpost.relay.tls.ServerCertificate;
import org.signalpost.track.Credentials;
import org.signalpost.track.Submitter;

/**
 * A server called relay.test with real sockets and a real spool: plain with STARTTLS, under TLS, and behind a proxy.
 */
final class TestRelay implements AutoCloseable {
    static final String NAME = "relay.test";
    static final String INSTANCE = "Inst4nce";
    static final String KEY = "ms_live_Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    static final SmtpSettings.Rules RULES = new SmtpSettings.Rules(
            List.of(Network.parse("127.0.0.0/8")),
            SmtpSettings.Ownership.OFF,
            SmtpSettings.Newlines.NORMALIZE,
            25 << 20,
            1000);
    static final SmtpSettings.Limits LIMITS = new SmtpSettings.Limits(1000, 1000, 20, 100, 50);

    final AtomicBoolean room = new AtomicBoolean(true);
    final AtomicBoolean strained = new AtomicBoolean();
    final Set<String> revoked = ConcurrentHashMap.newKeySet();
    volatile Optional<String> refusal = Optional.empty();
    final Journal log;
    final Spool spool;
    /** How long mail that is coming in may hold up the end. */
    static final Duration PATIENCE = Duration.ofSeconds(8);

    final SmtpServer server;
    private final Path directory;

    /** What differs from the usual server of these tests. */
    static final class Plan {
        private SmtpSettings.Rules rules = RULES;
        private SmtpSettings.Limits limits = LIMITS;
        private SmtpSettings.Patience patience = SmtpSettings.Patience.usual();
        private final Map<String, Submitter> keys =
                new HashMap<>(Map.of(KEY, new Submitter("key_a", /* anySender= */ false, List.of("@a.example"))));
        private Pace pace = Pace.real();
        private boolean certificate = true;

        Plan trusting(String... networks) {
            return rules(
                    Stream.of(networks).map(Network::parse).toList(),
                    rules.ownership(),
                    rules.newlines(),
                    rules.maxMessage());
        }

        Plan owning(SmtpSettings.Ownership ownership) {
            return rules(rules.trusted(), ownership, rules.newlines(), rules.maxMessage());
        }

        Plan rejectingBareNewlines() {
            return rules(rules.trusted(), rules.ownership(), SmtpSettings.Newlines.REJECT, rules.maxMessage());
        }

        Plan largest(long octets) {
            return rules(rules.trusted(), rules.ownership(), rules.newlines(), octets);
        }

        private Plan rules(
                List<Network> trusted,
                SmtpSettings.Ownership ownership,
                SmtpSettings.Newlines newlines,
                long maxMessage) {
            rules = new SmtpSettings.Rules(trusted, ownership, newlines, maxMessage, rules.maxRecipients());
            return this;
        }

        Plan recipients(int most) {
            rules = new SmtpSettings.Rules(
                    rules.trusted(), rules.ownership(), rules.newlines(), rules.maxMessage(), most);
            return this;
        }

        Plan connections(int all, int perClient) {
            limits = new SmtpSettings.Limits(all, perClient, limits.errors(), limits.junk(), limits.hops());
            return this;
        }

        Plan greetingAfter(Duration pause) {
            patience = new SmtpSettings.Patience(patience.command(), patience.stressed(), patience.minRate(), pause);
            return this;
        }

        Plan at(Pace other) {
            pace = other;
            return this;
        }

        Plan withKey(String secret, Submitter submitter) {
            keys.put(secret, submitter);
            return this;
        }

        Plan withoutKeys() {
            keys.clear();
            return this;
        }

        Plan withoutCertificate() {
            certificate = false;
            return this;
        }

        TestRelay start(Path directory) {
            return new TestRelay(this, directory);
        }
    }

    static Plan plan() {
        return new Plan();
    }

    private TestRelay(Plan plan, Path directory) {
        this.directory = directory;
        log = Journal.open(directory.resolve("log"));
        spool = TestSpool.open(log, directory, InstantSource.system());
        var here = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        var plain = Stream.of(Door.plain(here), new Door(here, /* tls= */ false, /* proxied= */ true));
        var tls = Stream.of(
                new Door(here, /* tls= */ true, /* proxied= */ false),
                new Door(here, /* tls= */ true, /* proxied= */ true));
        var settings = new SmtpSettings(
                (plan.certificate ? Stream.concat(plain, tls) : plain).toList(),
                NAME,
                plan.rules,
                plan.limits,
                plan.patience);
        server = new SmtpServer(
                settings,
                new Reception(spool, room::get, message -> refusal, INSTANCE, new SimpleMeterRegistry()),
                new SubmissionPolicy(plan.rules, new Keys(Map.copyOf(plan.keys), revoked)),
                plan.certificate ? Optional.of(certificate()) : Optional.empty(),
                strained::get,
                plan.pace);
        server.start();
    }

    private static ServerCertificate certificate() {
        return ServerCertificate.open(
                Path.of("src/test/resources/tls/relay-test.pem"),
                Path.of("src/test/resources/tls/relay-test.key"),
                InstantSource.system());
    }

    private record Keys(Map<String, Submitter> keys, Set<String> revoked) implements Credentials {
        @Override
        public boolean any() {
            return !keys.isEmpty();
        }

        @Override
        public Optional<Submitter> of(String secret) {
            return Optional.ofNullable(keys.get(secret));
        }

        @Override
        public boolean holds(String key) {
            return !revoked.contains(key);
        }
    }

    int port() {
        return server.addresses().get(0).getPort();
    }

    int proxiedPort() {
        return server.addresses().get(1).getPort();
    }

    int tlsPort() {
        return server.addresses().get(2).getPort();
    }

    int proxiedTlsPort() {
        return server.addresses().get(3).getPort();
    }

    /** A client that was greeted by the banner. */
    Dialogue client() throws IOException {
        return Dialogue.with(port());
    }

    /** The same from another of this machine's addresses. */
    Dialogue client(String from) throws IOException {
        var client = new Dialogue(port(), from);
        client.reply();
        return client;
    }

    /** A client that has greeted under TLS. */
    Dialogue clientUnderTls() throws IOException {
        var client = new Dialogue(tlsPort());
        client.secure();
        client.reply();
        client.say("EHLO c\r\n");
        return client;
    }

    /** All mail that was accepted. */
    List<StoredMail> mails() {
        return spool.openBehind(Optional.empty(), 100_000).stream()
                .map(OpenMail::id)
                .map(spool::read)
                .toList();
    }

    /** The only one. */
    StoredMail mail() {
        List<StoredMail> all = mails();
        if (all.size() != 1) {
            throw new AssertionError(all.size() + " mails, not one");
        }
        return all.getFirst();
    }

    static String text(StoredMail mail) {
        return new String(mail.message().octets(), StandardCharsets.ISO_8859_1);
    }

    /** The files that mail is received into. */
    List<String> files() {
        try (Stream<Path> files = Files.list(directory.resolve("spool"))) {
            return files.map(Path::getFileName).map(Path::toString).toList();
        } catch (java.nio.file.NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        server.end(PATIENCE);
        log.close();
    }
}
