package org.signalpost.relay.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.signalpost.net.ProxyHeader;

/** PROXY headers: read where they are required, refused elsewhere, and not one octet more. */
class ProxyTest {
    private static final String MAGIC = "\r\n\r\n\0\r\nQUIT\n";

    @TempDir
    Path directory;

    private static Optional<InetAddress> read(String header) throws IOException {
        var in = new ByteArrayInputStream((header + "rest").getBytes(StandardCharsets.ISO_8859_1));
        Optional<InetAddress> address = ProxyHeader.read(in);
        assertThat(new String(in.readAllBytes(), StandardCharsets.ISO_8859_1)).isEqualTo("rest");
        return address;
    }

    private static String v2(int act, int family, String data) {
        return MAGIC + (char) act + (char) family + (char) (data.length() >> 8) + (char) (data.length() & 0xFF) + data;
    }

    @Test
    void the_client_is_whom_the_header_names() throws IOException {
        assertThat(read("PROXY TCP4 192.0.2.1 127.0.0.1 5000 25\r\n")).contains(InetAddress.getByName("192.0.2.1"));
        assertThat(read("PROXY TCP6 2001:db8::1 ::1 5000 25\r\n")).contains(InetAddress.getByName("2001:db8::1"));
        assertThat(read(v2(0x21, 0x11, "\u00c0\0\u0002\u0001\u007f\0\0\u0001\0\1\0\2")))
                .contains(InetAddress.getByName("192.0.2.1"));
        // More than 127 octets, as with a long name in it.
        assertThat(read(v2(0x21, 0x11, "\u00c0\0\u0002\u0001\u007f\0\0\u0001\0\1\0\2" + "t".repeat(300))))
                .contains(InetAddress.getByName("192.0.2.1"));
        assertThat(read(v2(0x21, 0x21, " \1\r\u00b8" + "\0".repeat(11) + "\1" + "\0".repeat(15) + "\1\0\1\0\2")))
                .contains(InetAddress.getByName("2001:db8::1"));
    }

    @Test
    void a_proxy_may_speak_for_itself() throws IOException {
        assertThat(read("PROXY UNKNOWN\r\n")).isEmpty();
        assertThat(read("PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n")).isEmpty();
        assertThat(read(v2(0x20, 0, ""))).isEmpty();
        assertThat(read(v2(0x20, 0x11, "anything of it"))).isEmpty();
        assertThat(read(v2(0x21, 0x31, "x".repeat(216)))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "EHLO c\r\n",
                "PROXY\r\n",
                "PROXY TCP4\r\n",
                "PROXY TCP4 192.0.2.1\r\n",
                "PROXY TCP4 localhost localhost 1 2\r\n",
                "PROXY TCP4 ::1 ::1 1 2\r\n",
                "PROXY TCP6 192.0.2.1 192.0.2.1 1 2\r\n",
                "PROXY TCP4 192.0.2.999 192.0.2.1 1 2\r\n",
                "PROXY TCP4 192.0.2.1 192.0.2.1 1 2\n",
                "\r\n\r\n\0\r\nQUIT\r",
                "\r\n\r\n\0\r\nQUIT\n!\u0011\0\f1234567890"
            })
    void everything_else_is_no_header(String text) {
        var in = new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> ProxyHeader.read(in)).isInstanceOf(IOException.class);
    }

    @Test
    void neither_is_what_is_too_long() {
        String line = "PROXY UNKNOWN " + "x".repeat(100) + "\r\n";
        for (String text :
                new String[] {line, v2(0x21, 0x11, "x".repeat(3_000)), v2(0x21, 0x11, "short"), v2(0x31, 0x11, "")}) {
            assertThatThrownBy(() -> read(text)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void the_address_it_names_is_what_counts() throws IOException {
        try (TestRelay relay = TestRelay.plan().trusting("192.0.2.0/24").start(directory)) {
            assertThat(mail(relay.proxiedPort(), "PROXY TCP4 192.0.2.7 127.0.0.1 5000 25\r\n"))
                    .startsWith("250");
            assertThat(mail(relay.proxiedPort(), "PROXY TCP4 198.51.100.7 127.0.0.1 5000 25\r\n"))
                    .startsWith("530");
        }
    }

    @Test
    void whom_the_proxy_does_not_name_has_not_its_rights() throws IOException {
        try (TestRelay relay = TestRelay.plan().start(directory)) {
            assertThat(mail(relay.port(), "")).startsWith("250");
            assertThat(mail(relay.proxiedPort(), "PROXY UNKNOWN\r\n")).startsWith("530");
        }
    }

    private static String mail(int port, String header) throws IOException {
        try (var client = new Dialogue(port)) {
            client.write(header);
            assertThat(client.reply()).startsWith("220");
            client.say("EHLO c\r\n");
            return client.say("MAIL FROM:<a@b.example>\r\n");
        }
    }

    @Test
    void it_may_come_octet_by_octet_and_tls_follows_it() throws IOException {
        try (TestRelay relay = TestRelay.plan().start(directory);
                var client = new Dialogue(relay.proxiedTlsPort())) {
            for (char octet : "PROXY TCP4 127.0.0.9 127.0.0.1 5000 25\r\n".toCharArray()) {
                client.write(String.valueOf(octet));
            }
            client.secure();
            assertThat(client.reply()).startsWith("220");
            assertThat(client.sayAll("EHLO c", "MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>", "DATA", "x\r\n."))
                    .startsWith("250");
            assertThat(relay.mail().envelope().origin().client()).isEqualTo("127.0.0.9");
        }
    }

    @Test
    void without_it_nobody_comes_in_where_it_is_required() throws IOException {
        var pace = new FakePace();
        try (TestRelay relay = TestRelay.plan().at(pace).start(directory)) {
            try (var client = new Dialogue(relay.proxiedPort())) {
                assertThat(client.say("EHLO c\r\n")).startsWith("554 5.5.1");
                assertThat(client.reply()).isEmpty();
            }
            try (var client = new Dialogue(relay.proxiedTlsPort())) {
                assertThat(client.say("EHLO c\r\n")).isEmpty();
            }
            // Else one of the two above could be taken for the silent one below, before that has arrived.
            assertThat(Waiting.until(() -> relay.server.connections().isEmpty()))
                    .isTrue();
            try (var silent = new Dialogue(relay.proxiedPort())) {
                silent.write("PROXY TCP4 ");
                assertThat(Waiting.until(() -> !relay.server.connections().isEmpty()))
                        .isTrue();
                pace.pass(Duration.ofSeconds(11));
                relay.server.connections().watch();
                assertThat(silent.reply()).doesNotContain("220");
            }
        }
    }

    @Test
    void with_it_nobody_comes_in_where_it_is_not() throws IOException {
        try (TestRelay relay = TestRelay.plan().start(directory)) {
            for (String header : new String[] {
                "PROXY TCP4 192.0.2.7 127.0.0.1 5000 25\r\n",
                v2(0x21, 0x11, "\u00c0\0\u0002\u0001\u007f\0\0\u0001\0\1\0\2")
            }) {
                try (var client = new Dialogue(relay.port())) {
                    client.write(header + "EHLO c\r\nMAIL FROM:<a@b.example>\r\n");
                    String reply = client.reply();
                    while (!reply.isEmpty()) {
                        assertThat(reply).doesNotStartWith("250");
                        reply = client.reply();
                    }
                }
            }
        }
    }
}
