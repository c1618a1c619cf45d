package org.signalpost.relay.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.signalpost.relay.delivery.Outcome;

/** How long a connection is used, and what becomes of copies when the peer has had enough of it. */
class ReuseTest {
    private static SmtpPool pool(Duration idle, int copies) {
        return new SmtpPool(
                "relay.example.org",
                Peers.nobody(),
                new SmtpPool.Reuse(idle, copies, /* pipelining= */ true),
                Peers.PATIENT);
    }

    private static SmtpPool usual() {
        return pool(Duration.ofSeconds(5), 100);
    }

    private static String send(SmtpPool pool, ScriptedPeer peer) {
        return Peers.word(Peers.send(pool, peer.hop(), Peers.copy()));
    }

    @ParameterizedTest
    @CsvSource({"250 ok, DELIVERED", "550 5.1.1 no such user, REFUSED", "450 4.2.1 later, COPY"})
    void a_hundred_copies_go_over_one_connection_whatever_becomes_of_them(String reply, String outcome)
            throws IOException {
        try (var peer = new ScriptedPeer(Map.of("RCPT", reply));
                SmtpPool pool = usual()) {
            for (int i = 0; i < 100; i++) {
                assertThat(send(pool, peer)).isEqualTo(outcome);
            }
            assertThat(peer.connections.get()).isEqualTo(1);
            peer.awaitSilence();
            assertThat(peer.commands.getLast()).isEqualTo("QUIT");
            assertThat(send(pool, peer)).isEqualTo(outcome);
            assertThat(peer.connections.get()).isEqualTo(2);
        }
    }

    @Test
    void a_connection_that_nobody_uses_is_ended_with_quit() throws IOException {
        try (var peer = new ScriptedPeer(Map.of());
                SmtpPool pool = pool(Duration.ofMillis(100), 100)) {
            assertThat(send(pool, peer)).isEqualTo("DELIVERED");
            peer.awaitSilence();
            assertThat(peer.commands.getLast()).isEqualTo("QUIT");
            assertThat(send(pool, peer)).isEqualTo("DELIVERED");
            assertThat(peer.connections.get()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"421 4.4.2 idle for too long", "421 4.4.2 idle for too long<close>", "<close>", "<reset>", "hm"})
    void a_kept_connection_that_the_peer_is_tired_of_costs_no_attempt(String reply) throws IOException {
        try (var peer = new ScriptedPeer(Map.of("later MAIL", reply));
                SmtpPool pool = usual()) {
            for (int i = 1; i <= 3; i++) {
                assertThat(send(pool, peer)).isEqualTo("DELIVERED");
                assertThat(peer.connections.get()).isEqualTo(i);
            }
            assertThat(peer.mails).hasSize(3);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"421 4.4.2 closing", "<close>", "500 5.5.1 what?", "hm"})
    void a_peer_that_does_not_forget_a_refused_copy_gets_the_next_over_another_connection(String reply)
            throws IOException {
        var script = new ConcurrentHashMap<>(Map.of("RCPT", "550 5.1.1 no such user", "RSET", reply));
        try (var peer = new ScriptedPeer(script);
                SmtpPool pool = usual()) {
            assertThat(send(pool, peer)).isEqualTo("REFUSED");
            script.remove("RCPT");
            assertThat(send(pool, peer)).isEqualTo("DELIVERED");
            assertThat(peer.connections.get()).isEqualTo(2);
            assertThat(peer.mails).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"421 4.3.2 closing", "<close>", "451 4.3.0 later"})
    void a_copy_that_the_peer_may_have_heard_of_is_not_sent_again_at_once(String reply) throws IOException {
        try (var peer = new ScriptedPeer(Map.of("later RCPT", reply));
                SmtpPool pool = usual()) {
            assertThat(send(pool, peer)).isEqualTo("DELIVERED");
            assertThat(send(pool, peer)).isIn("COPY", "ROUTE");
            assertThat(peer.connections.get()).isEqualTo(1);
        }
    }

    @Test
    void copies_at_the_same_time_have_connections_of_their_own_and_later_ones_use_them_again()
            throws IOException, InterruptedException, ExecutionException {
        try (var peer = new ScriptedPeer(Map.of());
                SmtpPool pool = usual();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var sent = new ArrayList<Future<String>>();
            for (int i = 0; i < 50; i++) {
                sent.add(threads.submit(() -> send(pool, peer)));
            }
            for (Future<String> one : sent) {
                assertThat(one.get()).isEqualTo("DELIVERED");
            }
            int connections = peer.connections.get();
            for (int i = 0; i < 5; i++) {
                assertThat(send(pool, peer)).isEqualTo("DELIVERED");
            }
            assertThat(peer.connections.get()).isEqualTo(connections);
            assertThat(peer.mails).hasSize(55);
        }
    }

    @Test
    void after_the_end_everybody_is_cut_and_nobody_is_called()
            throws IOException, InterruptedException, ExecutionException {
        SmtpPool pool = usual();
        try (var peer = new ScriptedPeer(Map.of(".", "<stall>"));
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<String> under = threads.submit(() -> send(pool, peer));
            while (peer.mails.isEmpty()) {
                Thread.onSpinWait();
            }
            pool.close();
            assertThat(under.get()).isEqualTo("COPY");
            peer.awaitSilence();

            Outcome late = new SmartHost(peer.hop(), pool).deliver(Peers.copy());
            assertThat(Peers.word(late)).isEqualTo("ROUTE");
            assertThat(peer.connections.get()).isEqualTo(1);
            assertThat(List.copyOf(peer.mails)).hasSize(1);
        }
    }
}
