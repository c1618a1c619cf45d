package org.signalpost.relay.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.signalpost.relay.smtp.SmtpSettings.Ownership;
import org.signalpost.rewrite.RawMessage;
import org.signalpost.track.Submitter;

/** R16: a key may use only the names that are set for it. */
class OwnershipTest {
    private static final String SHOP = "ms_live_Sssssssssssssssssssssssssssssss1";
    private static final String NONE = "ms_live_Nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn1";
    private static final String ADMIN = "ms_live_Mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm1";

    @TempDir
    Path directory;

    private TestRelay relay(Ownership ownership) {
        return TestRelay.plan()
                .owning(ownership)
                .withKey(
                        SHOP,
                        new Submitter(
                                "key_s", /* anySender= */ false, List.of("shop@b.example", "@b\u00fccher.example")))
                .withKey(NONE, new Submitter("key_n", /* anySender= */ false, List.of()))
                .withKey(ADMIN, new Submitter("admin", /* anySender= */ true, List.of()))
                .start(directory);
    }

    private static Dialogue signedIn(TestRelay relay, String key) throws IOException {
        Dialogue client = relay.clientUnderTls();
        String secret = Base64.getEncoder().encodeToString(("\0u\0" + key).getBytes(StandardCharsets.US_ASCII));
        assertThat(client.say("AUTH PLAIN " + secret + "\r\n")).startsWith("235");
        return client;
    }

    private static String mail(TestRelay relay, String key, String sender) throws IOException {
        try (Dialogue client = signedIn(relay, key)) {
            return client.say("MAIL FROM:<" + sender + ">\r\n").substring(0, 9);
        }
    }

    private static String data(TestRelay relay, String key, String header) throws IOException {
        try (Dialogue client = signedIn(relay, key)) {
            assertThat(client.sayAll("MAIL FROM:<x@elsewhere.example>", "RCPT TO:<c@d.example>", "DATA"))
                    .startsWith("354");
            return client.say(header + "\r\n\r\n.\r\n").substring(0, 9);
        }
    }

    @Test
    void the_sender_in_the_envelope_has_to_be_its_own() throws IOException {
        try (TestRelay relay = relay(Ownership.ENVELOPE)) {
            assertThat(mail(relay, TestRelay.KEY, "anybody@a.example")).isEqualTo("250 2.1.0");
            assertThat(mail(relay, TestRelay.KEY, "anybody@A.Example")).isEqualTo("250 2.1.0");
            assertThat(mail(relay, TestRelay.KEY, "shop@b.example")).isEqualTo("553 5.7.1");
            assertThat(mail(relay, TestRelay.KEY, "x@sub.a.example")).isEqualTo("553 5.7.1");
            assertThat(mail(relay, TestRelay.KEY, "\"x@a.example\"@b.example")).isEqualTo("553 5.7.1");
            assertThat(mail(relay, SHOP, "shop@B.example")).isEqualTo("250 2.1.0");
            assertThat(mail(relay, SHOP, "other@b.example")).isEqualTo("553 5.7.1");
            assertThat(mail(relay, SHOP, "other@xn--bcher-kva.example")).isEqualTo("250 2.1.0");
            assertThat(mail(relay, NONE, "a@b.example")).isEqualTo("553 5.7.1");
            assertThat(mail(relay, NONE, "")).isEqualTo("250 2.1.0");
            assertThat(mail(relay, ADMIN, "a@b.example")).isEqualTo("250 2.1.0");
            // The header is not asked.
            try (Dialogue client = signedIn(relay, SHOP)) {
                assertThat(client.sayAll("MAIL FROM:<shop@b.example>", "RCPT TO:<c@d.example>", "DATA"))
                        .startsWith("354");
                assertThat(client.say("From: other@b.example\r\n\r\n.\r\n")).startsWith("250");
            }
        }
    }

    @Test
    void so_has_the_from_field() throws IOException {
        try (TestRelay relay = relay(Ownership.FROM)) {
            assertThat(data(relay, SHOP, "From: Shop <shop@b.example>")).isEqualTo("250 2.0.0");
            assertThat(data(relay, SHOP, "FROM: other@b.example")).isEqualTo("550 5.7.1");
            assertThat(data(relay, SHOP, "From: shop@b.example, other@b.example"))
                    .isEqualTo("550 5.7.1");
            assertThat(data(relay, SHOP, "From: shop@b.example\r\nFrom: other@b.example"))
                    .isEqualTo("550 5.7.1");
            assertThat(data(relay, SHOP, "Subject: x")).isEqualTo("550 5.7.1");
            assertThat(data(relay, TestRelay.KEY, "From: shop@b.example")).isEqualTo("550 5.7.1");
            assertThat(data(relay, ADMIN, "From: shop@b.example")).isEqualTo("250 2.0.0");
        }
    }

    @Test
    void a_from_behind_a_header_of_any_length_is_no_way_around() throws IOException {
        String filler = ("X-Filler: " + "x".repeat(900) + "\r\n").repeat(400);
        try (TestRelay relay = relay(Ownership.FROM)) {
            assertThat(data(relay, SHOP, "From: shop@b.example\r\n" + filler + "From: other@b.example"))
                    .isEqualTo("550 5.7.1");
            // A large mail is none of that.
            assertThat(data(relay, SHOP, "From: shop@b.example\r\n\r\n" + filler))
                    .isEqualTo("250 2.0.0");
        }
    }

    @Test
    void both_are_asked_and_whoever_is_trusted_without_a_key_is_not() throws IOException {
        try (TestRelay relay = relay(Ownership.BOTH)) {
            assertThat(mail(relay, SHOP, "other@b.example")).isEqualTo("553 5.7.1");
            try (Dialogue client = signedIn(relay, SHOP)) {
                client.sayAll("MAIL FROM:<>", "RCPT TO:<c@d.example>", "DATA");
                assertThat(client.say("From: other@b.example\r\n\r\n.\r\n")).startsWith("550 5.7.1");
                assertThat(client.sayAll("MAIL FROM:<shop@b.example>", "RCPT TO:<c@d.example>", "DATA"))
                        .startsWith("354");
                assertThat(client.say("From: shop@b.example\r\n\r\n.\r\n")).startsWith("250");
            }
            try (Dialogue client = relay.client()) {
                assertThat(client.sayAll("EHLO c", "MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>", "DATA"))
                        .startsWith("354");
                assertThat(client.say("From: anybody@b.example\r\n\r\n.\r\n")).startsWith("250");
            }
        }
    }

    private static List<String> authors(String fields) {
        return Authors.of(RawMessage.of((fields + "\r\n\r\n").getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "a@b.example | a@b.example",
                "<a@b.example> | a@b.example",
                "Ann <a@b.example> | a@b.example",
                "Ann B. <a@b.example> | a@b.example",
                "\"Ann, or <x@y.example>\" <a@b.example> | a@b.example",
                "\"Ann \\\" <x@y.example>\" <a@b.example> | a@b.example",
                "=?utf-8?q?x=40y=2Eexample?= <a@b.example> | a@b.example",
                "(c, (c) \\) <x@y.example>) a@b.example (c) | a@b.example",
                "Ann <a@b.example>, <c@d.example>,e@f.example | a@b.example;c@d.example;e@f.example",
                "\"a b\"@c.example | \"a b\"@c.example",
                "Gr\u00fc\u00df <\u00fc@b.example> | \u00fc@b.example"
            })
    void all_authors_are_read(String from, String addresses) {
        assertThat(authors("From: " + from)).containsExactly(addresses.split(";", -1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ",",
                "a@b.example,",
                "a@b.example c@d.example",
                "<a@b.example> <c@d.example>",
                "<a@b.example> c@d.example",
                "c@d.example <a@b.example>",
                "<<a@b.example>>",
                "<@x.example:a@b.example>",
                "group: a@b.example;",
                "\"a@b.example",
                "(a@b.example",
                "a@b.example\\",
                "Ann",
                "<>",
                "a@b@c.example",
                "<a@b.example",
                "a@b.example>"
            })
    void what_could_be_read_in_two_ways_is_nobody(String from) {
        assertThat(authors("From: " + from)).isEmpty();
        assertThat(authors("From: x@y.example\r\nFrom: " + from)).isEmpty();
    }

    @Test
    void nor_is_a_header_that_readers_read_in_two_ways() {
        assertThat(authors("From: a@b.example\r\nFrom : c@d.example")).isEmpty();
        assertThat(authors("From: a@b.example\r\nno field")).isEmpty();
        assertThat(authors("Subject: x")).isEmpty();
        assertThat(authors("From: " + "(".repeat(100_000) + ")".repeat(100_000) + "a@b.example"))
                .containsExactly("a@b.example");
        assertThat(authors("From: " + "a.".repeat(100_000))).isEmpty();
    }
}
