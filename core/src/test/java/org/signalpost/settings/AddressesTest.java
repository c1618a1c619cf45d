package org.signalpost.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:2525", "[::1]:25", "mail.example.org:587"})
    void reads_host_and_port(String text) {
        assertThat(Addresses.written(Addresses.remote(text))).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "mail.example.org", ":25", "::1:25", "a:b", "a:99999", "smtp://a:25", "a b:25"})
    void refuses_what_is_no_address(String text) {
        assertThatThrownBy(() -> Addresses.remote(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void reads_nothing_from_nothing() {
        assertThat(Addresses.optionalRemote("")).isEmpty();
        assertThat(Addresses.optionalRemote("mail.example.org:25")).isPresent();
    }

    @Test
    void an_address_to_listen_on_is_resolved_at_once() {
        assertThat(Addresses.listen("[::1]:0").isUnresolved()).isFalse();
    }
}
