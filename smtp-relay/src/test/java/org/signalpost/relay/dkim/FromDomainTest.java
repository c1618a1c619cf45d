package org.signalpost.relay.dkim;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.signalpost.rewrite.mime.MimeScanner;

class FromDomainTest {
    private static Optional<String> domain(String from) {
        byte[] mail = (from + "\nSubject: x\n\nbody\n").replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8);
        return MimeScanner.top(mail).flatMap(top -> FromDomain.of(top.fields()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "From: ann@example.org",
                "FROM:ann@EXAMPLE.Org",
                "From: Ann <ann@example.org>",
                "From: <ann@example.org>",
                "From: \"ann@evil.example\" <ann@example.org>",
                "From: \"Ann \\\" <x@evil.example>\" <ann@example.org>",
                "From: ann@evil.example <ann@example.org>",
                "From: Ann (of (the) \\) b@evil.example) <ann@example.org> (or x@evil.example)",
                "From: Ann\n <ann@example.org\n >",
                "From: Ann <@hop.example,@other.example:ann@example.org>",
                "From: \"a@b\"@example.org",
                "From: Team: Ann <ann@example.org>, bob@example.org;",
                "From: ann@example.org, Bob <bob@EXAMPLE.ORG>",
                "From: Lee, Ann <ann@example.org>",
                "From: =?utf-8?q?Gr=C3=BC=40=2C?= <ann@example.org>",
                "From: Grüße <ann@example.org>"
            })
    void is_found(String from) {
        assertThat(domain(from)).contains("example.org");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "To: ann@example.org",
                "From:",
                "From: ann",
                "From: <>",
                "From: undisclosed:;",
                "From: ann@",
                "From: @example.org",
                "From: Ann <ann@example.org",
                "From: Ann <ann@example.org> <bob@example.org>",
                "From: Ann <ann@example.org> bob",
                "From: \"Ann <ann@example.org>",
                "From: (Ann ann@example.org",
                "From: ann@[127.0.0.1]",
                "From: ann@exa mple.org",
                "From: ann@example..org",
                "From: ann@example.org:25",
                "From: Ann <ann@example:org>",
                "From: ann@faß.de",
                "From: ann@example.org, bob@example.net",
                "From: ann@example.org, bob@[127.0.0.1]",
                "From: ann@example.org\nFrom: ann@example.org",
                "From : ann@example.org"
            })
    void is_not_guessed(String from) {
        assertThat(domain(from)).isEmpty();
    }

    @Test
    void is_an_a_label() {
        assertThat(domain("From: Jürgen <j@bücher.example>")).contains("xn--bcher-kva.example");
        assertThat(domain("From: j@XN--bcher-kva.example")).contains("xn--bcher-kva.example");
    }
}
