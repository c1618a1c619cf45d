package org.signalpost.relay.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.signalpost.relay.delivery.Copies;
import org.signalpost.relay.delivery.Outcome;
import org.signalpost.relay.dns.FakeNameServer;
import org.signalpost.relay.dns.Identity;
import org.signalpost.relay.dns.MxLookup;
import org.signalpost.relay.spool.TestSpool;
import org.signalpost.track.MessageId;

/** Mail to the recipients' own servers: a name server and mail hosts on the addresses of loopback. */
class DirectMxTest {
    private final SmtpPool pool = Peers.pool(Peers.nobody(), Peers.PATIENT, 100);
    private final List<ScriptedPeer> peers = new ArrayList<>();
    private FakeNameServer dns;
    private int port;

    @BeforeEach
    void start() throws IOException {
        dns = FakeNameServer.start();
        dns.knows("ours.example", "MX", "10 relay.example.org.");
        dns.knows("bad.example", "MX", "10 mx.bad.example.").knows("null.example", "MX", "0 .");
        dns.behaves("fails.example", FakeNameServer.Behaviour.SERVFAIL);
    }

    @AfterEach
    void close() throws IOException {
        pool.close();
        for (ScriptedPeer peer : peers) {
            peer.close();
        }
        dns.close();
    }

    private static String address(int number) {
        return "127.0.0." + (number + 1);
    }

    /** A mail host of a.example, the first one preferred; {@code nobody} for an address where nobody listens. */
    private void host(String script) throws IOException {
        int number = peers.size() + 1;
        dns.knows("a.example", "MX", 10 * number + " mx" + number + ".a.example.")
                .knows("mx" + number + ".a.example", "A", address(number));
        String[] said = script.split("=", 2);
        var peer = new ScriptedPeer(
                new InetSocketAddress(InetAddress.getByName(address(number)), port),
                said.length == 2 ? Map.of(said[0], said[1]) : Map.of(),
                Optional.empty(),
                /* fromTheStart= */ false);
        port = peer.port();
        peers.add(peer);
        if (script.equals("nobody")) {
            peer.close();
        }
    }

    private Outcome deliver(String recipient) {
        var us = new Identity(
                Set.of("relay.example.org"), address -> address.getHostAddress().equals("127.0.0.99"));
        var lookup = new MxLookup(List.of(dns.address()), Duration.ofSeconds(5), us, new Random(1));
        var mail = TestSpool.mail("Subject: x\r\n\r\ny\r\n");
        return new DirectMx(lookup, pool, port)
                .deliver(Copies.of(new MessageId(1, 2), "shop@example.org", recipient, mail));
    }

    private List<Integer> mails() {
        return peers.stream().map(peer -> peer.mails.size()).toList();
    }

    @Test
    void the_preferred_host_gets_the_mail() throws IOException {
        host("");
        host("");
        Outcome outcome = deliver("ann@a.example");
        assertThat(Peers.word(outcome)).isEqualTo("DELIVERED");
        assertThat(outcome.said().peer()).isEqualTo("mx1.a.example");
        assertThat(mails()).containsExactly(1, 0);
        assertThat(peers.get(1).connections.get()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nobody",
                "banner=<close>",
                "banner=554 5.7.1 go away",
                "banner=421 4.3.2 too busy",
                "EHLO=<reset>",
                "MAIL=450 4.7.1 later",
                "RCPT=451 4.7.1 greylisted",
                "DATA=421 4.3.2 closing",
                ".=452 4.3.1 full"
            })
    void a_host_that_says_later_or_can_not_be_reached_leaves_the_mail_to_the_next(String script) throws IOException {
        host(script);
        host("");
        assertThat(Peers.word(deliver("ann@a.example"))).isEqualTo("DELIVERED");
        assertThat(peers.get(1).mails).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"MAIL=550 5.7.1 no", "RCPT=550 5.1.1 no such user", "DATA=554 5.7.1 no", ".=554 5.7.1 spam"})
    void a_host_that_refuses_the_mail_decides_for_all(String script) throws IOException {
        host(script);
        host("");
        assertThat(Peers.word(deliver("ann@a.example"))).isEqualTo("REFUSED");
        assertThat(peers.get(1).connections.get()).isZero();
    }

    @Test
    void later_from_one_host_counts_more_than_that_another_can_not_be_reached() throws IOException {
        host("RCPT=451 4.7.1 greylisted");
        host("nobody");
        Outcome outcome = deliver("ann@a.example");
        assertThat(Peers.word(outcome)).isEqualTo("COPY");
        assertThat(outcome.said().reply()).isEqualTo("451 4.7.1 greylisted");

        assertThat(Peers.word(deliver("bob@a.example"))).isEqualTo("COPY");
    }

    @Test
    void a_domain_whose_hosts_can_not_be_reached_is_the_routes_trouble() throws IOException {
        host("nobody");
        host("nobody");
        Outcome outcome = deliver("ann@a.example");
        assertThat(Peers.word(outcome)).isEqualTo("ROUTE");
        assertThat(outcome.said().status()).isEqualTo("4.4.1");
    }

    @ParameterizedTest
    @CsvSource({
        "ann@null.example, REFUSED, 5.1.10",
        "ann@nowhere.example, REFUSED, 5.1.2",
        "ann@bad.example, REFUSED, 5.1.2",
        "ann@ours.example, REFUSED, 5.4.6",
        "ann@[127.0.0.99], REFUSED, 5.4.6",
        "ann@fails.example, ROUTE, 4.4.3",
        "ann@stra\u00dfe.example, REFUSED, 5.6.7"
    })
    void what_dns_says_decides_where_there_is_no_host(String recipient, String outcome, String status) {
        Outcome found = deliver(recipient);
        assertThat(Peers.word(found)).as(found.toString()).isEqualTo(outcome);
        assertThat(found.said().status()).isEqualTo(status);
        assertThat(found.said().reply()).contains(status);
    }

    @Test
    void an_address_in_brackets_and_a_domain_without_mx_are_hosts_themselves() throws IOException {
        host("");
        dns.knows("direct.example", "A", address(1)).knows("xn--bcher-kva.example", "A", address(1));
        for (String domain : List.of("[127.0.0.2]", "direct.example", "b\u00fccher.example")) {
            assertThat(Peers.word(deliver("ann@" + domain))).as(domain).isEqualTo("DELIVERED");
        }
        assertThat(peers.getFirst().commands)
                .contains("RCPT TO:<ann@[127.0.0.2]>", "RCPT TO:<ann@xn--bcher-kva.example>");
    }

    @Test
    void at_most_five_hosts_are_tried_in_one_attempt() throws IOException {
        for (int i = 0; i < 6; i++) {
            host("RCPT=450 4.2.1 later");
        }
        assertThat(Peers.word(deliver("ann@a.example"))).isEqualTo("COPY");
        assertThat(peers.stream().map(peer -> peer.connections.get())).containsExactly(1, 1, 1, 1, 1, 0);
    }
}
