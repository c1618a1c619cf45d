package org.signalpost.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.signalpost.track.SigningKeys;
import org.signalpost.track.TrackingUrls;

/** R46: memory runs out in the middle of a mail. */
class LittleMemoryTest {
    private static final int LARGEST_LEAF = 4 << 20;

    /** What runs with so little memory. */
    static final class Rewriting {
        private Rewriting() {}

        public static void main(String[] arguments) {
            byte[] mail = mail();
            byte[] before = mail.clone();
            var rewriter = new MessageRewriter(
                    new TrackingUrls("https://t.example"),
                    SigningKeys.of(1, new byte[32], new byte[32]),
                    RewriteSettings.defaults(/* opens= */ true, /* clicks= */ true));
            var facts = new EnvelopeFacts("01JD3Z6V5W4X3Y2Z1A0BCDEFGH", "shop@example.org");
            Rewritten copy = rewriter.plan(RawMessage.of(mail), facts).copyFor("ann@example.com");
            System.out.println(copy.explanation().reason() + " "
                    + Arrays.equals(before, copy.message().octets()));
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

    private static String rewritten(String memory) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx" + memory,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Rewriting.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var out = process.inputReader(StandardCharsets.UTF_8)) {
            String said = String.valueOf(out.readLine());
            assertThat(process.waitFor()).isZero();
            return said;
        }
    }

    @Test
    void a_mail_that_there_is_no_memory_to_rewrite_goes_out_as_it_came() throws Exception {
        assertThat(rewritten("28m")).isEqualTo("internal-error true");
        assertThat(rewritten("512m")).as("it is the memory").isEqualTo(" false");
    }
}
