package org.signalpost.mailet;

import jakarta.mail.MessagingException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.apache.mailet.base.test.FakeMail;
import org.apache.mailet.base.test.FakeMailetConfig;
import org.signalpost.rewrite.EnvelopeFacts;
import org.signalpost.rewrite.MessageRewriter;
import org.signalpost.rewrite.RawMessage;
import org.signalpost.rewrite.RewriteSettings;
import org.signalpost.rewrite.Rewritten;
import org.signalpost.track.SigningKeys;
import org.signalpost.track.TrackingUrls;

/** A mailet as James would have it, with its files below one directory. */
final class TestMailet implements AutoCloseable {
    static final SigningKeys KEYS = SigningKeys.of(1, new byte[32], new byte[32]);
    static final String API_KEY = "ms_live_0123456789abcdefghijABCDEFGHIJ12";
    static final String SENDER = "shop@example.org";

    private static final MessageRewriter ENGINE = new MessageRewriter(
            new TrackingUrls("https://t.example"),
            KEYS,
            RewriteSettings.defaults(/* opens= */ true, /* clicks= */ true));

    final FakeJames james = new FakeJames();
    private final AddTracking mailet;

    TestMailet(Path directory, String server, Map<String, String> more) throws MessagingException, IOException {
        this(directory, server, more, InstantSource.system());
    }

    TestMailet(Path directory, String server, Map<String, String> more, InstantSource clock)
            throws MessagingException, IOException {
        mailet = new AddTracking(clock);
        mailet.init(configuration(james, directory, server, more));
    }

    static FakeMailetConfig configuration(FakeJames james, Path directory, String server, Map<String, String> more)
            throws IOException {
        Path keys = Files.writeString(directory.resolve("signing.keys"), KEYS.text());
        Path key = Files.writeString(directory.resolve("api.key"), API_KEY + "\n");
        var configuration = FakeMailetConfig.builder()
                .mailetName("AddTracking")
                .mailetContext(james.context())
                .setProperty("trackingUrl", "https://t.example")
                .setProperty("server", server)
                .setProperty("signingKeysFile", keys.toString())
                .setProperty("apiKeyFile", key.toString());
        more.forEach(configuration::setProperty);
        return configuration.build();
    }

    void service(FakeMail mail) {
        mailet.service(mail);
    }

    static FakeMail mail(String text, String... recipients) throws MessagingException {
        return mail(RawMessage.of(text.getBytes(StandardCharsets.UTF_8)), recipients);
    }

    static FakeMail mail(RawMessage octets, String... recipients) throws MessagingException {
        return FakeMail.builder()
                .name("mail-1")
                .sender(SENDER)
                .recipients(recipients)
                .state("relay")
                .mimeMessage(Octets.message(octets))
                .build();
    }

    static String text(FakeMail mail) throws MessagingException, IOException {
        return new String(Octets.of(mail.getMessage()).octets(), StandardCharsets.UTF_8);
    }

    static List<String> recipients(FakeMail mail) {
        return FakeJames.addresses(mail.getRecipients());
    }

    /** What the engine, as the relay uses it, makes of a mail. */
    static Rewritten expected(RawMessage octets, String recipient) {
        return ENGINE.plan(octets, new EnvelopeFacts(Octets.name(octets), SENDER))
                .copyFor(recipient);
    }

    @Override
    public void close() {
        mailet.destroy();
    }
}
