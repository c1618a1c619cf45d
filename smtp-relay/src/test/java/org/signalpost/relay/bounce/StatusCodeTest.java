package org.signalpost.relay.bounce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatusCodeTest {
    @ParameterizedTest
    @CsvSource({
        "550 5.1.1 no such user, REFUSED, 5.1.1",
        "550-5.1.1 no such user 550 5.1.1 look elsewhere, REFUSED, 5.1.1",
        "550 5.7.133, REFUSED, 5.7.133",
        "451 4.7.1 greylisted, EXPIRED, 4.7.1",
        "250 2.0.0 taken, PASSED, 2.0.0",
        "451 5.7.1 class of another reply, DEFERRED, 4.0.0",
        "550 4.7.1 class of another reply, REFUSED, 5.0.0",
        "550 no such user, REFUSED, 5.0.0",
        "451 greylisted, EXPIRED, 4.4.7",
        "can't connect to 5.1.1.1, EXPIRED, 4.4.7",
        "can't connect, DEFERRED, 4.0.0",
        "552 too large, TOO_LARGE, 5.3.4",
        "8-bit, EIGHT_BIT, 5.6.3",
        "553 UTF-8, UTF8, 5.6.7",
        "250 fine, PASSED, 2.0.0",
        "550 5.1.1.7 an address, REFUSED, 5.0.0",
        "550 5.1.1000 too long, REFUSED, 5.0.0",
        "'', REFUSED, 5.0.0"
    })
    void is_the_peers_when_it_fits_the_reply_and_else_ours(String reply, StatusCode.Known known, String code) {
        assertThat(StatusCode.of(reply, known)).hasToString(code);
    }

    @Test
    void has_three_classes() {
        assertThatThrownBy(() -> new StatusCode(3, 0, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new StatusCode(5, 1000, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
