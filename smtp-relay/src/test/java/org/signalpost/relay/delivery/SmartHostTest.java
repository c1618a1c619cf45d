package org.signalpost.relay.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.signalpost.rewrite.RawMessage;
import org.signalpost.track.MessageId;
import org.signalpost.track.TrackingDecision;

class SmartHostTest {
    private static Outgoing copy(String sender, String mail) {
        return new Outgoing(
                new MessageId(1, 2),
                Instant.EPOCH,
                sender,
                "ann@example.com",
                RawMessage.of(mail.getBytes(StandardCharsets.ISO_8859_1)),
                new TrackingDecision.Untracked("no-html", "{}"));
    }

    private static String text(byte[] mail) {
        return new String(mail, StandardCharsets.ISO_8859_1);
    }

    @Test
    void the_octets_arrive_as_they_are_over_one_connection() throws IOException {
        String mail = "Bcc: x@y.example\r\nSubject: gr\u00fc\u00df\r\nContent-Length: 5\r\n\r\n.\r\n..\r\n"
                + "a".repeat(500) + "\r\n\r\nlast";
        try (var peer = new ScriptedPeer(Map.of());
                var host = new SmartHost(peer.address(), "relay.example.org")) {
            for (int i = 0; i < 3; i++) {
                assertThat(host.deliver(copy("shop@example.org", mail)))
                        .isEqualTo(new Outcome.Delivered("250 2.0.0 taken"));
            }
            assertThat(host.deliver(copy("", mail))).isInstanceOf(Outcome.Delivered.class);

            assertThat(peer.mails)
                    .hasSize(4)
                    .allSatisfy(received -> assertThat(text(received)).isEqualTo(mail + "\r\n"));
            assertThat(peer.connections.get()).isEqualTo(1);
            assertThat(peer.commands)
                    .contains("EHLO relay.example.org", "RCPT TO:<ann@example.com>")
                    .contains("MAIL FROM:<shop@example.org> SIZE=" + mail.length() + " BODY=8BITMIME")
                    .anyMatch(command -> command.startsWith("MAIL FROM:<> "));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "banner, 554 go away, ROUTE",
        "banner, <close>, ROUTE",
        "EHLO, <close>, ROUTE",
        "MAIL, 451 later, COPY",
        "MAIL, 550 no, REFUSED",
        "MAIL, 421 closing, ROUTE",
        "RCPT, 450 later, COPY",
        "RCPT, 550 no such user, REFUSED",
        "DATA, 451 later, COPY",
        "DATA, 554 no, REFUSED",
        "., 452 full, COPY",
        "., 554 spam, REFUSED",
        "., 251 fine too, DELIVERED",
        "., <close>, COPY",
        "DATA, <close>, COPY"
    })
    void codes_decide_what_becomes_of_a_copy(String stage, String reply, String outcome) throws IOException {
        try (var peer = new ScriptedPeer(Map.of(stage, reply));
                var host = new SmartHost(peer.address(), "relay.example.org")) {
            Outcome found = host.deliver(copy("shop@example.org", "x\r\n"));

            assertThat(
                            switch (found) {
                                case Outcome.Delivered delivered -> "DELIVERED";
                                case Outcome.Refused refused -> "REFUSED";
                                case Outcome.TooLarge tooLarge -> "TOO_LARGE";
                                case Outcome.Deferred deferred ->
                                    deferred.fault().name();
                            })
                    .as(found.toString())
                    .isEqualTo(outcome);
            assertThat(found.reply()).isNotBlank().hasSizeLessThanOrEqualTo(512).matches("[ -~]*");
            if (!reply.equals("<close>") && !outcome.equals("ROUTE")) {
                assertThat(found.reply()).contains(reply.substring(0, 3));
            }
        }
    }

    @Test
    void a_connection_that_the_peer_has_closed_meanwhile_costs_no_attempt() throws IOException {
        try (var peer = new ScriptedPeer(Map.of("QUIT", "221 bye"));
                var host = new SmartHost(peer.address(), "relay.example.org")) {
            assertThat(host.deliver(copy("a@b.example", "1\r\n"))).isInstanceOf(Outcome.Delivered.class);
            peer.hangUp();
            assertThat(host.deliver(copy("a@b.example", "2\r\n"))).isInstanceOf(Outcome.Delivered.class);
            assertThat(peer.connections.get()).isEqualTo(2);
            assertThat(peer.mails).hasSize(2);
        }
    }

    @Test
    void nobody_there_is_the_routes_trouble() {
        try (var host = new SmartHost(InetSocketAddress.createUnresolved("127.0.0.1", 1), "relay.example.org")) {
            assertThat(host.deliver(copy("a@b.example", "x\r\n")))
                    .isInstanceOfSatisfying(
                            Outcome.Deferred.class,
                            deferred -> assertThat(deferred.fault()).isEqualTo(Outcome.Fault.ROUTE));
        }
        try (var host = new SmartHost(InetSocketAddress.createUnresolved("no-such-host.invalid", 25), "r.example")) {
            assertThat(host.deliver(copy("a@b.example", "x\r\n"))).isInstanceOf(Outcome.Deferred.class);
        }
    }

    @Test
    void a_peer_that_never_stops_talking_is_cut_off() throws IOException {
        try (var peer = new ScriptedPeer(Map.of("banner", "220 " + "x".repeat(200_000)));
                var host = new SmartHost(peer.address(), "relay.example.org")) {
            assertThat(host.deliver(copy("a@b.example", "x\r\n"))).isInstanceOf(Outcome.Deferred.class);
        }
    }

    @Test
    void a_copy_larger_than_the_peer_takes_is_not_sent() throws IOException {
        try (var peer = new ScriptedPeer(Map.of());
                var host = new SmartHost(peer.address(), "relay.example.org")) {
            // The scripted peer says SIZE 1000.
            Outcome found = host.deliver(copy("a@b.example", "x".repeat(1_500) + "\r\n"));
            assertThat(found).isEqualTo(new Outcome.TooLarge("the next hop takes 1000 octets", 1_000));
            assertThat(peer.commands).noneMatch(command -> command.startsWith("MAIL"));
            assertThat(host.deliver(copy("a@b.example", "y\r\n"))).isInstanceOf(Outcome.Delivered.class);
        }
    }

    @Test
    void a_copy_whose_answer_was_lost_is_not_sent_again_at_once() throws IOException {
        var script = new java.util.concurrent.ConcurrentHashMap<String, String>();
        try (var peer = new ScriptedPeer(script);
                var host = new SmartHost(peer.address(), "relay.example.org")) {
            assertThat(host.deliver(copy("a@b.example", "1\r\n"))).isInstanceOf(Outcome.Delivered.class);
            script.put(".", "<close>");
            assertThat(host.deliver(copy("a@b.example", "2\r\n"))).isInstanceOf(Outcome.Deferred.class);
            assertThat(peer.mails).hasSize(2);
        }
    }

    @Test
    void a_reply_that_is_none_harms_no_later_copy() throws IOException {
        var script = new java.util.concurrent.ConcurrentHashMap<String, String>();
        try (var peer = new ScriptedPeer(script);
                var host = new SmartHost(peer.address(), "relay.example.org")) {
            script.put("RCPT", "what?");
            assertThat(host.deliver(copy("a@b.example", "1\r\n"))).isInstanceOf(Outcome.Deferred.class);
            script.clear();
            assertThat(host.deliver(copy("a@b.example", "2\r\n"))).isInstanceOf(Outcome.Delivered.class);
        }
    }
}
