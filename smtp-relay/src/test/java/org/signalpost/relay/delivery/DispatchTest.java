package org.signalpost.relay.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.signalpost.relay.spool.Envelope;
import org.signalpost.relay.spool.StoredMail;
import org.signalpost.rewrite.MessageRewriter;
import org.signalpost.rewrite.RawMessage;
import org.signalpost.rewrite.RewriteSettings;
import org.signalpost.track.MessageId;
import org.signalpost.track.SigningKeys;
import org.signalpost.track.TrackingDecision;
import org.signalpost.track.TrackingUrls;

class DispatchTest {
    private static final MessageRewriter REWRITER = new MessageRewriter(
            new TrackingUrls("https://t.example"),
            SigningKeys.of(1, new byte[32], new byte[32]),
            RewriteSettings.defaults(/* opens= */ true, /* clicks= */ true));

    private static StoredMail mail(String html) {
        var envelope = new Envelope(
                "shop@example.org", List.of("ann@example.com", "bob@example.com"), "192.0.2.1", "c(l", "ESMTP");
        byte[] octets = ("Content-Type: text/html\r\n\r\n" + html + "\r\n").getBytes(StandardCharsets.US_ASCII);
        return new StoredMail(new MessageId(1L << 50, html.length()), Instant.EPOCH, envelope, RawMessage.of(octets));
    }

    @Test
    void a_copy_is_the_same_each_time_and_tells_of_no_other_recipient() {
        var sent = new ArrayList<RawMessage>();
        Courier courier = copy -> {
            sent.add(copy.message());
            return new Outcome.Delivered("250");
        };
        StoredMail mail = mail("<a href=\"https://d.example/\">x</a>");
        new Dispatch(REWRITER, courier, "relay.example.org", failed -> {}).attempt(mail, "ann@example.com");
        new Dispatch(REWRITER, courier, "relay.example.org", failed -> {}).attempt(mail, "ann@example.com");

        assertThat(sent.get(0)).isEqualTo(sent.get(1));
        String text = new String(sent.get(0).octets(), StandardCharsets.US_ASCII);
        assertThat(text)
                .startsWith("Received: from c?l ([192.0.2.1])\r\n\tby relay.example.org (Signalpost) with ESMTP id ")
                .contains("Thu, 1 Jan 1970 00:00:00 +0000\r\n")
                .doesNotContain("ann@example.com")
                .doesNotContain("bob@example.com");
    }

    @Test
    void a_copy_that_is_too_large_only_because_it_is_tracked_goes_out_as_it_came() {
        StoredMail mail = mail("<a href=\"https://d.example/\">x</a>");
        long limit = mail.message().size() + 250L;
        Courier courier = copy -> copy.message().size() > limit
                ? new Outcome.TooLarge("takes " + limit, limit)
                : new Outcome.Delivered("250");
        var dispatch = new Dispatch(REWRITER, courier, "relay.example.org", failed -> {});

        Dispatch.Attempt attempt = dispatch.attempt(mail, "ann@example.com");
        Dispatch.Attempt hopeless = dispatch.attempt(mail("x".repeat(5_000)), "ann@example.com");

        assertThat(attempt.outcome()).isInstanceOf(Outcome.Delivered.class);
        assertThat(attempt.decision())
                .isInstanceOfSatisfying(
                        TrackingDecision.Untracked.class,
                        untracked -> assertThat(untracked.reason()).isEqualTo("peer-size"));
        assertThat(hopeless.outcome()).isInstanceOf(Outcome.Refused.class);
    }

    @Test
    void the_explanation_of_a_mail_with_very_many_links_fits_into_a_record() {
        Courier courier = copy -> new Outcome.Delivered("250");
        String links = "<a href=\"https://d.example/" + "p".repeat(400) + "\">" + "t".repeat(300) + "</a>\r\n";
        Dispatch.Attempt attempt = new Dispatch(REWRITER, courier, "relay.example.org", failed -> {})
                .attempt(mail(links.repeat(1_000)), "ann@example.com");

        assertThat(attempt.decision()).isInstanceOf(TrackingDecision.Tracked.class);
        assertThat(attempt.decision().explanation()).hasSizeLessThan(200_000).contains("1000 links are left out here");
    }
}
