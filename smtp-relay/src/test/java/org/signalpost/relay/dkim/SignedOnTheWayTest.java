package org.signalpost.relay.dkim;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.signalpost.relay.client.Patience;
import org.signalpost.relay.client.ScriptedPeer;
import org.signalpost.relay.client.SmartHost;
import org.signalpost.relay.client.SmtpPool;
import org.signalpost.relay.client.Trust;
import org.signalpost.relay.delivery.Attempts;
import org.signalpost.relay.delivery.Dispatch;
import org.signalpost.relay.delivery.Outcome;
import org.signalpost.relay.spool.TestSpool;
import org.signalpost.relay.tls.PeerTrust;
import org.signalpost.rewrite.RawMessage;
import org.signalpost.track.TrackingDecision;

/** A signature is over exactly what the next hop gets, whatever the copy went through before. */
@SuppressWarnings("StringConcatToTextBlock") // the line ends of the mails are the point
class SignedOnTheWayTest {
    private static final String HTML = "From: Ann <ann@example.org>\r\nTo: bob@example.com\r\nSubject: x\r\n"
            + "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
            + "<p>Gr\u00fc\u00dfe, <a href=\"https://d.example/\">x</a></p>\r\n.\r\n";

    @TempDir
    Path directory;

    private final DkimKeys keys = DkimKeys.of(List.of(TestKeys.RSA, TestKeys.ED25519));
    private final SmtpPool pool = new SmtpPool(
            "relay.example.org",
            new Trust(PeerTrust.required(), PeerTrust.opportunistic()),
            new SmtpPool.Reuse(Duration.ofSeconds(5), 100, /* pipelining= */ true),
            Patience.USUAL);

    @AfterEach
    void close() {
        pool.close();
    }

    private Dispatch.Attempt send(ScriptedPeer peer, DkimPolicy policy, RawMessage mail) {
        var attempts = new Attempts(new SmartHost(peer.hop(), pool), policy::beforeRewriting, policy::sign);
        Dispatch.Attempt attempt = attempts.of(TestSpool.envelope("shop@example.org", "bob@example.com"), mail);
        assertThat(attempt.outcome()).as(attempt.toString()).isInstanceOf(Outcome.Delivered.class);
        return attempt;
    }

    private static RawMessage html() {
        return RawMessage.of(HTML.getBytes(UTF_8));
    }

    /** As another relay with the same or other keys would have sent it. */
    private static RawMessage signed(String domain) {
        var key = new DkimKey(domain, "r1", DkimAlgorithm.RSA, TestKeys.RSA.pair());
        RawMessage mail = RawMessage.of(HTML.replace("example.org", domain).getBytes(UTF_8));
        return new DkimSigner(DkimKeys.of(List.of(key))).sign(mail);
    }

    private static String text(byte[] octets) {
        return new String(octets, ISO_8859_1);
    }

    private static ScriptedPeer offering(String keywords) throws IOException {
        return new ScriptedPeer(Map.of("keywords", keywords));
    }

    @Test
    void independent_verifiers_verify_what_the_peer_has_got_before_and_behind_the_7_bit_conversion()
            throws IOException {
        var policy = new DkimPolicy(keys, /* resign= */ false);
        var got = new ArrayList<byte[]>();
        try (ScriptedPeer wide = offering("8BITMIME");
                ScriptedPeer narrow = offering("HELP");
                ScriptedPeer small = offering("8BITMIME,SIZE 1800")) {
            assertThat(send(wide, policy, html()).decision()).isInstanceOf(TrackingDecision.Tracked.class);
            assertThat(send(narrow, policy, html()).decision()).isInstanceOf(TrackingDecision.Tracked.class);
            send(small, policy, html());
            got.addAll(wide.mails);
            got.addAll(narrow.mails);
            got.addAll(small.mails);
        }
        assertThat(text(got.get(0))).contains("8bit", "https://t.example");
        assertThat(text(got.get(1)))
                .contains("quoted-printable", "https://t.example")
                .matches("[\\x00-\\x7f]*");
        for (byte[] mail : got) {
            assertThat(SignatureCheck.hold(mail, List.of(TestKeys.RSA, TestKeys.ED25519)))
                    .isEqualTo(List.of(true, true));
            assertThat(text(mail)).doesNotContainIgnoringCase("ARC-Seal");
        }
        Dkimpy.assumeInstalled();
        assertThat(Dkimpy.verdicts(directory, got)).containsOnly("pass pass");
    }

    @Test
    void mail_that_somebody_has_signed_goes_untouched_unless_all_its_signatures_are_ours_to_make_again()
            throws IOException {
        var leaving = new DkimPolicy(keys, /* resign= */ false);
        var resigning = new DkimPolicy(keys, /* resign= */ true);
        RawMessage ours = signed("example.org");
        RawMessage others = signed("other.example");
        try (ScriptedPeer peer = offering("8BITMIME")) {
            for (Dispatch.Attempt attempt :
                    List.of(send(peer, leaving, ours), send(peer, leaving, others), send(peer, resigning, others))) {
                assertThat(attempt.decision())
                        .isInstanceOfSatisfying(
                                TrackingDecision.Untracked.class,
                                untracked -> assertThat(untracked.reason()).isEqualTo("dkim-signed"));
            }
            assertThat(text(peer.mails.get(0))).endsWith(text(ours.octets()));
            assertThat(text(peer.mails.get(1))).endsWith(text(others.octets()));
            assertThat(text(peer.mails.get(2))).endsWith(text(others.octets()));

            Dispatch.Attempt again = send(peer, resigning, ours);
            assertThat(again.decision()).isInstanceOf(TrackingDecision.Tracked.class);
            byte[] resigned = peer.mails.get(3);
            assertThat(text(resigned).split("DKIM-Signature:", -1))
                    .as("one of each key")
                    .hasSize(3);
            assertThat(SignatureCheck.hold(resigned, List.of(TestKeys.RSA, TestKeys.ED25519)))
                    .isEqualTo(List.of(true, true));
            Dkimpy.assumeInstalled();
            assertThat(Dkimpy.verdicts(directory, List.of(peer.mails.get(0), resigned)))
                    .containsExactly("pass", "pass pass");
        }
    }

    @Test
    void a_sealed_mail_is_left_alone_and_gets_no_seal_of_ours() throws IOException {
        var resigning = new DkimPolicy(keys, /* resign= */ true);
        RawMessage sealed = RawMessage.of(("ARC-Seal: i=1; a=rsa-sha256; d=other.example; s=s; cv=none; b=x\r\n"
                        + text(signed("example.org").octets()))
                .getBytes(ISO_8859_1));
        try (ScriptedPeer peer = offering("8BITMIME")) {
            assertThat(send(peer, resigning, sealed).decision()).isInstanceOf(TrackingDecision.Untracked.class);
            assertThat(text(peer.mails.getFirst())).endsWith(text(sealed.octets()));
            assertThat(text(peer.mails.getFirst()).split("ARC-Seal:", -1)).hasSize(2);
        }
    }
}
