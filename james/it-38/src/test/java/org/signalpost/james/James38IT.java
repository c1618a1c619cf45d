package org.signalpost.james;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The mailet in the real James 3.8.1, tracking mail to a local mailbox and through a gateway. */
class James38IT {
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    static Path directory;

    private static Sink sink;
    private static TrackingStub server;
    private static RunningJames james;

    @BeforeAll
    static void start() throws Exception {
        sink = Sink.start();
        server = TrackingStub.start();
        var configurations = new Configurations(directory, sink.port());
        james = RunningJames.start(
                directory.resolve("james"), configurations.allMail(Shipped.Signalpost.at(server.url())));
    }

    @AfterAll
    static void stop() throws Exception {
        james.close();
        server.close();
        sink.close();
    }

    @BeforeEach
    void behave() {
        server.behave(TrackingStub.Manner.GOOD);
    }

    /** One character for each octet. */
    private static String octets(String mail) {
        return new String(mail.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    private static void await(String subject, int left, int local) throws Exception {
        Waiting.until(
                SOON,
                () -> sink.received(subject).size() == left
                        && james.inbox(subject).size() == local,
                () -> sink.received(subject).size() + " at the gateway, James says:\n" + james.output());
    }

    @Test
    void three_recipients_two_behind_a_gateway_and_one_local_get_three_copies_with_three_tracks() throws Exception {
        james.submit(Mails.newsletter("Three"), "lee@james.test", "ann@example.com", "bob@example.net");

        await("Three", 2, 1);
        var copies = new ArrayList<String>(james.inbox("Three"));
        sink.received("Three").forEach(one -> copies.add(one.mail()));
        var tracks = new HashSet<String>();
        for (String copy : copies) {
            tracks.add(Mails.track(copy));
            assertThat(copy)
                    .contains("X-Odd:   kept   as it  is\r\n")
                    .contains("Message-ID: <Three@example.org>\r\n")
                    .contains("Date: Mon, 2 Nov 2026 10:00:00 +0000\r\n")
                    .contains("\r\n.<p>" + octets("Grüße") + ", <a href=\"https://t.example/c/");
        }
        assertThat(tracks).hasSize(3);
        assertThat(sink.received("Three"))
                .allSatisfy(one -> assertThat(server.registered())
                        .containsEntry(Mails.track(one.mail()), one.recipients().getFirst()));
        assertThat(server.registered())
                .containsEntry(Mails.track(james.inbox("Three").getFirst()), "lee@james.test");
        assertThat(server.calls().stream().filter(call -> call.contains("Three")))
                .hasSize(1);
        Waiting.throughout(
                Duration.ofSeconds(1),
                () -> sink.received("Three").size() == 2 && james.inbox("Three").size() == 1,
                () -> "one copy for each; " + sink.received("Three").size() + " at the gateway");
    }

    @Test
    void one_recipient_gets_the_mail_with_nothing_but_our_marks_in_it() throws Exception {
        james.submit(Mails.newsletter("Before"), "ann@example.com");
        await("Before", 1, 0);
        server.behave(TrackingStub.Manner.BROKEN);
        james.submit(Mails.newsletter("Before"), "ann@example.com");

        await("Before", 2, 0);
        List<Sink.Received> both = sink.received("Before");
        String tracked = both.stream()
                .map(Sink.Received::mail)
                .filter(Mails::isTracked)
                .findFirst()
                .orElseThrow();
        String original = both.stream()
                .map(Sink.Received::mail)
                .filter(mail -> !Mails.isTracked(mail))
                .findFirst()
                .orElseThrow();
        String undone = tracked.replaceFirst("X-Signalpost-Pass: [^\r]*\r\n", "")
                .replaceFirst("<img [^>]*/api/t/[^>]*>", "")
                .replaceFirst("https://t.example/c/[A-Za-z0-9_-]+", "https://d.example/sale?id=7&amp;c=a%20b#top");
        assertThat(withoutTrace(undone)).isEqualTo(withoutTrace(original));
    }

    /** James's own fields differ from mail to mail. */
    private static String withoutTrace(String mail) {
        return mail.replaceFirst("(?s)Received: .*?\r\n(?=[^ \t])", "");
    }

    @ParameterizedTest
    @EnumSource(names = {"BROKEN", "NONSENSE", "SLOW", "DRIPPING", "REFUSING"})
    void a_tracking_http_that_fails_costs_no_mail(TrackingStub.Manner manner) throws Exception {
        server.behave(manner);
        String subject = "Failing-" + manner;
        long begin = System.nanoTime();

        james.submit(Mails.newsletter(subject), "lee@james.test", "ann@example.com", "bob@example.net");

        Waiting.until(
                SOON,
                () -> sink.received(subject).stream()
                                        .mapToInt(one -> one.recipients().size())
                                        .sum()
                                == 2
                        && james.inbox(subject).size() == 1,
                james::output);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(20));
        var mails = new ArrayList<String>(james.inbox(subject));
        sink.received(subject).forEach(one -> mails.add(one.mail()));
        assertThat(mails)
                .noneMatch(Mails::isTracked)
                .allMatch(mail -> mail.contains("https://d.example/sale?id=7&amp;c=a%20b#top"));
        assertThat(server.calls().stream().filter(call -> call.contains(subject)))
                .hasSize(1);
    }

    @Test
    void the_log_says_which_mail_went_untracked_and_why() throws Exception {
        server.behave(TrackingStub.Manner.UNAUTHORIZED);

        james.submit(Mails.newsletter("Revoked"), "ann@example.com");

        await("Revoked", 1, 0);
        james.await("reason=not-registered");
        assertThat(james.output()).contains("WARN AddTracking mail=");
    }

    @Test
    void mail_from_outside_is_not_tracked() throws Exception {
        Talk.deliver(james.smtpPort(), "friend@example.com", "lee@james.test", Mails.newsletter("Incoming"));

        await("Incoming", 0, 1);
        assertThat(james.inbox("Incoming")).noneMatch(Mails::isTracked);
        assertThat(server.calls()).noneMatch(call -> call.contains("Incoming"));
    }

    @Test
    void many_mails_at_once_are_all_delivered_once_and_tracked_once() throws Exception {
        int mails = 30;
        Map<String, String> before = server.registered();
        try (var clients = java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < mails; i++) {
                String mail = Mails.newsletter("Many-" + i + "-");
                clients.submit(() -> {
                    james.submit(mail, "ann@example.com", "bob@example.net");
                    return mail;
                });
            }
        }
        Waiting.until(SOON, () -> sink.received("Many-").size() == 2 * mails, james::output);
        assertThat(sink.received("Many-")).allMatch(one -> Mails.isTracked(one.mail()));
        assertThat(server.registered()).hasSize(before.size() + 2 * mails);
    }
}
