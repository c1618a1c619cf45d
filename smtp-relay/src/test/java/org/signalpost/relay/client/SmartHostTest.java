package org.signalpost.relay.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.signalpost.relay.delivery.Consignment;
import org.signalpost.relay.delivery.Copies;
import org.signalpost.relay.delivery.Outcome;
import org.signalpost.relay.spool.TestSpool;
import org.signalpost.track.MessageId;
import org.slf4j.LoggerFactory;

class SmartHostTest {
    private final SmtpPool pool = pool(Patience.USUAL);

    static SmtpPool pool(Patience patience) {
        var system = (SSLSocketFactory) SSLSocketFactory.getDefault();
        return new SmtpPool(
                "relay.example.org",
                new Trust(system, system),
                new SmtpPool.Reuse(Duration.ofSeconds(5), 100, /* pipelining= */ true),
                patience);
    }

    @AfterEach
    void close() {
        pool.close();
    }

    private SmartHost host(ScriptedPeer peer) {
        return new SmartHost(peer.hop(), pool);
    }

    private static Consignment copy(String sender, String mail) {
        return Copies.of(new MessageId(1, 2), sender, "ann@example.com", TestSpool.mail(mail));
    }

    private static String text(byte[] mail) {
        return new String(mail, StandardCharsets.ISO_8859_1);
    }

    @Test
    void the_octets_arrive_as_they_are_over_one_connection() throws IOException {
        String mail = "Bcc: x@y.example\r\nSubject: gr\u00fc\u00df\r\nContent-Length: 5\r\n\r\n.\r\n..\r\n"
                + "a".repeat(500) + "\r\n\r\nlast";
        try (var peer = new ScriptedPeer(Map.of())) {
            for (int i = 0; i < 3; i++) {
                assertThat(host(peer).deliver(copy("shop@example.org", mail)))
                        .isInstanceOfSatisfying(
                                Outcome.Delivered.class,
                                taken -> assertThat(taken.said().reply()).isEqualTo("250 2.0.0 taken"));
            }
            assertThat(host(peer).deliver(copy("", mail))).isInstanceOf(Outcome.Delivered.class);

            assertThat(peer.mails)
                    .hasSize(4)
                    .allSatisfy(received -> assertThat(text(received)).isEqualTo(mail + "\r\n"));
            assertThat(peer.connections.get()).isEqualTo(1);
            assertThat(peer.commands)
                    .contains("EHLO relay.example.org", "RCPT TO:<ann@example.com>")
                    .contains("MAIL FROM:<shop@example.org> SIZE=" + mail.length())
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
        try (var peer = new ScriptedPeer(Map.of(stage, reply))) {
            Outcome found = host(peer).deliver(copy("shop@example.org", "x\r\n"));

            assertThat(
                            switch (found) {
                                case Outcome.Delivered delivered -> "DELIVERED";
                                case Outcome.Refused refused -> "REFUSED";
                                case Outcome.Captured captured -> "CAPTURED";
                                case Outcome.Broken broken -> "BROKEN";
                                case Outcome.Deferred deferred ->
                                    deferred.fault().name();
                            })
                    .as(found.toString())
                    .isEqualTo(outcome);
            assertThat(found.said().reply())
                    .isNotBlank()
                    .hasSizeLessThanOrEqualTo(512)
                    .matches("[ -~]*");
            if (!reply.equals("<close>") && !outcome.equals("ROUTE")) {
                assertThat(found.said().reply()).contains(reply.substring(0, 3));
            }
        }
    }

    @Test
    void a_connection_that_the_peer_has_closed_meanwhile_costs_no_attempt() throws IOException {
        try (var peer = new ScriptedPeer(Map.of("QUIT", "221 bye"))) {
            assertThat(host(peer).deliver(copy("a@b.example", "1\r\n"))).isInstanceOf(Outcome.Delivered.class);
            peer.hangUp();
            assertThat(host(peer).deliver(copy("a@b.example", "2\r\n"))).isInstanceOf(Outcome.Delivered.class);
            assertThat(peer.connections.get()).isEqualTo(2);
            assertThat(peer.mails).hasSize(2);
        }
    }

    @Test
    void nobody_there_is_the_routes_trouble() {
        for (String name : List.of("127.0.0.1", "no-such-host.invalid")) {
            var host = new SmartHost(new Hop(name, 1, Hop.Tls.NONE, Optional.empty()), pool);
            assertThat(host.deliver(copy("a@b.example", "x\r\n")))
                    .isInstanceOfSatisfying(
                            Outcome.Deferred.class,
                            deferred -> assertThat(deferred.fault()).isEqualTo(Outcome.Fault.ROUTE));
        }
    }

    @Test
    void a_peer_that_never_stops_talking_is_cut_off() throws IOException {
        try (var peer = new ScriptedPeer(Map.of("banner", "220 " + "x".repeat(200_000)))) {
            assertThat(host(peer).deliver(copy("a@b.example", "x\r\n"))).isInstanceOf(Outcome.Deferred.class);
        }
    }

    @Test
    void a_copy_larger_than_the_peer_takes_is_not_sent() throws IOException {
        try (var peer = new ScriptedPeer(Map.of())) {
            // The scripted peer says SIZE 1000.
            Outcome found = host(peer).deliver(copy("a@b.example", "x".repeat(1_500) + "\r\n"));
            assertThat(found).isInstanceOf(Outcome.Refused.class);
            assertThat(found.said().status()).isEqualTo("5.3.4");
            assertThat(peer.commands).noneMatch(command -> command.startsWith("MAIL"));
            assertThat(host(peer).deliver(copy("a@b.example", "y\r\n"))).isInstanceOf(Outcome.Delivered.class);
        }
    }

    @Test
    void a_copy_whose_answer_was_lost_is_not_sent_again_at_once() throws IOException {
        var script = new java.util.concurrent.ConcurrentHashMap<String, String>();
        try (var peer = new ScriptedPeer(script)) {
            assertThat(host(peer).deliver(copy("a@b.example", "1\r\n"))).isInstanceOf(Outcome.Delivered.class);
            script.put(".", "<close>");
            assertThat(host(peer).deliver(copy("a@b.example", "2\r\n"))).isInstanceOf(Outcome.Deferred.class);
            assertThat(peer.mails).hasSize(2);
        }
    }

    @Test
    void a_reply_that_is_none_harms_no_later_copy() throws IOException {
        var script = new java.util.concurrent.ConcurrentHashMap<String, String>();
        try (var peer = new ScriptedPeer(script)) {
            script.put("RCPT", "what?");
            assertThat(host(peer).deliver(copy("a@b.example", "1\r\n"))).isInstanceOf(Outcome.Deferred.class);
            script.clear();
            assertThat(host(peer).deliver(copy("a@b.example", "2\r\n"))).isInstanceOf(Outcome.Delivered.class);
        }
    }

    /** Takes mail an octet now and then: each block makes progress, all of it would take minutes. */
    private static void drip(ServerSocket server) {
        try (Socket socket = server.accept()) {
            var in = socket.getInputStream();
            var out = socket.getOutputStream();
            out.write("220 slow\r\n".getBytes(StandardCharsets.US_ASCII));
            var line = new StringBuilder();
            while (!line.toString().equals("DATA")) {
                int octet = in.read();
                if (octet == '\n') {
                    out.write("250 ok\r\n".getBytes(StandardCharsets.US_ASCII));
                    line.setLength(0);
                } else if (octet != '\r') {
                    line.append((char) octet);
                }
            }
            in.read();
            in.read();
            out.write("354 go on\r\n".getBytes(StandardCharsets.US_ASCII));
            while (in.read(new byte[4 << 10]) >= 0) {
                LockSupport.parkNanos(10_000_000);
            }
        } catch (IOException e) {
            // It was cut off, as it should be.
            LoggerFactory.getLogger(SmartHostTest.class).debug("{}", e.toString());
        }
    }

    @Test
    void a_peer_that_takes_a_mail_too_slowly_is_cut_off_whatever_progress_it_makes() throws IOException {
        var patience = new Patience(Duration.ofSeconds(1), Duration.ofSeconds(1), 50_000_000, Duration.ofSeconds(60));
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                SmtpPool impatient = pool(patience)) {
            server.setReceiveBufferSize(16 << 10);
            Thread.ofVirtual().start(() -> drip(server));
            var hop = new Hop("127.0.0.1", server.getLocalPort(), Hop.Tls.NONE, Optional.empty());
            String mail = "Subject: x\r\n\r\n" + ("y".repeat(76) + "\r\n").repeat(400_000);
            assertThat(new SmartHost(hop, impatient).deliver(copy("a@b.example", mail)))
                    .isInstanceOf(Outcome.Deferred.class);
        }
    }
}
