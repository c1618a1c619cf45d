package org.signalpost.relay.queue;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.signalpost.journal.Journal;
import org.signalpost.relay.delivery.Capture;
import org.signalpost.relay.delivery.Plans;
import org.signalpost.relay.delivery.Routes;
import org.signalpost.relay.spool.RecipientState;
import org.signalpost.relay.spool.Spool;
import org.signalpost.relay.spool.TestSpool;
import org.signalpost.rewrite.MessageRewriter;
import org.signalpost.rewrite.RawMessage;
import org.signalpost.rewrite.RewriteSettings;
import org.signalpost.track.MessageId;
import org.signalpost.track.SigningKeys;
import org.signalpost.track.TrackingUrls;

/** A queue over a real spool whose routes are the recipients' domains, with a clock that is set by hand. */
abstract class QueueWorld {
    static final RawMessage MAIL = TestSpool.mail("Subject: Sale\r\n\r\nHello\r\n");

    private static final Plans REWRITING = new Plans(
            new MessageRewriter(
                    new TrackingUrls("https://t.example"),
                    SigningKeys.of(1, new byte[32], new byte[32]),
                    RewriteSettings.defaults(/* opens= */ true, /* clicks= */ true)),
            mail -> mail,
            mail -> {});

    @TempDir
    Path directory;

    Instant now = Instant.parse("2026-01-01T00:00:00Z");
    Journal log;
    Spool spool;
    Routes routes;
    Capture outbox;
    Queue queue;

    @BeforeEach
    void open() {
        log = TestSpool.log(directory);
        spool = TestSpool.open(
                log,
                directory,
                () -> now,
                new Spool.Limits(64 << 20, 5),
                recipient -> recipient.substring(recipient.lastIndexOf('@') + 1));
        routes = new Routes(() -> now, new Routes.Limits(5, 5), directory.resolve("routes.paused"));
        routes.start();
        outbox = new Capture(directory.resolve("outbox"), new Capture.Keep(Duration.ofDays(7), 1_000), () -> now);
        outbox.start();
        var release = new Release(outbox, spool, goesOut());
        queue = new Queue(spool, routes, new Acts(spool, () -> now), release, REWRITING::forecast, () -> true);
    }

    boolean goesOut() {
        return true;
    }

    @AfterEach
    void close() {
        log.close();
    }

    void restart() {
        close();
        open();
    }

    MessageId accept(String sender, String... recipients) {
        return TestSpool.accept(spool, TestSpool.envelope(sender, recipients), MAIL);
    }

    void becomes(MessageId id, int recipient, RecipientState state) {
        spool.update(spool.reserve(id, recipient).orElseThrow().due(), state);
    }
}
