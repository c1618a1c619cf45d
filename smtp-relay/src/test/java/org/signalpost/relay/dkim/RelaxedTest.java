package org.signalpost.relay.dkim;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RelaxedTest {
    private static final String EMPTY = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

    private static String body(String body) {
        var canonical = new ByteArrayOutputStream();
        Relaxed.body(body.getBytes(ISO_8859_1), 0, canonical::write);
        return canonical.toString(ISO_8859_1);
    }

    private static String field(String field) {
        byte[] octets = field.getBytes(ISO_8859_1);
        return new String(Relaxed.field(octets, 0, octets.length), ISO_8859_1);
    }

    @Test
    void writes_the_examples_of_the_rfc() {
        // RFC 6376 section 3.4.5, example 1.
        assertThat(field("A: X\r\n")).isEqualTo("a:X");
        assertThat(field("B : Y\t\r\n\tZ  \r\n")).isEqualTo("b:Y Z");
        assertThat(body(" C \r\nD \t E\r\n\r\n\r\n")).isEqualTo(" C\r\nD E\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\r\n", "\r\n\r\n\r\n", " \t ", " \r\n\t\r\n \r\n"})
    void hashes_an_empty_body_as_nothing(String body) {
        byte[] hash = Relaxed.bodyHash(body.getBytes(ISO_8859_1), 0);

        assertThat(Base64.getEncoder().encodeToString(hash)).isEqualTo(EMPTY);
    }

    @Test
    void ends_the_last_line_of_a_body_as_smtp_does() {
        assertThat(body("a")).isEqualTo("a\r\n");
        assertThat(body("a \t")).isEqualTo("a\r\n");
        assertThat(body("a\r\n")).isEqualTo("a\r\n");
        assertThat(body("a\r\n \r\n\t")).isEqualTo("a\r\n");
    }

    @Test
    void keeps_what_is_no_blank_at_a_line_end() {
        assertThat(body("\r\n\r\na  b\tc \r\n\r\n\t d\r\n\r\n")).isEqualTo("\r\n\r\na b c\r\n\r\n d\r\n");
        assertThat(body("a \r b\n\0\u00e9\r\n")).isEqualTo("a \r b\n\0\u00e9\r\n");
    }

    @Test
    void keeps_octets_of_fields_as_they_are() {
        assertThat(field("SUBJECT:\r\n \r\n Gr\u00fc\u00dfe  \t \u00a0x:\u0085 \r\n"))
                .isEqualTo("subject:Gr\u00fc\u00dfe \u00a0x:\u0085");
        assertThat(field("Subject:")).isEqualTo("subject:");
        assertThat(field("Subject: \t\r\n")).isEqualTo("subject:");
    }
}
