package org.signalpost.relay.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.signalpost.relay.delivery.Consignment;
import org.signalpost.relay.delivery.Copies;
import org.signalpost.relay.delivery.Outcome;
import org.signalpost.relay.spool.TestSpool;
import org.signalpost.relay.tls.Authority;
import org.signalpost.track.MessageId;

/** MAIL, RCPT and DATA go out together to a peer that offers PIPELINING, and each reply is put down to its command. */
class PipeliningTest {
    private static final String KEYWORDS = "8BITMIME,PIPELINING";

    /** Greets, then answers only when it has heard so many lines; what it heard up to the mail. */
    private static String answersAfter(ServerSocket server, int lines) throws IOException {
        try (Socket socket = server.accept()) {
            socket.setSoTimeout(10_000);
            say(socket, "220 peer");
            Heard.line(socket.getInputStream());
            say(socket, "250-peer\r\n250-PIPELINING\r\n250 8BITMIME");
            var heard = new StringBuilder();
            for (int i = 0; i < lines; i++) {
                heard.append(Heard.line(socket.getInputStream())).append('\n');
            }
            say(socket, "250 ok\r\n250 ok\r\n354 go");
            Heard.mail(socket.getInputStream());
            say(socket, "250 taken");
            return heard.toString();
        }
    }

    private static void say(Socket socket, String reply) throws IOException {
        socket.getOutputStream().write((reply + "\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void a_peer_hears_all_three_before_it_has_to_answer() throws IOException, InterruptedException, ExecutionException {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor();
                var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                SmtpPool pool = Peers.pool(Peers.nobody(), Peers.PATIENT, 100)) {
            Future<String> heard = threads.submit(() -> answersAfter(server, 3));
            var hop = new Hop("127.0.0.1", server.getLocalPort(), Hop.Tls.NONE, Optional.empty());
            assertThat(Peers.send(pool, hop, Peers.copy())).isInstanceOf(Outcome.Delivered.class);
            assertThat(heard.get()).matches("MAIL FROM:<[^\n]*\nRCPT TO:<[^\n]*\nDATA\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"MAIL", "RCPT", "DATA"})
    void a_refusal_leaves_the_connection_fit_for_the_next_copy(String verb) throws IOException {
        // Who refuses one of them refuses those behind it as well.
        var script = new ConcurrentHashMap<>(Map.of("keywords", KEYWORDS, "DATA", "503 5.5.1 no"));
        script.put(verb, "550 5.1.1 no");
        try (var peer = new ScriptedPeer(script);
                SmtpPool pool = Peers.pool(Peers.nobody(), Peers.PATIENT, 100)) {
            Outcome refused = Peers.send(pool, peer.hop(), Peers.copy());
            assertThat(refused).isInstanceOf(Outcome.Refused.class);
            assertThat(refused.said().reply()).startsWith("550 5.1.1 no");
            script.keySet().retainAll(List.of("keywords"));
            assertThat(Peers.send(pool, peer.hop(), Peers.copy())).isInstanceOf(Outcome.Delivered.class);
            assertThat(peer.connections).hasValue(1);
            assertThat(peer.mails).hasSize(1);
        }
    }

    @Test
    void a_peer_that_wants_a_mail_for_nobody_gets_none() throws IOException {
        var script = new ConcurrentHashMap<>(Map.of("keywords", KEYWORDS, "RCPT", "550 5.1.1 no"));
        try (var peer = new ScriptedPeer(script);
                SmtpPool pool = Peers.pool(Peers.nobody(), Peers.PATIENT, 100)) {
            assertThat(Peers.send(pool, peer.hop(), Peers.copy())).isInstanceOf(Outcome.Refused.class);
            script.remove("RCPT");
            assertThat(Peers.send(pool, peer.hop(), Peers.copy())).isInstanceOf(Outcome.Delivered.class);
            assertThat(peer.connections).hasValue(2);
            assertThat(peer.mails).hasSize(1);
        }
    }

    @Test
    void it_goes_together_under_tls_as_well(@TempDir Path directory) throws IOException {
        Authority authority = Authority.in(directory.resolve("authority"));
        var context = Peers.certificate(authority, Peers.NAME, 30);
        for (boolean fromTheStart : new boolean[] {true, false}) {
            try (var peer = new ScriptedPeer(Map.of("keywords", KEYWORDS), Optional.of(context), fromTheStart);
                    SmtpPool pool = Peers.pool(Peers.trust(authority), Peers.PATIENT, 100)) {
                Hop hop = Peers.hop(peer, fromTheStart ? Hop.Tls.IMPLICIT : Hop.Tls.REQUIRED, Optional.empty());
                for (int i = 0; i < 3; i++) {
                    assertThat(Peers.send(pool, hop, Peers.copy())).isInstanceOf(Outcome.Delivered.class);
                }
                assertThat(peer.connections).hasValue(1);
                assertThat(peer.mails).hasSize(3);
            }
        }
    }

    @Test
    void nothing_goes_together_when_that_is_switched_off() throws IOException {
        var reuse = new SmtpPool.Reuse(Duration.ofSeconds(5), 100, /* pipelining= */ false);
        var script = Map.of("keywords", KEYWORDS, "MAIL", "451 4.3.0 later");
        try (var peer = new ScriptedPeer(script);
                var pool = new SmtpPool("relay.example.org", Peers.nobody(), reuse, Peers.PATIENT)) {
            assertThat(Peers.send(pool, peer.hop(), Peers.copy())).isInstanceOf(Outcome.Deferred.class);
            assertThat(peer.commands).noneMatch(line -> line.startsWith("RCPT") || line.equals("DATA"));
        }
    }

    @Test
    void an_address_that_would_be_two_commands_sends_none() throws IOException {
        try (var peer = new ScriptedPeer(Map.of("keywords", KEYWORDS));
                SmtpPool pool = Peers.pool(Peers.nobody(), Peers.PATIENT, 100)) {
            Consignment twice = Copies.of(
                    new MessageId(1, 2),
                    "shop@example.org",
                    "ann@example.com>\r\nRCPT TO:<eve@example.com",
                    TestSpool.mail("x\r\n"));
            Outcome outcome = Peers.send(pool, peer.hop(), twice);
            assertThat(outcome).isInstanceOf(Outcome.Broken.class);
            assertThat(peer.mails).isEmpty();
            assertThat(peer.commands).noneMatch(line -> line.contains("eve"));
        }
    }
}
