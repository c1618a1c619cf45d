package org.signalpost.relay.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.signalpost.relay.spool.StoredMail;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * R4, R6, R7: the vectors that all implementations share, where they are at hand; {@code dialogs/} says the same in our
 * own words.
 */
@EnabledIf("areThere")
class VectorsTest {
    @TempDir
    Path directory;

    private static Optional<Path> file() {
        return Stream.of("../../shared/vectors/smtp.json")
                .map(Path::of)
                .filter(Files::exists)
                .findFirst();
    }

    static boolean areThere() {
        return file().isPresent();
    }

    private static Stream<Named<JsonNode>> group(String name) throws IOException {
        JsonNode all = JsonMapper.builder().build().readTree(Files.readAllBytes(file().orElseThrow()));
        return all
                .path("groups")
                .path(name)
                .path("cases")
                .valueStream()
                .map(one -> Named.of(one.path("id").asString(), one))
                .toList()
                .stream();
    }

    static Stream<Named<JsonNode>> fakes() throws IOException {
        return group("end_of_data_fake");
    }

    static Stream<Named<JsonNode>> valid() throws IOException {
        return group("end_of_data_valid");
    }

    static Stream<Named<JsonNode>> oversize() throws IOException {
        return group("oversize");
    }

    static Stream<Named<JsonNode>> commands() throws IOException {
        return group("commands");
    }

    static Stream<Named<JsonNode>> injections() throws IOException {
        return group("header_injection");
    }

    private static byte[] octets(JsonNode node, String name) {
        return node.has(name + "_hex")
                ? HexFormat.of().parseHex(node.path(name + "_hex").asString())
                : node.path(name).asString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The octets in two writes, at each place where that can make a difference; the first case is one write. */
    private static List<Integer> splits(byte[] octets) {
        var splits = new ArrayList<>(List.of(octets.length));
        int step = Math.max(1, octets.length / 200);
        for (int at = 1; at < octets.length; at += step) {
            splits.add(at);
        }
        return splits;
    }

    /** What a client hears behind the data. */
    private interface Hearing {
        void by(Dialogue client) throws IOException;
    }

    private static void eachSplit(TestRelay relay, byte[] data, Hearing hearing) throws Exception {
        AtOnce.run(splits(data).stream().map(split -> () -> {
            try (Dialogue client = inData(relay)) {
                client.write(Arrays.copyOf(data, split));
                client.write(Arrays.copyOfRange(data, split, data.length));
                hearing.by(client);
                assertThat(client.say("QUIT\r\n")).startsWith("221");
            }
            return null;
        }));
    }

    private static Dialogue inData(TestRelay relay) throws IOException {
        Dialogue client = relay.client();
        assertThat(client.sayAll("EHLO c", "MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>", "DATA"))
                .startsWith("354");
        return client;
    }

    @ParameterizedTest
    @MethodSource("fakes")
    void a_false_end_makes_one_mail(JsonNode one) throws Exception {
        JsonNode expected = one.path("normalize");
        try (TestRelay relay = TestRelay.plan().start(directory)) {
            fake(relay, one, expected.path("reply").asString());
            List<StoredMail> mails = relay.mails();
            assertThat(mails).hasSize(splits(octets(one, "data")).size());
            assertThat(mails).allSatisfy(mail -> {
                assertThat(mail.envelope().addresses())
                        .isEqualTo(expected.path("recipients")
                                .valueStream()
                                .map(JsonNode::asString)
                                .toList());
                assertThat(mail.message().octets()).isEqualTo(octets(expected, "stored"));
            });
        }
    }

    @ParameterizedTest
    @MethodSource("fakes")
    void a_false_end_is_refused_once_where_bare_line_ends_are(JsonNode one) throws Exception {
        String reply = one.path("reject").path("reply").asString();
        try (TestRelay relay = TestRelay.plan().rejectingBareNewlines().start(directory)) {
            fake(relay, one, reply);
            assertThat(relay.mails())
                    .hasSize(
                            reply.startsWith("550")
                                    ? 0
                                    : splits(octets(one, "data")).size());
        }
    }

    private static void fake(TestRelay relay, JsonNode one, String reply) throws Exception {
        assertThat(reply).isNotEmpty();
        byte[] data = octets(one, "data");
        eachSplit(relay, data, client -> assertThat(client.reply()).startsWith(reply));
    }

    @ParameterizedTest
    @MethodSource("valid")
    void a_true_end_ends(JsonNode one) throws Exception {
        byte[] data = octets(one, "data");
        boolean rest = !one.path("rest").asString().isEmpty();
        try (TestRelay relay = TestRelay.plan().start(directory)) {
            eachSplit(relay, data, client -> {
                assertThat(client.reply()).startsWith("250 2.0.0");
                if (rest) {
                    assertThat(client.reply()).startsWith("250 2.1.0");
                }
            });
            assertThat(relay.mails())
                    .hasSize(splits(data).size())
                    .allSatisfy(mail -> assertThat(mail.message().octets()).isEqualTo(octets(one, "stored")));
        }
    }

    @ParameterizedTest
    @MethodSource("oversize")
    void what_is_too_large_is_read_to_its_end(JsonNode one) throws Exception {
        byte[] data = octets(one, "data");
        try (TestRelay relay =
                TestRelay.plan().largest(one.path("limit").asLong()).start(directory)) {
            eachSplit(relay, data, client -> {
                client.write(octets(one, "then"));
                for (JsonNode reply : one.path("replies")) {
                    assertThat(client.reply()).startsWith(reply.asString());
                }
            });
        }
    }

    @ParameterizedTest
    @MethodSource("commands")
    void commands_are_answered(JsonNode one) throws IOException {
        JsonNode expected = one.path("expect");
        List<String> states = List.of("EHLO", "MAIL", "RCPT");
        List<String> before = List.of("EHLO c", "MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>");
        try (TestRelay relay = TestRelay.plan().start(directory);
                Dialogue client = relay.client()) {
            for (int i = 0; i <= states.indexOf(one.path("after").asString()); i++) {
                assertThat(client.say(before.get(i) + "\r\n")).startsWith("250");
            }
            client.write(octets(one, "send"));
            for (JsonNode reply : expected.path("replies")) {
                assertThat(client.reply()).startsWith(reply.asString());
            }
            if (expected.has("recipient")) {
                assertThat(client.say("DATA\r\n")).startsWith("354");
                assertThat(client.say("x\r\n.\r\n")).startsWith("250");
                assertThat(relay.mail().envelope().addresses())
                        .containsExactly(expected.path("recipient").asString());
            }
            if (expected.path("session").asString().equals("closed")) {
                String last = client.reply();
                while (!last.isEmpty()) {
                    assertThat(last).startsWith("4");
                    last = client.reply();
                }
            } else {
                assertThat(client.say("QUIT\r\n")).startsWith("221");
            }
            assertThat(relay.mails()).hasSize(expected.has("recipient") ? 1 : 0);
        }
    }

    @ParameterizedTest
    @MethodSource("injections")
    void headers_and_recipients_inject_nothing(JsonNode one) throws IOException {
        try (TestRelay relay = TestRelay.plan().start(directory);
                Dialogue client = relay.client()) {
            client.say("EHLO c\r\n");
            if (one.has("rcpt")) {
                assertThat(client.say("MAIL FROM:<a@b.example>\r\n")).startsWith("250");
                client.write(octets(one, "rcpt"));
                assertThat(client.reply()).startsWith("553 5.6.7");
                assertThat(client.sayAll("RSET", "MAIL FROM:<a@b.example> SMTPUTF8"))
                        .startsWith("250");
                client.write(octets(one, "rcpt"));
                assertThat(client.reply()).startsWith("250");
                assertThat(client.sayAll("DATA", "x\r\n.")).startsWith("250");
                assertThat(relay.mail().envelope().addresses()).containsExactly("a\u560a@d.example");
            } else {
                client.sayAll("MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>", "DATA");
                client.write(octets(one, "message"));
                assertThat(client.say(".\r\n")).startsWith("250");
                assertThat(relay.mail().envelope().addresses()).containsExactly("c@d.example");
                assertThat(TestRelay.text(relay.mail()).replace("\r\n", "")).doesNotContain("\r", "\n");
            }
        }
    }
}
