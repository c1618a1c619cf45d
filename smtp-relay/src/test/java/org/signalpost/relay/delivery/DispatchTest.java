package org.signalpost.relay.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.signalpost.relay.spool.Due;
import org.signalpost.relay.spool.Envelope;
import org.signalpost.relay.spool.Priority;
import org.signalpost.relay.spool.Said;
import org.signalpost.relay.spool.Share;
import org.signalpost.relay.spool.StoredMail;
import org.signalpost.relay.spool.TestSpool;
import org.signalpost.rewrite.MessageRewriter;
import org.signalpost.rewrite.RawMessage;
import org.signalpost.rewrite.RewriteSettings;
import org.signalpost.track.MessageId;
import org.signalpost.track.SigningKeys;
import org.signalpost.track.TrackingDecision;
import org.signalpost.track.TrackingQuota;
import org.signalpost.track.TrackingUrls;

class DispatchTest {
    private static final MessageRewriter REWRITER = new MessageRewriter(
            new TrackingUrls("https://t.example"),
            SigningKeys.of(1, new byte[32], new byte[32]),
            RewriteSettings.defaults(/* opens= */ true, /* clicks= */ true));
    private static final Outcome DELIVERED = new Outcome.Delivered(Said.ours("2.0.0", "250"), /* reports= */ false);

    private final List<Outgoing> sent = new ArrayList<>();

    private static StoredMail mail(String html) {
        Envelope envelope = TestSpool.envelope("shop@example.org", "ann@example.com", "bob@example.com");
        RawMessage octets = TestSpool.mail("Content-Type: text/html\r\n\r\n" + html + "\r\n");
        return new StoredMail(
                new MessageId(1L << 50, html.length()), Instant.EPOCH, envelope, octets, /* notice= */ false);
    }

    private TrackingQuota quota = TrackingQuota.UNLIMITED;
    private Share share = Share.NOT_ASKED;
    private UnaryOperator<RawMessage> before = message -> message;
    private final List<StoredMail> failures = new ArrayList<>();

    private Dispatch.Attempt attempt(StoredMail mail, Peer peer) {
        Courier courier = consignment -> switch (consignment.preparedFor(peer)) {
            case Prepared.Ready ready -> {
                sent.add(ready.copy());
                yield DELIVERED;
            }
            case Prepared.Impossible impossible -> new Outcome.Refused(impossible.said());
        };
        var couriers = new Couriers() {
            @Override
            public Courier courier(String route) {
                return courier;
            }

            @Override
            public String route(String recipient) {
                return TestSpool.ROUTE;
            }
        };
        var due = new Due(
                mail.id(),
                0,
                "ann@example.com",
                TestSpool.ROUTE,
                0,
                Instant.EPOCH,
                Duration.ZERO,
                Instant.EPOCH,
                Priority.NORMAL,
                share);
        var plans = new Plans(REWRITER, before, failures::add);
        var trace = new Trace("relay.example.org", "abcdefgh", /* showClient= */ false);
        return new Dispatch(plans, couriers, trace, quota, message -> message).attempt(mail, due);
    }

    private String text(int at) {
        return new String(sent.get(at).message().octets(), StandardCharsets.ISO_8859_1);
    }

    @Test
    void a_copy_is_the_same_each_time_and_tells_of_no_other_recipient() {
        StoredMail mail = mail("<a href=\"https://d.example/\">x</a>");
        attempt(mail, Peer.UNLIMITED);
        attempt(mail, Peer.UNLIMITED);

        assertThat(sent.get(0).message()).isEqualTo(sent.get(1).message());
        assertThat(text(0))
                .startsWith(
                        "Received: from c?l ([hidden])\r\n\tby relay.example.org (Signalpost abcdefgh) with ESMTP id ")
                .contains("Thu, 1 Jan 1970 00:00:00 +0000\r\n")
                .doesNotContain("ann@example.com")
                .doesNotContain("bob@example.com");
    }

    @Test
    void a_submission_gets_the_date_and_the_message_id_that_it_lacks() {
        attempt(mail("<p>x</p>"), Peer.UNLIMITED);
        assertThat(text(0))
                .contains("\r\nDate: Thu, 1 Jan 1970 00:00:00 +0000\r\n")
                .contains("@relay.example.org>\r\n");
    }

    @Test
    void a_copy_that_is_too_large_only_because_it_is_tracked_goes_out_as_it_came() {
        StoredMail mail = mail("<a href=\"https://d.example/\">x</a>");
        var small = new Peer(
                /* eightBit= */ true,
                /* utf8= */ true,
                OptionalLong.of(mail.message().size() + 350L));

        Dispatch.Attempt attempt = attempt(mail, small);
        Dispatch.Attempt hopeless = attempt(mail("x".repeat(5_000)), small);

        assertThat(attempt.outcome()).isInstanceOf(Outcome.Delivered.class);
        assertThat(attempt.decision())
                .isInstanceOfSatisfying(
                        TrackingDecision.Untracked.class,
                        untracked -> assertThat(untracked.reason()).isEqualTo("peer-size"));
        assertThat(hopeless.outcome()).isInstanceOf(Outcome.Refused.class);
        assertThat(hopeless.outcome().said().status()).isEqualTo("5.3.4");
    }

    @Test
    void mail_that_something_of_ours_fails_on_goes_out_as_it_came() {
        StoredMail mail = mail("<a href=\"https://d.example/\">x</a>");
        for (Throwable failure : List.of(
                new IllegalStateException("pretended"),
                new StackOverflowError(),
                new OutOfMemoryError("pretended"),
                new NoSuchMethodError("pretended"))) {
            before = message -> {
                throw sneaky(failure);
            };
            Dispatch.Attempt attempt = attempt(mail, Peer.UNLIMITED);

            assertThat(attempt.outcome()).isEqualTo(DELIVERED);
            assertThat(attempt.decision())
                    .isInstanceOfSatisfying(
                            TrackingDecision.Untracked.class,
                            untracked -> assertThat(untracked.reason()).isEqualTo("internal-error"));
            assertThat(text(sent.size() - 1)).endsWith("\r\n\r\n<a href=\"https://d.example/\">x</a>\r\n");
        }
        assertThat(failures).hasSize(4).containsOnly(mail);
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> RuntimeException sneaky(Throwable failure) throws T {
        throw (T) failure;
    }

    @Test
    void mail_beyond_the_quota_flows_untracked() {
        quota = key -> false;
        Dispatch.Attempt attempt = attempt(mail("<a href=\"https://d.example/\">x</a>"), Peer.UNLIMITED);

        assertThat(attempt.outcome()).isInstanceOf(Outcome.Delivered.class);
        assertThat(attempt.decision())
                .isInstanceOfSatisfying(
                        TrackingDecision.Untracked.class,
                        untracked -> assertThat(untracked.reason()).isEqualTo("quota-exceeded"));
        assertThat(text(0)).contains("<a href=\"https://d.example/\">x</a>");
    }

    @Test
    void what_the_quota_said_to_one_attempt_holds_for_the_next_whose_copy_may_be_a_duplicate() {
        StoredMail mail = mail("<a href=\"https://d.example/\">x</a>");
        attempt(mail, Peer.UNLIMITED);
        quota = key -> false;
        share = Share.GRANTED;
        attempt(mail, Peer.UNLIMITED);
        assertThat(sent.get(1).message()).isEqualTo(sent.get(0).message());
        assertThat(text(1)).contains("https://t.example/");

        share = Share.NOT_ASKED;
        attempt(mail, Peer.UNLIMITED);
        quota = TrackingQuota.UNLIMITED;
        share = Share.USED_UP;
        attempt(mail, Peer.UNLIMITED);
        assertThat(sent.get(3).message()).isEqualTo(sent.get(2).message());
        assertThat(text(3)).doesNotContain("https://t.example/");
    }

    @Test
    void the_explanation_of_a_mail_with_very_many_links_fits_into_a_record() {
        String links = "<a href=\"https://d.example/" + "p".repeat(400) + "\">" + "t".repeat(300) + "</a>\r\n";
        Dispatch.Attempt attempt = attempt(mail(links.repeat(1_000)), Peer.UNLIMITED);

        assertThat(attempt.decision()).isInstanceOf(TrackingDecision.Tracked.class);
        assertThat(attempt.decision().explanation()).hasSizeLessThan(200_000).contains("1000 links are left out here");
    }
}
