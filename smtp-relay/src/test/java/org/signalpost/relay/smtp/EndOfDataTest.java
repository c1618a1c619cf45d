package org.signalpost.relay.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndOfDataTest {
    private static String octets(String written) {
        return written.replace("\\r", "\r").replace("\\n", "\n");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String text(EndOfData mail) {
        return new String(mail.content(), StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "a\\r\\n.\\r\\n|a\\r\\n|",
                ".\\r\\n||",
                "a\\r\\n.\\r\\nMAIL FROM:<x>|a\\r\\n|MAIL FROM:<x>",
                "a\\r\\n..\\r\\n.\\r\\n|a\\r\\n.\\r\\n|",
                "..a\\r\\n.\\r\\n|.a\\r\\n|",
                "a\\r\\n.b\\r\\n.\\r\\n|a\\r\\nb\\r\\n|",
                "a\\n.\\nb\\r\\n.\\r\\n|a\\r\\n.\\r\\nb\\r\\n|",
                "a\\r.\\rb\\r\\n.\\r\\n|a\\r\\n.\\r\\nb\\r\\n|",
                "a\\n.\\r\\nb\\r\\n.\\r\\n|a\\r\\n.\\r\\nb\\r\\n|",
                "a\\r\\n.\\nb\\r\\n.\\r\\n|a\\r\\n\\r\\nb\\r\\n|",
                "a\\r\\n.\\rb\\r\\n.\\r\\n|a\\r\\n\\r\\nb\\r\\n|",
                "a\\r\\r\\n.\\r\\n|a\\r\\n\\r\\n|",
                "a\\r\\n\\r\\n.\\r\\n|a\\r\\n\\r\\n|"
            })
    void only_cr_lf_dot_cr_lf_ends_a_mail_and_no_bare_line_end_is_kept(String sent, String stored, String rest) {
        String written = octets(sent);
        String behind = rest == null ? "" : rest;
        // Whole, and split at every octet.
        for (int split = 0; split <= written.length(); split++) {
            var mail = new EndOfData(1_000);
            byte[] all = bytes(written);
            int used = mail.read(all, 0, split);
            if (!mail.ended()) {
                used += mail.read(all, split, all.length);
            }
            assertThat(mail.ended()).isTrue();
            assertThat(text(mail)).isEqualTo(stored == null ? "" : octets(stored));
            assertThat(written.substring(used)).isEqualTo(behind);
        }
    }

    @Test
    void what_is_too_long_is_read_to_its_end_and_not_kept() {
        var mail = new EndOfData(10);
        byte[] all = bytes("0123456789abc\r\n.\r\n");
        assertThat(mail.read(all, 0, all.length)).isEqualTo(all.length);
        assertThat(mail.ended()).isTrue();
        assertThat(mail.tooLong()).isTrue();
        assertThat(mail.held()).isLessThanOrEqualTo(12);

        var exact = new EndOfData(10);
        all = bytes("..2345678\r\n.\r\n");
        exact.read(all, 0, all.length);
        assertThat(exact.tooLong()).as("stuffing does not count").isFalse();
    }
}
