package org.signalpost.relay.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** R10, R11, R12, as far as it is not in {@code dialogs/tls.smtp}. */
class TlsTest {
    @TempDir
    Path directory;

    private TestRelay relay;

    @BeforeEach
    void start() {
        relay = TestRelay.plan().start(directory);
    }

    @AfterEach
    void stop() {
        relay.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void mail_is_taken_under_tls_with_its_envelope(String version) throws IOException {
        try (var client = new Dialogue(relay.tlsPort())) {
            assertThat(client.secure(version).getSession().getProtocol()).isEqualTo(version);
            assertThat(client.reply()).startsWith("220 relay.test ESMTP");
            client.sayAll("EHLO c", "MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>", "DATA");
            // More than one record of TLS, and more than the first buffer.
            assertThat(client.say("x".repeat(98).concat("\r\n").repeat(1_000) + ".\r\n"))
                    .startsWith("250 2.0.0");
            assertThat(client.say("QUIT\r\n")).startsWith("221");
            assertThat(client.reply()).isEmpty();
        }
        assertThat(relay.mail().envelope().origin().protocol()).isEqualTo("ESMTPS");
        assertThat(relay.mail().message().size()).isEqualTo(100_000);
    }

    @Test
    void older_versions_are_refused() throws IOException {
        try (var client = Dialogue.with(relay.port())) {
            assertThat(client.sayAll("EHLO c", "STARTTLS")).startsWith("220");
            // A ClientHello of TLS 1.1 without extensions, as it stood on the wire.
            String hello =
                    "\u0016\u0003\u0001\0/\u0001\0\0+\u0003\u0002" + "r".repeat(32) + "\0\0\u0004\0/\0" + "5\u0001\0";
            client.write(hello);
            // An alert, then the end; no ServerHello and no plain text.
            String answer = client.reply();
            assertThat(answer.isEmpty() || answer.charAt(0) == '\u0015').isTrue();
            assertThat(answer).doesNotContain("421");
        }
    }

    @Test
    void text_in_the_same_segment_as_starttls_ends_the_session() throws IOException {
        try (var client = Dialogue.with(relay.port())) {
            client.say("EHLO c\r\n");
            assertThat(client.say("STARTTLS\r\nMAIL FROM:<inj@x.example>\r\n")).startsWith("421 4.7.0");
            assertThat(client.reply()).isEmpty();
        }
    }

    @Test
    void text_in_a_segment_of_its_own_is_no_handshake_and_nothing_is_said_in_clear() throws IOException {
        try (var client = Dialogue.with(relay.port())) {
            assertThat(client.sayAll("EHLO c", "STARTTLS")).startsWith("220");
            client.write("MAIL FROM:<inj@x.example>\r\nRCPT TO:<v@d.example>\r\nDATA\r\nx\r\n.\r\n");
            String answer = client.reply();
            assertThat(answer).doesNotContain("250", "421", "500", "503");
            assertThat(client.reply()).isEmpty();
        }
        assertThat(relay.mails()).isEmpty();
    }

    @Test
    void nothing_is_said_in_clear_where_tls_is_spoken() throws IOException {
        try (var client = new Dialogue(relay.tlsPort())) {
            client.write("EHLO c\r\nMAIL FROM:<inj@x.example>\r\n");
            assertThat(client.reply()).doesNotContain("220", "250", "421", "500");
            assertThat(client.reply()).isEmpty();
        }
    }

    @Test
    void a_handshake_that_is_broken_off_ends_the_session() throws IOException {
        try (var client = new Dialogue(relay.tlsPort())) {
            client.write("\u0016\u0003\u0001");
            client.end();
            assertThat(client.reply()).doesNotContain("421");
        }
        assertThat(Waiting.until(() -> relay.server.connections().isEmpty())).isTrue();
    }

    @Test
    void a_client_that_refuses_our_certificate_is_not_helped_by_plain_text() throws IOException {
        try (var client = Dialogue.with(relay.port())) {
            assertThat(client.sayAll("EHLO c", "STARTTLS")).startsWith("220");
            assertThatThrownBy(() -> client.secureAs("another.test")).isInstanceOf(SSLException.class);
        }
        assertThat(Waiting.until(() -> relay.server.connections().isEmpty())).isTrue();
        assertThat(relay.mails()).isEmpty();
    }

    @Test
    void auth_is_neither_offered_nor_taken_on_any_address_without_tls() throws IOException {
        for (int port : new int[] {relay.port(), relay.proxiedPort()}) {
            try (var client = new Dialogue(port)) {
                if (port == relay.proxiedPort()) {
                    client.write("PROXY TCP4 127.0.0.1 127.0.0.1 5000 25\r\n");
                }
                client.reply();
                assertThat(client.say("EHLO c\r\n")).doesNotContain("AUTH");
                assertThat(client.say("AUTH PLAIN AHUAcA==\r\n")).startsWith("538 5.7.11");
                assertThat(client.say("AUTH LOGIN\r\n")).startsWith("538 5.7.11");
                assertThat(client.say("MAIL FROM:<a@b.example> AUTH=<>\r\n")).startsWith("555");
            }
        }
        try (Dialogue client = relay.clientUnderTls()) {
            assertThat(client.say("EHLO c\r\n")).contains("AUTH PLAIN LOGIN").doesNotContain("STARTTLS");
        }
    }
}
