package org.signalpost.relay.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Random;
import org.eclipse.angus.mail.smtp.SMTPOutputStream;
import org.junit.jupiter.api.Test;

/** Dots are doubled and line ends mended as the library does it, wherever the content is cut. */
class StuffedTest {
    private static final String[] PIECES = {".", "..", "\r", "\n", "\r\n", "\r\n.", "a", "a longer text", "\0", "\u00ff"
    };

    private static String stuffed(String text, int... cuts) throws IOException {
        var to = new ByteArrayOutputStream();
        try (var out = new Stuffed(to)) {
            byte[] octets = text.getBytes(ISO_8859_1);
            int from = 0;
            for (int cut : cuts) {
                out.write(octets, from, cut - from);
                from = cut;
            }
            out.write(octets, from, octets.length - from);
            out.end();
        }
        return to.toString(ISO_8859_1);
    }

    /** What the library makes of it; it ends no line when there is nothing in it. */
    private static String library(String text) throws IOException {
        var to = new ByteArrayOutputStream();
        try (var out = new SMTPOutputStream(to)) {
            out.write(text.getBytes(ISO_8859_1));
            out.ensureAtBOL();
            out.flush();
        }
        return to.toString(ISO_8859_1);
    }

    @Test
    void a_line_that_begins_with_a_dot_gets_another() throws IOException {
        assertThat(stuffed(".\r\na.\r\n..\r\n.")).isEqualTo("..\r\na.\r\n...\r\n..\r\n");
        assertThat(stuffed("")).isEmpty();
        assertThat(stuffed("\r\n")).isEqualTo("\r\n");
    }

    @Test
    void a_bare_line_end_becomes_a_whole_one() throws IOException {
        assertThat(stuffed("a\n.\rb\r\r\n\n")).isEqualTo("a\r\n..\r\nb\r\n\r\n\r\n");
    }

    @Test
    void that_is_what_the_library_does_too() throws IOException {
        var random = new Random(7);
        for (int round = 0; round < 20_000; round++) {
            var text = new StringBuilder();
            for (int pieces = random.nextInt(30); pieces > 0; pieces--) {
                text.append(PIECES[random.nextInt(PIECES.length)]);
            }
            String meant = library(text.toString());
            assertThat(stuffed(text.toString())).isEqualTo(meant);
            int[] cuts = random.ints(random.nextInt(6), 0, text.length() + 1)
                    .sorted()
                    .toArray();
            assertThat(stuffed(text.toString(), cuts)).isEqualTo(meant);
        }
    }
}
