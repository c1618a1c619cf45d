package org.signalpost.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.signalpost.track.SigningKeys;
import org.signalpost.track.TrackingUrls;

/** R46: memory runs out in the middle of a mail. */
class LittleMemoryTest {
    private static final int LARGEST_LEAF = 4 << 20;

    @TempDir
    Path directory;

    /** What runs with so little memory. */
    static final class Rewriting {
        private Rewriting() {}

        /** Writes the reason, and whether the octets are those that came, into the file of that name. */
        public static void main(String[] arguments) throws IOException {
            byte[] mail = mail();
            byte[] before = mail.clone();
            var rewriter = new MessageRewriter(
                    new TrackingUrls("https://t.example"),
                    SigningKeys.of(1, new byte[32], new byte[32]),
                    RewriteSettings.defaults(/* opens= */ true, /* clicks= */ true));
            var facts = new EnvelopeFacts("01JD3Z6V5W4X3Y2Z1A0BCDEFGH", "shop@example.org");
            Rewritten copy = rewriter.plan(RawMessage.of(mail), facts).copyFor("ann@example.com");
            String said = copy.explanation().reason() + " "
                    + Arrays.equals(before, copy.message().octets());
            Files.writeString(Path.of(arguments[0]), said);
        }

        private static byte[] mail() {
            byte[] link =
                    "<a href=\"https://shop.example/item?a=1&amp;b=2\">x</a>\r\n".getBytes(StandardCharsets.US_ASCII);
            byte[] head =
                    "From: shop@example.org\r\nContent-Type: text/html\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
            int links = LARGEST_LEAF / link.length;
            byte[] mail = Arrays.copyOf(head, head.length + links * link.length);
            for (int i = 0; i < links; i++) {
                System.arraycopy(link, 0, mail, head.length + i * link.length, link.length);
            }
            return mail;
        }
    }

    private String rewritten(String memory) throws Exception {
        Path said = directory.resolve(memory);
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx" + memory,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Rewriting.class.getName(),
                        said.toString())
                .inheritIO()
                .start();
        assertThat(process.waitFor()).isZero();
        return Files.readString(said);
    }

    @Test
    void a_mail_that_there_is_no_memory_to_rewrite_goes_out_as_it_came() throws Exception {
        assertThat(rewritten("28m")).isEqualTo("internal-error true");
        assertThat(rewritten("512m")).as("it is the memory").isEqualTo(" false");
    }
}
