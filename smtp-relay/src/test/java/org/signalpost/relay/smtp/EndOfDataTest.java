package org.signalpost.relay.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndOfDataTest {
    private static String octets(String written) {
        return written.replace("\\r", "\r").replace("\\n", "\n");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** A mail with what is kept of it. */
    private record Read(EndOfData mail, ByteArrayOutputStream kept) {
        static Read upTo(long limit) {
            var kept = new ByteArrayOutputStream();
            return new Read(new EndOfData(limit, (octets, from, to) -> kept.write(octets, from, to - from)), kept);
        }

        String text() {
            return kept.toString(StandardCharsets.ISO_8859_1);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "a\\r\\n.\\r\\n|a\\r\\n||false",
                ".\\r\\n|||false",
                "a\\r\\n.\\r\\nMAIL FROM:<x>|a\\r\\n|MAIL FROM:<x>|false",
                "a\\r\\n..\\r\\n.\\r\\n|a\\r\\n.\\r\\n||false",
                "..a\\r\\n.\\r\\n|.a\\r\\n||false",
                "a\\r\\n.b\\r\\n.\\r\\n|a\\r\\nb\\r\\n||false",
                "a\\n.\\nb\\r\\n.\\r\\n|a\\r\\n.\\r\\nb\\r\\n||true",
                "a\\r.\\rb\\r\\n.\\r\\n|a\\r\\n.\\r\\nb\\r\\n||true",
                "a\\n.\\r\\nb\\r\\n.\\r\\n|a\\r\\n.\\r\\nb\\r\\n||true",
                "a\\r\\n.\\nb\\r\\n.\\r\\n|a\\r\\n\\r\\nb\\r\\n||true",
                "a\\r\\n.\\rb\\r\\n.\\r\\n|a\\r\\n\\r\\nb\\r\\n||true",
                "a\\r\\r\\n.\\r\\n|a\\r\\n\\r\\n||true",
                "a\\r\\n\\r\\n.\\r\\n|a\\r\\n\\r\\n||false",
                "\\r\\n.\\r\\n|\\r\\n||false",
                "\\n.\\r\\n\\r\\n.\\r\\n|\\r\\n.\\r\\n\\r\\n||true"
            })
    void only_cr_lf_dot_cr_lf_ends_a_mail_and_no_bare_line_end_is_kept(
            String sent, String stored, String rest, boolean bare) {
        String written = octets(sent);
        String behind = rest == null ? "" : rest;
        // Whole, and split at every octet.
        for (int split = 0; split <= written.length(); split++) {
            var read = Read.upTo(1_000);
            byte[] all = bytes(written);
            int used = read.mail().read(all, 0, split);
            if (!read.mail().ended()) {
                used += read.mail().read(all, split, all.length);
            }
            assertThat(read.mail().ended()).isTrue();
            assertThat(read.text()).isEqualTo(stored == null ? "" : octets(stored));
            assertThat(written.substring(used)).isEqualTo(behind);
            assertThat(read.mail().bare()).isEqualTo(bare);
        }
    }

    @Test
    void what_is_too_long_is_read_to_its_end_and_not_kept() {
        var read = Read.upTo(10);
        byte[] all = bytes("0123456789abc\r\n.\r\n");
        assertThat(read.mail().read(all, 0, all.length)).isEqualTo(all.length);
        assertThat(read.mail().ended()).isTrue();
        assertThat(read.mail().tooLong()).isTrue();
        assertThat(read.text().length()).isLessThanOrEqualTo(10);

        var exact = Read.upTo(10);
        all = bytes("..2345678\r\n.\r\n");
        exact.mail().read(all, 0, all.length);
        assertThat(exact.mail().tooLong()).as("stuffing does not count").isFalse();
        assertThat(exact.text()).isEqualTo(".2345678\r\n");
    }

    @Test
    void runs_copied_in_bulk_are_what_the_table_of_states_says_octet_by_octet() {
        var random = new Random(42);
        byte[] alphabet = bytes("\r\n..a\r\n\0");
        for (int round = 0; round < 200_000; round++) {
            var sent = new byte[random.nextInt(40)];
            for (int i = 0; i < sent.length; i++) {
                sent[i] = alphabet[random.nextInt(alphabet.length)];
            }
            var table = new Table();
            int end = table.read(sent);
            long limit = random.nextInt(4) == 0 ? random.nextInt(20) : 1_000;

            var read = Read.upTo(limit);
            int used = 0;
            while (used < sent.length && !read.mail().ended()) {
                int upTo = used + 1 + random.nextInt(sent.length - used);
                used += read.mail().read(sent, used, upTo);
            }

            String what = new String(sent, StandardCharsets.ISO_8859_1)
                    .replace("\r", "\\r")
                    .replace("\n", "\\n")
                    .replace("\0", "\\0");
            assertThat(used).as(what).isEqualTo(end);
            assertThat(read.mail().ended()).as(what).isEqualTo(table.ended());
            assertThat(read.mail().size()).as(what).isEqualTo(table.content.size());
            assertThat(read.mail().tooLong()).as(what).isEqualTo(table.content.size() > limit);
            if (table.ended()) {
                assertThat(read.mail().bare()).as(what).isEqualTo(table.isBare());
            }
            if (table.ended() && table.content.size() <= limit) {
                assertThat(read.text()).as(what).isEqualTo(table.normalized());
            }
        }
    }

    /** The table of the specification, and after it, as a second stage, the line ends. */
    private static final class Table {
        private final ByteArrayOutputStream content = new ByteArrayOutputStream();
        private String state = "BOL";

        int read(byte[] octets) {
            int at = 0;
            while (at < octets.length && !ended()) {
                step(octets[at++]);
            }
            return at;
        }

        boolean ended() {
            return state.equals("END");
        }

        private void step(byte octet) {
            switch (state) {
                case "BOL" -> {
                    if (octet == '.') {
                        state = "DOT";
                    } else {
                        out(octet);
                        state = octet == '\r' ? "CR" : "TEXT";
                    }
                }
                case "TEXT" -> {
                    out(octet);
                    state = octet == '\r' ? "CR" : "TEXT";
                }
                case "CR" -> {
                    out(octet);
                    state = octet == '\r' ? "CR" : octet == '\n' ? "BOL" : "TEXT";
                }
                case "DOT" -> {
                    if (octet == '\r') {
                        state = "DOTCR";
                    } else {
                        out(octet);
                        state = "TEXT";
                    }
                }
                case "DOTCR" -> {
                    if (octet == '\n') {
                        state = "END";
                    } else {
                        out((byte) '\r');
                        out(octet);
                        state = octet == '\r' ? "CR" : "TEXT";
                    }
                }
                default -> throw new IllegalStateException(state);
            }
        }

        private void out(byte octet) {
            content.write(octet);
        }

        private String text() {
            return content.toString(StandardCharsets.ISO_8859_1);
        }

        boolean isBare() {
            return !text().replace("\r\n", "").matches("[^\r\n]*");
        }

        String normalized() {
            return text().replaceAll("\r\n|\r|\n", "\r\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\n", "a\r", "\n", "ab\r\n.\n", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n", "..\r\n.b\n"})
    void what_comes_in_crumbs_is_not_handed_on_in_crumbs(String crumb) {
        var writes = new AtomicInteger();
        var mail = new EndOfData(1 << 20, (octets, from, to) -> writes.incrementAndGet());
        byte[] octets = bytes(crumb.repeat(100_000 / crumb.length()));
        for (int at = 0; at < octets.length; at += 4_096) {
            mail.read(octets, at, Math.min(octets.length, at + 4_096));
        }
        assertThat(writes.get()).isLessThan(2 * octets.length / 256);
    }
}
