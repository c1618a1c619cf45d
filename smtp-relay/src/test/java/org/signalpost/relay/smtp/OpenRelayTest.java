package org.signalpost.relay.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** R14: a stranger sends nothing, however the recipient is written. */
class OpenRelayTest {
    private static final List<String> FORMS = List.of(
            "<v@d.example>",
            "v@d.example",
            "<v%d.example@relay.test>",
            "<v%d.example@[127.0.0.1]>",
            "<@relay.test:v@d.example>",
            "<@relay.test,@b.example:v@d.example>",
            "<\"v@d.example\">",
            "<\"v@d.example\"@relay.test>",
            "<\"v\"@d.example>",
            "<d.example!v>",
            "<d.example!v@relay.test>",
            "<relay.test!d.example!v>",
            "<v@d.example@relay.test>",
            "<v@[192.0.2.1]>",
            "<v@[IPv6:2001:db8::1]>",
            "<v@>",
            "<v@d.example.>",
            "<v>",
            "<\u00c3\u00bc@d.example>",
            "<v@\u00c3\u00bc.example>",
            "<postmaster>",
            "<>");

    @TempDir
    Path directory;

    @Test
    void a_stranger_sends_nothing_to_any_form_of_address() throws IOException {
        try (TestRelay relay =
                TestRelay.plan().trusting("127.0.0.1/32", "::1/128").start(directory)) {
            for (String form : FORMS) {
                for (String sender : List.of("<a@b.example>", "<>", "<root@relay.test>", "<root@[127.0.0.1]>")) {
                    try (Dialogue client = relay.client("127.0.0.2")) {
                        assertThat(client.say("EHLO localhost\r\n")).startsWith("250");
                        assertThat(client.say("MAIL FROM:" + sender + " SMTPUTF8\r\n"))
                                .startsWith("530 5.7.0");
                        assertThat(client.say("RCPT TO:" + form + "\r\n")).startsWith("503");
                        assertThat(client.say("DATA\r\n")).startsWith("503");
                    }
                }
            }
            assertThat(relay.mails()).isEmpty();
            // The control: from where it is allowed, it is.
            try (Dialogue client = relay.client("127.0.0.1")) {
                assertThat(client.sayAll("EHLO c", "MAIL FROM:<a@b.example>", "RCPT TO:<v@d.example>", "DATA"))
                        .startsWith("354");
            }
        }
    }

    @Test
    void nor_does_one_that_says_everything_at_once() throws IOException {
        try (TestRelay relay = TestRelay.plan().trusting("127.0.0.1/32").start(directory);
                Dialogue client = relay.client("127.0.0.2")) {
            client.write("EHLO c\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<v@d.example>\r\nDATA\r\nx\r\n.\r\nQUIT\r\n");
            for (String reply : List.of("250", "530", "503", "503", "500", "500", "221")) {
                assertThat(client.reply()).startsWith(reply);
            }
            assertThat(relay.mails()).isEmpty();
        }
    }
}
