package org.signalpost.relay.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** R8: a dialogue that ends after any octet before the true end is no mail, and leaves nothing behind. */
class CutTest {
    private static final String DIALOGUE = "EHLO c.example\r\nMAIL FROM:<a@b.example> SIZE=1000\r\n"
            + "RCPT TO:<c@d.example>\r\nRCPT TO:<e@d.example>\r\nDATA\r\nSubject: s\r\n\r\n"
            + "..line\r\n".repeat(100) + "\r\n.\r\n";

    enum How {
        HANGS_UP,
        RESETS,
        LISTENS_ON
    }

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource
    void no_mail_and_no_file_is_left_of_a_dialogue_cut_anywhere(How how) throws Exception {
        byte[] octets = DIALOGUE.getBytes(StandardCharsets.ISO_8859_1);
        try (TestRelay relay = TestRelay.plan().start(directory)) {
            AtOnce.run(IntStream.range(0, octets.length)
                    .filter(end -> end < 150 || end % 7 == 0 || end > octets.length - 20)
                    .mapToObj(end -> cut(relay, Arrays.copyOf(octets, end), how)));
            assertThat(relay.mails()).isEmpty();
            relay.server.end(TestRelay.PATIENCE);
            assertThat(relay.mails()).isEmpty();
            assertThat(relay.files()).isEmpty();
        }
    }

    private static Callable<Void> cut(TestRelay relay, byte[] octets, How how) {
        return () -> {
            try (Dialogue client = relay.client()) {
                client.write(octets);
                switch (how) {
                    case HANGS_UP -> client.hangUp();
                    case RESETS -> client.reset();
                    case LISTENS_ON -> {
                        client.end();
                        hears(client);
                    }
                }
            }
            return null;
        };
    }

    /** To the end; nothing is acknowledged. */
    private static void hears(Dialogue client) throws IOException {
        String reply = client.reply();
        while (!reply.isEmpty()) {
            assertThat(reply).doesNotContain("queued");
            reply = client.reply();
        }
    }

    @ParameterizedTest
    @EnumSource
    void nor_of_a_large_one(How how) throws Exception {
        try (TestRelay relay = TestRelay.plan().start(directory)) {
            try (Dialogue client = relay.client()) {
                client.sayAll("EHLO c", "MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>", "DATA");
                client.write("x".repeat(998).concat("\r\n").repeat(400));
                assertThat(Waiting.until(() -> relay.files().size() == 1))
                        .as("it goes to a file")
                        .isTrue();
                switch (how) {
                    case HANGS_UP -> client.hangUp();
                    case RESETS -> client.reset();
                    case LISTENS_ON -> {
                        client.end();
                        hears(client);
                    }
                }
                assertThat(Waiting.until(() -> relay.files().isEmpty())).isTrue();
            }
            assertThat(relay.mails()).isEmpty();
        }
    }
}
