package org.signalpost.relay.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AsciiDomainTest {
    @ParameterizedTest
    @CsvSource({
        "example.org, example.org",
        "EXAMPLE.Org, example.org",
        "localhost, localhost",
        "3com.example, 3com.example",
        "bücher.example, xn--bcher-kva.example",
        "BÜCHER.example, xn--bcher-kva.example",
        "bu\u0308cher.example, xn--bcher-kva.example",
        "xn--bcher-kva.EXAMPLE, xn--bcher-kva.example",
        "例え。テスト, xn--r8jz45g.xn--zckzah",
        "пример.испытание, xn--e1afmkfd.xn--80akhbyknj4f"
    })
    void has_one_form(String domain, String form) {
        assertThat(AsciiDomain.of(domain)).contains(form);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "faß.example",
                "FAẞ.example",
                "βόλος.example",
                "ශ්‍රී.example",
                "a\u200cb.example",
            })
    void is_refused_when_it_could_be_another(String domain) {
        assertThat(AsciiDomain.of(domain)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "example.org.",
                ".example.org",
                "a..b",
                "ü..b",
                "-a.example",
                "ü-.example",
                "a_b.example",
                "ü_b.example",
                "a b.example",
                "[127.0.0.1]",
                "ü\r\n.example",
                "a@ü.example"
            })
    void is_refused_when_it_is_none(String domain) {
        assertThat(AsciiDomain.of(domain)).isEmpty();
    }

    @Test
    void is_refused_when_it_is_too_long() {
        assertThat(AsciiDomain.of("a".repeat(63) + ".example")).isPresent();
        assertThat(AsciiDomain.of("a".repeat(64) + ".example")).isEmpty();
        assertThat(AsciiDomain.of("ü".repeat(70) + ".example")).isEmpty();
        assertThat(AsciiDomain.of("a.".repeat(126) + "b")).isPresent();
        assertThat(AsciiDomain.of("a.".repeat(126) + "bb")).isEmpty();
    }
}
