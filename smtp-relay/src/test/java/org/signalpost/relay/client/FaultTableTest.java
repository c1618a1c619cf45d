package org.signalpost.relay.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.signalpost.relay.delivery.Outcome;
import org.signalpost.relay.tls.Authority;

/** Whatever a peer does, at whatever stage: what becomes of the copy, and that the next one goes over the same pool. */
class FaultTableTest {
    private static Authority authority;
    private static javax.net.ssl.SSLContext certificate;

    /** Where it happens, with the reply that would be right there. */
    enum Stage {
        BANNER("banner", "220 peer"),
        EHLO("EHLO", "250-peer\r\n250 8BITMIME"),
        STARTTLS("STARTTLS", "220 go"),
        AUTH("AUTH", "235 2.7.0 in"),
        MAIL("MAIL", "250 ok"),
        RCPT("RCPT", "250 ok"),
        DATA("DATA", "354 go"),
        BODY("body", "250 taken early"),
        DOT(".", "250 2.0.0 taken"),
        QUIT("QUIT", "221 bye");

        private final String verb;
        private final String good;

        Stage(String verb, String good) {
            this.verb = verb;
            this.good = good;
        }

        private boolean opening() {
            return compareTo(MAIL) < 0;
        }
    }

    /** What happens; {@code %s} is the right reply. */
    enum Fault {
        RESET("<reset>"),
        SLOW("<stall>"),
        CLOSING("421 4.3.2 closing"),
        LATER("451 4.3.0 later"),
        NEVER("554 5.7.1 no"),
        GARBAGE("hello there"),
        LONG_LINE("%.4s" + "x".repeat(100_000)),
        ENDLESS("<endless>"),
        LINE_FEEDS_ONLY("<lf>%s"),
        SPLIT("<split>%s"),
        CLOSE("<close>"),
        CLOSE_AFTER_REPLY("%s<close>");

        private final String reply;

        Fault(String reply) {
            this.reply = reply;
        }

        /** Section 12.2 of smtp.md. */
        private String outcome(Stage stage) {
            if (stage == Stage.QUIT) {
                return "DELIVERED";
            }
            return switch (this) {
                case LINE_FEEDS_ONLY, SPLIT -> "DELIVERED";
                case CLOSING -> "ROUTE";
                case NEVER -> stage == Stage.AUTH ? "ROUTE_FOR_ALL" : stage.opening() ? "ROUTE" : "REFUSED";
                case CLOSE_AFTER_REPLY ->
                    switch (stage) {
                        case BANNER, STARTTLS -> "ROUTE";
                        case DOT -> "DELIVERED";
                        default -> "COPY";
                    };
                case RESET, SLOW, LATER, GARBAGE, LONG_LINE, ENDLESS, CLOSE -> stage.opening() ? "ROUTE" : "COPY";
            };
        }

        private boolean happensAt(Stage stage) {
            // A reply in the middle of a mail and the end of the connection would race each other.
            return this != CLOSE_AFTER_REPLY || stage != Stage.BODY;
        }
    }

    @BeforeAll
    static void certificate(@TempDir Path directory) throws IOException {
        authority = Authority.in(directory.resolve("authority"));
        certificate = Peers.certificate(authority, Peers.NAME, 30);
    }

    /** One cell: the outcome with the fault, and the outcome without it over the same pool. */
    private static List<Outcome> cell(Fault fault, Stage stage, SmtpPool pool, String keywords) throws IOException {
        var script = new ConcurrentHashMap<>(Map.of("keywords", keywords));
        boolean tls = stage == Stage.STARTTLS || stage == Stage.AUTH;
        script.put(stage.verb, fault.reply.formatted(stage.good));
        if (stage == Stage.EHLO) {
            script.put("HELO", fault.reply.formatted("250 peer"));
        }
        try (var peer =
                new ScriptedPeer(script, Optional.of(certificate).filter(any -> tls), /* fromTheStart= */ false)) {
            Hop hop = Peers.hop(
                    peer,
                    tls ? Hop.Tls.REQUIRED : Hop.Tls.NONE,
                    Optional.of(Peers.LOGIN).filter(any -> stage == Stage.AUTH));
            Outcome first = Peers.send(pool, hop, Peers.copy());
            script.remove(stage.verb);
            script.remove("HELO");
            Outcome second = Peers.send(pool, hop, Peers.copy());
            pool.close();
            peer.awaitSilence();
            return List.of(first, second);
        }
    }

    private static SmtpPool pool(Fault fault, Stage stage) {
        Patience patience = fault == Fault.SLOW ? Peers.IMPATIENT : Peers.PATIENT;
        return Peers.pool(Peers.trust(authority), patience, stage == Stage.QUIT ? 1 : 100);
    }

    @ParameterizedTest
    @EnumSource
    void every_fault_at_every_stage_has_its_outcome_and_harms_no_later_copy(Fault fault)
            throws InterruptedException, ExecutionException {
        everyStage(fault, "8BITMIME,AUTH PLAIN");
    }

    @ParameterizedTest
    @EnumSource
    void it_has_the_same_when_commands_go_out_together(Fault fault) throws InterruptedException, ExecutionException {
        everyStage(fault, "8BITMIME,AUTH PLAIN,PIPELINING");
    }

    private static void everyStage(Fault fault, String keywords) throws InterruptedException, ExecutionException {
        var expected = new EnumMap<Stage, String>(Stage.class);
        var running = new EnumMap<Stage, Future<List<Outcome>>>(Stage.class);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Arrays.stream(Stage.values()).filter(fault::happensAt).forEach(stage -> {
                expected.put(stage, fault.outcome(stage));
                running.put(stage, threads.submit(() -> {
                    try (SmtpPool pool = pool(fault, stage)) {
                        return cell(fault, stage, pool, keywords);
                    }
                }));
            });
        }
        var found = new EnumMap<Stage, String>(Stage.class);
        for (Map.Entry<Stage, Future<List<Outcome>>> cell : running.entrySet()) {
            List<Outcome> outcomes = cell.getValue().get();
            found.put(cell.getKey(), Peers.word(outcomes.getFirst()));
            String reply = outcomes.getFirst().said().reply();
            assertThat(reply)
                    .as(cell.toString())
                    .isNotBlank()
                    .hasSizeLessThanOrEqualTo(512)
                    .matches("[ -~]*");
            assertThat(outcomes.getLast()).as(cell.toString()).isInstanceOf(Outcome.Delivered.class);
        }
        assertThat(found).isEqualTo(expected);
    }

    @Test
    void refused_connections_are_told_from_peers_that_say_something() throws IOException {
        int free;
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = taken.getLocalPort();
        }
        try (SmtpPool pool = Peers.pool(Peers.nobody(), Peers.PATIENT, 100)) {
            var host = new SmartHost(new Hop("127.0.0.1", free, Hop.Tls.NONE, Optional.empty()), pool);
            Outcome outcome = host.deliver(Peers.copy());
            assertThat(Peers.word(outcome)).isEqualTo("ROUTE");
            assertThat(outcome.said().reply()).contains("can't connect to 127.0.0.1:" + free);
        }
    }

    @Test
    void a_peer_that_does_not_accept_connections_is_not_waited_for_long() throws IOException {
        var waiting = new ArrayList<Socket>();
        try (var full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                SmtpPool pool = Peers.pool(Peers.nobody(), Peers.IMPATIENT, 100)) {
            for (int i = 0; i < 2; i++) {
                waiting.add(new Socket(full.getInetAddress(), full.getLocalPort()));
            }
            var host = new SmartHost(new Hop("127.0.0.1", full.getLocalPort(), Hop.Tls.NONE, Optional.empty()), pool);
            assertThat(Peers.word(host.deliver(Peers.copy()))).isEqualTo("ROUTE");
        } finally {
            for (Socket socket : waiting) {
                socket.close();
            }
        }
    }

    @Test
    void a_peer_that_does_not_read_a_large_mail_is_cut() throws IOException {
        try (var peer = new ScriptedPeer(Map.of("keywords", "8BITMIME", "body", "<deaf>"));
                SmtpPool pool = Peers.pool(Peers.nobody(), Peers.IMPATIENT, 100)) {
            String large = "Subject: x\r\n\r\n" + "line\r\n".repeat(4_000_000);
            assertThat(Peers.word(Peers.send(pool, peer.hop(), Peers.copy(large))))
                    .isEqualTo("COPY");
        }
    }

    @Test
    void a_reply_that_comes_one_octet_at_a_time_has_no_more_time_than_any_other() throws IOException {
        try (var peer = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                SmtpPool pool = Peers.pool(Peers.nobody(), Peers.IMPATIENT, 100)) {
            Thread.ofVirtual().start(() -> trickle(peer));
            var hop = new Hop("127.0.0.1", peer.getLocalPort(), Hop.Tls.NONE, Optional.empty());
            assertThat(Peers.word(Peers.send(pool, hop, Peers.copy()))).isEqualTo("ROUTE");
        }
    }

    /** An octet every hundred milliseconds, until the other side has had enough. */
    private static void trickle(ServerSocket server) {
        try (Socket socket = server.accept()) {
            socket.setSoTimeout(100);
            socket.getOutputStream().write("220 ".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            while (true) {
                socket.getOutputStream().write('x');
                pause(socket);
            }
        } catch (IOException cut) {
            return;
        }
    }

    private static void pause(Socket socket) throws IOException {
        try {
            if (socket.getInputStream().read() < 0) {
                throw new IOException("closed");
            }
        } catch (java.net.SocketTimeoutException e) {
            return;
        }
    }
}
