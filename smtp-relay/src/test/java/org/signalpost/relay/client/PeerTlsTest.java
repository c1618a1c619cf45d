package org.signalpost.relay.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.signalpost.relay.delivery.Outcome;
import org.signalpost.relay.tls.Authority;

/** What goes over a connection whose TLS is not as it should be, and where a password goes. */
class PeerTlsTest {
    private static final Map<Flaw, SSLContext> CERTIFICATES = new EnumMap<>(Flaw.class);
    private static final List<Trust> TRUST = new ArrayList<>();

    private final SmtpPool pool = Peers.pool(trust(), Peers.PATIENT, 100);

    /** What is wrong, and the outcome where TLS is required, opportunistic and implicit. */
    enum Flaw {
        NOTHING("220 go", "DELIVERED", "TLS", "DELIVERED"),
        NOT_OFFERED("220 go", "ROUTE_FOR_ALL", "CLEAR", "ROUTE"),
        REFUSED_NOW("454 4.7.0 not now", "ROUTE", "CLEAR", "DELIVERED"),
        CLOSING("421 4.3.2 closing", "ROUTE", "ROUTE", "DELIVERED"),
        WRONG_NAME("220 go", "ROUTE_FOR_ALL", "TLS", "ROUTE_FOR_ALL"),
        EXPIRED("220 go", "ROUTE_FOR_ALL", "TLS", "ROUTE_FOR_ALL"),
        UNKNOWN_ISSUER("220 go", "ROUTE_FOR_ALL", "TLS", "ROUTE_FOR_ALL"),
        GARBAGE("220 go<garbage>", "ROUTE", "CLEAR", "DELIVERED"),
        CLOSE("220 go<close>", "ROUTE", "CLEAR", "DELIVERED"),
        INJECTED("220 go\r\n250-injected\r\n250 DSN", "DELIVERED", "TLS", "DELIVERED");

        private final String startTls;
        private final String required;
        private final String opportunistic;
        private final String implicit;

        Flaw(String startTls, String required, String opportunistic, String implicit) {
            this.startTls = startTls;
            this.required = required;
            this.opportunistic = opportunistic;
            this.implicit = implicit;
        }
    }

    @BeforeAll
    static void certificates(@TempDir Path directory) throws IOException {
        Authority authority = Authority.in(directory.resolve("authority"));
        TRUST.add(Peers.trust(authority));
        SSLContext good = Peers.certificate(authority, Peers.NAME, 30);
        for (Flaw flaw : Flaw.values()) {
            CERTIFICATES.put(flaw, good);
        }
        CERTIFICATES.put(Flaw.WRONG_NAME, Peers.certificate(authority, "other.example.org", 30));
        CERTIFICATES.put(Flaw.EXPIRED, Peers.certificate(authority, Peers.NAME, -1));
        CERTIFICATES.put(
                Flaw.UNKNOWN_ISSUER, Peers.certificate(Authority.in(directory.resolve("stranger")), Peers.NAME, 30));
    }

    private static Trust trust() {
        return TRUST.getFirst();
    }

    private static SSLContext certificate(Flaw flaw) {
        return Optional.ofNullable(CERTIFICATES.get(flaw)).orElseThrow();
    }

    @AfterEach
    void close() {
        pool.close();
    }

    private static ScriptedPeer peer(Flaw flaw, boolean fromTheStart) throws IOException {
        return new ScriptedPeer(
                Map.of("STARTTLS", flaw.startTls, "keywords", "8BITMIME"),
                Optional.of(certificate(flaw)).filter(any -> flaw != Flaw.NOT_OFFERED),
                fromTheStart);
    }

    private Outcome send(ScriptedPeer peer, Hop.Tls tls) {
        return Peers.send(pool, Peers.hop(peer, tls, Optional.empty()), Peers.copy());
    }

    @ParameterizedTest
    @EnumSource
    void where_tls_is_required_nothing_of_a_mail_goes_in_clear(Flaw flaw) throws IOException {
        try (ScriptedPeer peer = peer(flaw, /* fromTheStart= */ false)) {
            Outcome outcome = send(peer, Hop.Tls.REQUIRED);

            assertThat(Peers.word(outcome)).as(outcome.toString()).isEqualTo(flaw.required);
            assertThat(peer.inClear).allMatch(command -> command.matches("EHLO relay.example.org|STARTTLS|QUIT"));
            assertThat(peer.mails).hasSize(flaw.required.equals("DELIVERED") ? 1 : 0);
            if (outcome instanceof Outcome.Delivered delivered) {
                assertThat(delivered.reports())
                        .as("what came in clear is not believed")
                        .isFalse();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void where_tls_is_opportunistic_it_is_used_with_whomever_and_mail_goes_in_clear_when_it_fails(Flaw flaw)
            throws IOException {
        try (ScriptedPeer peer = peer(flaw, /* fromTheStart= */ false)) {
            Outcome outcome = send(peer, Hop.Tls.OPPORTUNISTIC);

            boolean delivered = !flaw.opportunistic.equals("ROUTE");
            assertThat(Peers.word(outcome)).as(outcome.toString()).isEqualTo(delivered ? "DELIVERED" : "ROUTE");
            assertThat(peer.mails).hasSize(delivered ? 1 : 0);
            assertThat(peer.inClear.contains("DATA")).isEqualTo(flaw.opportunistic.equals("CLEAR"));
            if (outcome instanceof Outcome.Delivered taken) {
                assertThat(taken.reports()).isFalse();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void where_tls_is_implicit_nothing_at_all_goes_in_clear(Flaw flaw) throws IOException {
        try (ScriptedPeer peer = peer(flaw, flaw != Flaw.NOT_OFFERED)) {
            Outcome outcome = send(peer, Hop.Tls.IMPLICIT);

            assertThat(Peers.word(outcome)).as(outcome.toString()).isEqualTo(flaw.implicit);
            assertThat(String.join("", peer.inClear)).doesNotContain("EHLO", "MAIL");
            assertThat(peer.mails).hasSize(flaw.implicit.equals("DELIVERED") ? 1 : 0);
        }
    }

    @Test
    void a_peer_that_does_not_greet_again_under_tls_is_not_believed_what_it_said_before() throws IOException {
        var script = new ConcurrentHashMap<>(Map.of("keywords", "DSN", "later EHLO", "502 no"));
        try (var peer = new ScriptedPeer(script, Optional.of(certificate(Flaw.NOTHING)), /* fromTheStart= */ false)) {
            assertThat(Peers.word(send(peer, Hop.Tls.REQUIRED))).isEqualTo("ROUTE");
            assertThat(Peers.word(send(peer, Hop.Tls.OPPORTUNISTIC))).isEqualTo("ROUTE");
            assertThat(peer.commands).doesNotContain("DATA");
        }
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource({
        "AUTH PLAIN LOGIN, REQUIRED",
        "AUTH LOGIN, REQUIRED",
        "AUTH PLAIN, IMPLICIT",
        "AUTH LOGIN XOAUTH2, IMPLICIT"
    })
    void a_password_goes_under_tls(String keyword, Hop.Tls tls) throws IOException {
        try (var peer = new ScriptedPeer(
                Map.of("keywords", keyword), Optional.of(certificate(Flaw.NOTHING)), tls == Hop.Tls.IMPLICIT)) {
            Outcome outcome = Peers.send(pool, Peers.hop(peer, tls, Optional.of(Peers.LOGIN)), Peers.copy());

            assertThat(Peers.word(outcome)).as(outcome.toString()).isEqualTo("DELIVERED");
            assertThat(peer.commands).containsAnyOf("AUTH PLAIN " + base64("relay\0relay\0secret"), base64("secret"));
            assertThat(String.join("", peer.inClear)).doesNotContain("AUTH", base64("secret"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "8BITMIME, 235 in, ROUTE_FOR_ALL, does not offer AUTH",
        "AUTH XOAUTH2, 235 in, ROUTE_FOR_ALL, No authentication mechanisms",
        "AUTH PLAIN, 535 5.7.8 bad password, ROUTE_FOR_ALL, 535 5.7.8 bad password",
        "AUTH PLAIN, 530 5.7.0 must issue STARTTLS first, ROUTE_FOR_ALL, 530 5.7.0",
        "AUTH PLAIN, 454 4.7.0 later, ROUTE, 454 4.7.0 later",
        "AUTH PLAIN, 421 4.7.0 closing, ROUTE, 421 4.7.0 closing",
        "AUTH PLAIN, 334 more, ROUTE_FOR_ALL, PLAIN asked for more"
    })
    void a_peer_that_does_not_take_the_password_gets_no_mail(
            String keyword, String reply, String outcome, String reason) throws IOException {
        try (var peer = new ScriptedPeer(
                Map.of("keywords", keyword, "AUTH", reply),
                Optional.of(certificate(Flaw.NOTHING)),
                /* fromTheStart= */ false)) {
            Outcome found = Peers.send(pool, Peers.hop(peer, Hop.Tls.REQUIRED, Optional.of(Peers.LOGIN)), Peers.copy());

            assertThat(Peers.word(found)).as(found.toString()).isEqualTo(outcome);
            assertThat(found.said().reply()).contains(reason).doesNotContain(base64("relay\0relay\0secret"));
            assertThat(peer.commands).noneMatch(command -> command.startsWith("MAIL"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"NONE", "OPPORTUNISTIC"})
    void a_password_is_never_meant_for_a_connection_that_may_be_in_clear(Hop.Tls tls) throws IOException {
        try (var peer = new ScriptedPeer(Map.of("keywords", "AUTH PLAIN"))) {
            Outcome outcome = Peers.send(pool, Peers.hop(peer, tls, Optional.of(Peers.LOGIN)), Peers.copy());

            assertThat(Peers.word(outcome)).isEqualTo("ROUTE_FOR_ALL");
            assertThat(peer.connections.get()).isZero();
        }
    }
}
