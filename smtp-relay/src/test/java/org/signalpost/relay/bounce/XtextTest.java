package org.signalpost.relay.bounce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class XtextTest {
    @ParameterizedTest
    @CsvSource({"QQ314159, QQ314159", "a+2Bb+3Dc+20d, a+b=c d", "+3d, '='", "'', ''", "rfc822;ann+2Bx@y, rfc822;ann+x@y"
    })
    void reads_what_stands_in_a_command(String xtext, String text) {
        assertThat(Xtext.decode(xtext)).contains(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a=b", "a+", "a+2", "a+2G", "+0D+0AEvil:", "+00", "+7F", "+C3+BC", "\u00fc", "a\tb"})
    void is_nothing_else(String xtext) {
        assertThat(Xtext.decode(xtext)).isEmpty();
    }

    @Test
    void gives_back_all_that_it_encodes() {
        var all = new StringBuilder();
        for (char c = ' '; c <= '~'; c++) {
            all.append(c);
        }
        String encoded = Xtext.encode(all.toString());
        assertThat(encoded).contains("+20", "+2B", "+3D").doesNotContain(" ", "=");
        assertThat(Xtext.decode(encoded)).contains(all.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nb", "\u0000", "\u00fc"})
    void encodes_nothing_that_a_notice_can_not_repeat(String text) {
        assertThatThrownBy(() -> Xtext.encode(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
