package org.signalpost.mailet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.mailet.base.test.FakeMail;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.signalpost.james.TrackingStub;
import org.signalpost.rewrite.RawMessage;

/** The engine's own cases through the mailet: octet for octet what the engine gives the relay. */
class GoldenMailTest {
    private static final Path MAIL = Path.of("../core/src/test/resources/mail");

    @TempDir
    Path directory;

    static List<Path> mails() throws IOException {
        try (Stream<Path> files = Files.list(MAIL)) {
            return files.filter(file -> file.toString().endsWith(".eml"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("mails")
    void becomes_the_copy_that_the_relay_would_send(Path file) throws Exception {
        RawMessage octets = RawMessage.of(Files.readAllBytes(file));
        try (TrackingStub server = TrackingStub.start();
                var mailet = new TestMailet(directory, server.url(), Map.of())) {
            FakeMail one = TestMailet.mail(octets, "ann@example.com");
            FakeMail two = TestMailet.mail(octets, "ann@example.com", "bob@example.com");

            mailet.service(one);
            mailet.service(two);

            assertThat(text(Octets.of(one.getMessage()))).isEqualTo(expected(octets, "ann@example.com"));
            for (FakeJames.Sent copy : mailet.james.sent()) {
                assertThat(text(copy.octets())).isEqualTo(expected(octets, copy.recipient()));
            }
            if (mailet.james.sent().isEmpty()) {
                assertThat(text(Octets.of(two.getMessage()))).isEqualTo(expected(octets, "bob@example.com"));
            } else {
                assertThat(mailet.james.sent()).hasSize(2);
            }
        }
    }

    private static String expected(RawMessage octets, String recipient) {
        return text(TestMailet.expected(octets, recipient).message());
    }

    private static String text(RawMessage octets) {
        return new String(octets.octets(), StandardCharsets.ISO_8859_1);
    }
}
