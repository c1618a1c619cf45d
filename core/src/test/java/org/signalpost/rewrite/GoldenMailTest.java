package org.signalpost.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.signalpost.track.SigningKeys;
import org.signalpost.track.TrackingUrls;

/**
 * Mails of many shapes with what must become of each: {@code mail/NAME.eml} is what comes in, {@code tracked/NAME.eml}
 * is the copy octet for octet, {@code tracked/NAME.txt} is the explanation. To accept a change, run with
 * {@code -Dgolden.write=true} and read the difference.
 */
class GoldenMailTest {
    private static final Path MAIL = Path.of("src/test/resources/mail");
    private static final MessageRewriter REWRITER = new MessageRewriter(
            new TrackingUrls("https://t.example"),
            SigningKeys.of(1, new byte[32], new byte[32]),
            RewriteSettings.defaults(/* opens= */ true, /* clicks= */ true));
    private static final EnvelopeFacts ENVELOPE = new EnvelopeFacts("01JD3Z6V5W4X3Y2Z1A0BCDEFGH", "shop@example.org");

    static List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(MAIL)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> name.endsWith(".eml"))
                    .map(name -> name.substring(0, name.length() - ".eml".length()))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void becomes_exactly_the_copy_that_is_kept_beside_it(String name) throws IOException {
        RawMessage mail = RawMessage.of(Files.readAllBytes(MAIL.resolve(name + ".eml")));
        Rewritten copy = REWRITER.plan(mail, ENVELOPE).copyFor("ann@example.com");
        Path octets = MAIL.resolve("tracked").resolve(name + ".eml");
        Path explanation = MAIL.resolve("tracked").resolve(name + ".txt");
        if (Boolean.getBoolean("golden.write")) {
            Files.createDirectories(MAIL.resolve("tracked"));
            Files.write(octets, copy.message().octets());
            Files.writeString(explanation, copy.explanation().table());
        }

        assertThat(new String(copy.message().octets(), StandardCharsets.ISO_8859_1))
                .isEqualTo(Files.readString(octets, StandardCharsets.ISO_8859_1));
        assertThat(copy.explanation().table()).isEqualTo(Files.readString(explanation));
        Verification verification = REWRITER.verify(mail, ENVELOPE, "ann@example.com");
        assertThat(verification.holds()).as(verification.sentence()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("names")
    void is_cut_anywhere_without_harm(String name) throws IOException {
        byte[] whole = Files.readAllBytes(MAIL.resolve(name + ".eml"));
        for (int cut = 0; cut < whole.length; cut += 5) {
            RawMessage mail = RawMessage.of(java.util.Arrays.copyOf(whole, cut));
            Verification verification = REWRITER.verify(mail, ENVELOPE, "ann@example.com");
            assertThat(verification.holds())
                    .as("cut at %d: %s", cut, verification.sentence())
                    .isTrue();
        }
    }
}
