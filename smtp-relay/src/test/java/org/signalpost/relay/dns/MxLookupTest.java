package org.signalpost.relay.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.signalpost.relay.dns.FakeNameServer.Behaviour;

class MxLookupTest {
    private static final Identity SELF = new Identity(
            Set.of("Relay.example.org"), address -> address.getHostAddress().equals("192.0.2.99"));

    private FakeNameServer dns;

    @BeforeEach
    void start() throws IOException {
        dns = FakeNameServer.start();
    }

    @AfterEach
    void close() throws IOException {
        dns.close();
    }

    private MxLookup lookup() {
        return new MxLookup(List.of(dns.address()), Duration.ofSeconds(5), SELF, new Random(1));
    }

    /** For a server that is not going to answer. */
    private MxLookup impatient() {
        return new MxLookup(List.of(dns.address()), Duration.ofMillis(150), SELF, new Random(1));
    }

    /** A host as {@code name address address}. */
    private static List<String> written(Destination destination) {
        assertThat(destination).isInstanceOf(Destination.Hosts.class);
        return ((Destination.Hosts) destination)
                .hosts().stream()
                        .map(host -> host.name() + " "
                                + host.addresses().stream()
                                        .map(InetAddress::getHostAddress)
                                        .collect(Collectors.joining(" ")))
                        .toList();
    }

    private void host(String name, int number) throws IOException {
        dns.knows(name, "A", "192.0.2." + number);
    }

    @Test
    void hosts_come_in_the_order_of_preference_with_both_kinds_of_addresses() throws IOException {
        dns.knows("a.example", "MX", "20 second.a.example.")
                .knows("a.example", "MX", "10 first.a.example.")
                .knows("first.a.example", "AAAA", "2001:db8::1")
                .knows("first.a.example", "A", "192.0.2.1")
                .knows("second.a.example", "AAAA", "2001:db8::2");
        Destination destination = lookup().destination("A.Example");

        assertThat(written(destination))
                .containsExactly(
                        "first.a.example 192.0.2.1 2001:db8:0:0:0:0:0:1", "second.a.example 2001:db8:0:0:0:0:0:2");
        assertThat(((Destination.Hosts) destination).hosts().getFirst().addresses())
                .extracting(InetAddress::getHostName)
                .containsOnly("first.a.example");
    }

    @Test
    void hosts_of_the_same_preference_take_turns() throws IOException {
        for (int i = 1; i <= 3; i++) {
            dns.knows("a.example", "MX", "10 mx" + i + ".a.example.");
            host("mx" + i + ".a.example", i);
        }
        dns.knows("a.example", "MX", "5 best.a.example.");
        host("best.a.example", 5);
        MxLookup lookup = lookup();
        var orders = new TreeSet<String>();
        for (int i = 0; i < 100; i++) {
            orders.add(String.join(",", written(lookup.destination("a.example"))));
        }
        assertThat(orders).hasSize(6).allMatch(order -> order.startsWith("best.a.example "));
    }

    @Test
    void five_hosts_with_two_addresses_each_are_enough() throws IOException {
        for (int i = 1; i <= 30; i++) {
            dns.knows("a.example", "MX", i + " mx" + i + ".a.example.");
            for (int j = 1; j <= 4; j++) {
                host("mx" + i + ".a.example", j);
            }
        }
        assertThat(written(lookup().destination("a.example")))
                .hasSize(5)
                .allMatch(host -> host.split(" ").length == 3)
                .last()
                .asString()
                .startsWith("mx5.");
        assertThat(dns.questions).hasSizeLessThan(15);
    }

    @Test
    void a_domain_without_mx_is_its_own_host() throws IOException {
        host("a.example", 1);
        assertThat(written(lookup().destination("a.example"))).containsExactly("a.example 192.0.2.1");
    }

    @Test
    void aliases_are_followed() throws IOException {
        dns.knows("www.a.example", "CNAME", "a.example.")
                .knows("a.example", "MX", "10 mx.a.example.")
                .knows("mx.a.example", "CNAME", "real.b.example.");
        host("real.b.example", 1);
        assertThat(written(lookup().destination("www.a.example"))).containsExactly("mx.a.example 192.0.2.1");
    }

    @Test
    void aliases_that_lead_in_circles_are_later() throws IOException {
        dns.knows("a.example", "CNAME", "b.example.").knows("b.example", "CNAME", "a.example.");
        assertThat(lookup().destination("a.example")).isInstanceOf(Destination.Failed.class);
    }

    @Test
    void a_null_mx_takes_no_mail_and_among_others_is_nothing() throws IOException {
        dns.knows("a.example", "MX", "0 .")
                .knows("b.example", "MX", "0 .")
                .knows("b.example", "MX", "10 mx.b.example.");
        host("a.example", 1);
        host("mx.b.example", 2);
        assertThat(lookup().destination("a.example")).isEqualTo(new Destination.NullMx());
        assertThat(written(lookup().destination("b.example"))).containsExactly("mx.b.example 192.0.2.2");
    }

    @Test
    void what_does_not_exist_takes_no_mail() throws IOException {
        dns.knows("text.example", "TXT", "nothing").knows("a.example", "MX", "10 gone.a.example.");
        for (String domain : List.of("no.example", "text.example", "a.example", "a..b", "x".repeat(64) + ".example")) {
            assertThat(lookup().destination(domain)).as(domain).isInstanceOf(Destination.NoSuchDomain.class);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "TRUNCATED")
    void no_usable_answer_is_later(Behaviour behaviour) throws IOException {
        dns.knows("a.example", "MX", "10 mx.a.example.").behaves("a.example", behaviour);
        host("mx.a.example", 1);
        assertThat(impatient().destination("a.example"))
                .isInstanceOfSatisfying(
                        Destination.Failed.class,
                        failed -> assertThat(failed.reason()).contains("MX of a.example"));
    }

    @Test
    void nobody_to_ask_is_later() throws IOException {
        dns.close();
        assertThat(impatient().destination("a.example")).isInstanceOf(Destination.Failed.class);
    }

    @ParameterizedTest
    @EnumSource(names = {"SILENT", "SERVFAIL", "REFUSED", "GARBAGE"})
    void another_name_server_is_asked_when_one_does_not_tell(Behaviour behaviour) throws IOException {
        dns.behaves("a.example", behaviour);
        try (FakeNameServer second = FakeNameServer.start()) {
            second.knows("a.example", "A", "192.0.2.1");
            var lookup =
                    new MxLookup(List.of(dns.address(), second.address()), Duration.ofMillis(150), SELF, new Random(1));
            assertThat(written(lookup.destination("a.example"))).containsExactly("a.example 192.0.2.1");
        }
    }

    @Test
    void a_host_whose_addresses_are_unknown_is_passed_over_and_a_domain_of_such_hosts_is_later() throws IOException {
        dns.knows("a.example", "MX", "10 broken.a.example.")
                .knows("a.example", "MX", "15 gone.a.example.")
                .knows("a.example", "MX", "20 mx.a.example.")
                .knows("b.example", "MX", "10 broken.a.example.")
                .knows("b.example", "MX", "20 gone.a.example.")
                .behaves("broken.a.example", Behaviour.SERVFAIL);
        host("mx.a.example", 1);
        assertThat(written(lookup().destination("a.example"))).containsExactly("mx.a.example 192.0.2.1");
        assertThat(lookup().destination("b.example")).isInstanceOf(Destination.Failed.class);
    }

    @Test
    void an_answer_that_is_too_long_for_udp_comes_by_tcp() throws IOException {
        dns.knows("a.example", "MX", "10 mx.a.example.").behaves("a.example", Behaviour.TRUNCATED);
        host("mx.a.example", 1);
        assertThat(written(lookup().destination("a.example"))).containsExactly("mx.a.example 192.0.2.1");
        assertThat(dns.questions).contains("TCP");
    }

    @ParameterizedTest
    @ValueSource(strings = {"relay.EXAMPLE.org.", "alias.a.example."})
    void mail_goes_only_to_hosts_that_are_preferred_to_ourselves(String ours) throws IOException {
        dns.knows("a.example", "MX", "5 best.a.example.")
                .knows("a.example", "MX", "10 same.a.example.")
                .knows("a.example", "MX", "10 " + ours)
                .knows("a.example", "MX", "20 worse.a.example.")
                .knows("b.example", "MX", "10 " + ours)
                .knows("b.example", "MX", "10 same.a.example.");
        host("best.a.example", 1);
        host("same.a.example", 2);
        host("worse.a.example", 3);
        host("alias.a.example", 99);
        assertThat(written(lookup().destination("a.example"))).containsExactly("best.a.example 192.0.2.1");
        assertThat(lookup().destination("b.example")).isEqualTo(new Destination.Ourselves());
    }

    @Test
    void our_own_domain_and_address_are_ourselves() throws IOException {
        host("relay.example.org", 7);
        host("c.example", 99);
        MxLookup lookup = lookup();
        assertThat(lookup.destination("relay.example.org")).isEqualTo(new Destination.Ourselves());
        assertThat(lookup.destination("c.example")).isEqualTo(new Destination.Ourselves());
        assertThat(lookup.destination("[192.0.2.99]")).isEqualTo(new Destination.Ourselves());
    }

    @Test
    void an_address_in_brackets_is_the_host_itself() {
        MxLookup lookup = lookup();
        assertThat(written(lookup.destination("[127.0.0.1]"))).containsExactly("127.0.0.1 127.0.0.1");
        assertThat(written(lookup.destination("[IPv6:::1]"))).containsExactly("0:0:0:0:0:0:0:1 0:0:0:0:0:0:0:1");
        for (String bad :
                List.of("[]", "[", "[127.0.0]", "[IPv6:x]", "[example.org]", "[::1]", "[127.0.0.1", "[1.2.3.4.5]")) {
            assertThat(lookup.destination(bad)).as(bad).isInstanceOf(Destination.NoSuchDomain.class);
        }
        assertThat(dns.questions).isEmpty();
    }

    @Test
    void what_was_answered_is_not_asked_again_for_a_while() throws IOException {
        dns.knows("a.example", "MX", "10 mx.a.example.");
        host("mx.a.example", 1);
        MxLookup lookup = lookup();
        lookup.destination("a.example");
        List<String> first = List.copyOf(dns.questions);
        lookup.destination("a.example");
        assertThat(first).containsExactly("MX a.example", "A mx.a.example", "AAAA mx.a.example");
        assertThat(dns.questions.stream().filter(question -> !question.startsWith("AAAA")))
                .hasSize(2);
    }

    @Test
    void the_systems_name_servers_are_asked_when_none_are_given() {
        var lookup = new MxLookup(List.<InetSocketAddress>of(), Duration.ofMillis(300), SELF, new Random(1));
        // Whoever answers, or nobody: the name exists nowhere.
        assertThat(lookup.destination("no-such-domain.invalid"))
                .isInstanceOfAny(Destination.NoSuchDomain.class, Destination.Failed.class);
    }
}
