package org.signalpost.relay.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.signalpost.relay.delivery.Copies;
import org.signalpost.relay.spool.Envelope;
import org.signalpost.relay.spool.StoredMail;
import org.signalpost.relay.spool.TestSpool;
import org.signalpost.rewrite.EnvelopeFacts;
import org.signalpost.rewrite.MessageRewriter;
import org.signalpost.rewrite.RawMessage;
import org.signalpost.rewrite.RewriteSettings;
import org.signalpost.rewrite.Rewritten;
import org.signalpost.track.CapturedMail;
import org.signalpost.track.MailQueue.Released;
import org.signalpost.track.MessageId;
import org.signalpost.track.SigningKeys;
import org.signalpost.track.TrackingUrls;

class ReleaseTest extends QueueWorld {
    private static final MessageRewriter REWRITER = new MessageRewriter(
            new TrackingUrls("https://t.example"),
            SigningKeys.of(1, new byte[32], new byte[32]),
            RewriteSettings.defaults(/* opens= */ true, /* clicks= */ true));
    private static final RawMessage HTML = TestSpool.mail("""
            From: shop@example.org
            Subject: Sale
            Message-ID: <1@x>
            Content-Type: text/html

            <a href="https://d.example/">x</a>
            """.replace("\n", "\r\n"));

    private boolean goesOut = true;

    @Override
    boolean goesOut() {
        return goesOut;
    }

    private CapturedMail captured(RawMessage copy) {
        outbox.deliver(
                Copies.of(new MessageId(now.toEpochMilli() << 16, 1), "shop@example.org", "ann@a.example", copy));
        return outbox.newest(1, "").getFirst();
    }

    private static Rewritten rewritten(RawMessage mail, String id) {
        return REWRITER.plan(mail, new EnvelopeFacts(id, "shop@example.org")).copyFor("ann@a.example");
    }

    private static RawMessage withoutFirstField(RawMessage mail) {
        String text = new String(mail.octets(), java.nio.charset.StandardCharsets.ISO_8859_1);
        return TestSpool.mail(text.substring(text.indexOf('\n') + 1));
    }

    private StoredMail queued(Released released) {
        assertThat(released).isInstanceOf(Released.As.class);
        return spool.read(((Released.As) released).id());
    }

    @Test
    void a_tracked_copy_goes_out_as_it_is_once() {
        Rewritten copy = rewritten(HTML, "01");
        assertThat(copy).isInstanceOf(Rewritten.Tracked.class);
        CapturedMail mail = captured(copy.message());

        StoredMail out = queued(queue.release(mail.id(), "me"));
        assertThat(out.envelope().sender()).isEqualTo("shop@example.org");
        assertThat(out.envelope().addresses()).containsExactly("ann@a.example");
        Rewritten again = rewritten(out.message(), out.id().ulid());
        assertThat(again).as("not tracked once more").isInstanceOf(Rewritten.Untouched.class);
        assertThat(again.message()).isEqualTo(copy.message());

        assertThat(queue.release(mail.id(), "me")).isEqualTo(new Released.Unknown());
        assertThat(outbox.newest(10, "")).isEmpty();
        assertThat(directory.resolve("outbox").resolve("released").toFile().list())
                .containsExactly(mail.id() + ".eml");
        restart();
        assertThat(outbox.newest(10, "")).isEmpty();
        assertThat(spool.open()).isEqualTo(1);
    }

    @Test
    void a_copy_that_was_left_untracked_is_not_tracked_on_its_way_out() {
        RawMessage asked = TestSpool.mail(
                "X-Signalpost-Track: none\r\n" + new String(HTML.octets(), java.nio.charset.StandardCharsets.US_ASCII));
        Rewritten copy = rewritten(asked, "01");
        assertThat(copy.message()).isEqualTo(HTML);

        StoredMail out = queued(queue.release(captured(copy.message()).id(), "me"));
        assertThat(withoutFirstField(out.message())).isEqualTo(HTML);
        assertThat(rewritten(out.message(), out.id().ulid()).message()).isEqualTo(HTML);
    }

    @Test
    void a_large_copy_goes_out_too() {
        RawMessage large = TestSpool.mail("Subject: x\r\n\r\n" + "y".repeat(400_000) + "\r\n");
        assertThat(withoutFirstField(
                        queued(queue.release(captured(large).id(), "me")).message()))
                .isEqualTo(large);
    }

    @Test
    void it_goes_out_with_what_its_sender_said_of_it() {
        var ann = new Envelope.Recipient(
                "ann@b\u00fccher.example",
                Set.of(Envelope.Notify.SUCCESS, Envelope.Notify.DELAY),
                "utf-8;ann@b\u00fccher.example");
        var wishes = new Envelope.Wishes(/* utf8= */ true, Envelope.Return.HEADERS, "QQ+2B314159");
        RawMessage mail = TestSpool.mail("Subject: x\r\n\r\nHello\r\n");
        var id = new MessageId(now.toEpochMilli() << 16, 1);
        outbox.deliver(Copies.of(id, "sh\u00f6p@example.org", ann, wishes, mail));
        restart();

        StoredMail out = queued(queue.release(outbox.newest(1, "").getFirst().id(), "me"));
        assertThat(out.envelope().sender()).isEqualTo("sh\u00f6p@example.org");
        assertThat(out.envelope().recipients()).containsExactly(ann);
        assertThat(out.envelope().wishes()).isEqualTo(wishes);
    }

    @Test
    void what_an_earlier_version_captured_goes_out_too() throws IOException {
        Files.writeString(
                directory.resolve("outbox").resolve("cap_1-2.eml"),
                """
                X-Signalpost-Captured: {"id":"cap_1-2","message":"%s","at":"2025-12-31T00:00:00Z","sender":"s@a.example",\
                "recipient":"ann@a.example","subject":"x","size":3,"track":"","reason":"no-html"}
                Subject: x
                """.formatted(new MessageId(now.toEpochMilli() << 16, 1)).replace("\n", "\r\n"));
        restart();

        StoredMail out = queued(queue.release("cap_1-2", "me"));
        assertThat(out.envelope().recipients()).containsExactly(Envelope.Recipient.of("ann@a.example"));
        assertThat(out.envelope().wishes()).isEqualTo(Envelope.Wishes.NONE);
        assertThat(withoutFirstField(out.message())).isEqualTo(TestSpool.mail("Subject: x\r\n"));
    }

    @Test
    void while_mail_is_captured_nothing_is_released_and_what_is_not_there_is_not_there() {
        CapturedMail mail = captured(HTML);
        goesOut = false;
        restart();
        assertThat(queue.release(mail.id(), "me")).isEqualTo(new Released.Nowhere());
        goesOut = true;
        restart();
        assertThat(queue.release("cap_nothing", "me")).isEqualTo(new Released.Unknown());
        assertThat(queue.release("../admin.key", "me")).isEqualTo(new Released.Unknown());
        assertThat(queue.release(mail.id(), "me")).isInstanceOf(Released.As.class);
    }

    @Test
    void two_who_release_the_same_copy_send_it_once() {
        CapturedMail mail = captured(HTML);
        var out = new AtomicInteger();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 20; i++) {
                threads.execute(() -> {
                    if (queue.release(mail.id(), "me") instanceof Released.As) {
                        out.incrementAndGet();
                    }
                });
            }
        }
        assertThat(out).hasValue(1);
        assertThat(spool.openBehind(Optional.empty(), 100)).hasSize(1);
    }
}
