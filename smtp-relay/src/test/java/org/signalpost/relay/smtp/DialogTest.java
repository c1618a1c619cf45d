package org.signalpost.relay.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.signalpost.relay.spool.Envelope;
import org.signalpost.relay.spool.StoredMail;

/**
 * R4, R6, R7, R9, R10, R12, R17, R19, R22, R23: every script of {@code dialogs/}, in one write, octet by octet, and in
 * two writes with every split.
 */
class DialogTest {
    /** In a longer script not every split is tried, but as many, and every one near an end. */
    private static final int SPLITS = 30;

    @TempDir
    Path directory;

    static Stream<Script> scripts() {
        return Script.all();
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void goes_as_it_is_written(Script script) throws Exception {
        try (TestRelay relay = relay(script)) {
            int runs = script.tls() ? inTurns(relay, script) : inAllPieces(relay, script);
            List<StoredMail> mails = relay.mails();
            assertThat(mails).hasSize(runs * script.stored().size());
            mails.forEach(mail -> assertThat(script.stored()).anySatisfy(stored -> check(mail, stored)));
            assertThat(relay.files()).isEmpty();
        }
    }

    private static void check(StoredMail mail, Script.Stored stored) {
        Envelope envelope = mail.envelope();
        assertThat(TestRelay.text(mail)).isEqualTo(stored.content());
        assertThat(envelope.addresses()).isEqualTo(stored.to());
        stored.from().ifPresent(from -> assertThat(envelope.sender()).isEqualTo(from));
        stored.protocol()
                .ifPresent(protocol -> assertThat(envelope.origin().protocol()).isEqualTo(protocol));
    }

    private TestRelay relay(Script script) {
        TestRelay.Plan plan = TestRelay.plan();
        for (String line : script.with()) {
            String[] words = line.split(" ", 2);
            switch (words[0]) {
                case "bare-newline" -> plan.rejectingBareNewlines();
                case "max-message" -> plan.largest(Long.parseLong(words[1]));
                case "max-recipients" -> plan.recipients(Integer.parseInt(words[1]));
                case "trusted" -> plan.trusting(words[1]);
                case "owner" ->
                    plan.owning(SmtpSettings.Ownership.valueOf(words[1].toUpperCase(java.util.Locale.ROOT)));
                case "no-keys" -> plan.withoutKeys();
                case "no-certificate" -> plan.withoutCertificate();
                default -> throw new IllegalArgumentException(line);
            }
        }
        return plan.start(directory);
    }

    /** How often it was run. */
    private static int inAllPieces(TestRelay relay, Script script) throws Exception {
        byte[] octets = script.octets();
        int step = Math.max(1, octets.length / SPLITS);
        List<Integer> splits = IntStream.range(1, octets.length)
                .filter(at -> at % step == 0 || octets.length - at < 8 || isEnd(octets, at))
                .boxed()
                .toList();
        return AtOnce.run(Stream.concat(
                Stream.of(
                        piece(relay, script, octets.length), piece(relay, script, Math.max(octets.length / 4_000, 1))),
                splits.stream().map(at -> piece(relay, script, at, octets.length))));
    }

    private static boolean isEnd(byte[] octets, int at) {
        return octets[at - 1] == '\n' || octets[at - 1] == '\r' || octets[at] == '.';
    }

    /** One run, in pieces of these sizes, the last of them again and again. */
    private static Callable<Void> piece(TestRelay relay, Script script, int... sizes) {
        return () -> {
            try (Dialogue client = begun(relay, script)) {
                byte[] octets = script.octets();
                int at = 0;
                for (int i = 0; at < octets.length; i++) {
                    int size = Math.max(sizes[Math.min(i, sizes.length - 1)], 1);
                    if (!said(client, Arrays.copyOfRange(octets, at, Math.min(octets.length, at + size)))) {
                        break;
                    }
                    at += size;
                }
                String last = "";
                for (Script.Turn turn : script.turns()) {
                    last = heard(client, script, turn, last);
                }
                end(client, script, last);
            }
            return null;
        };
    }

    /** False when the server has hung up already, which may be just what is wanted. */
    private static boolean said(Dialogue client, byte[] octets) {
        try {
            client.write(octets);
            return true;
        } catch (IOException closed) {
            return false;
        }
    }

    private static int inTurns(TestRelay relay, Script script) throws IOException {
        try (Dialogue client = begun(relay, script)) {
            String last = "";
            for (Script.Turn turn : script.turns()) {
                if (turn instanceof Script.Turn.Says says) {
                    said(client, says.octets().getBytes(StandardCharsets.ISO_8859_1));
                } else if (turn instanceof Script.Turn.Handshake) {
                    client.secure();
                }
                last = heard(client, script, turn, last);
            }
            end(client, script, last);
        }
        return 1;
    }

    private static Dialogue begun(TestRelay relay, Script script) throws IOException {
        List<String> before = List.of("EHLO", "MAIL", "RCPT", "DATA");
        List<String> commands = List.of("EHLO c.example", "MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>", "DATA");
        Dialogue client = relay.client();
        for (int i = 0; i <= before.indexOf(script.after()); i++) {
            assertThat(client.say(commands.get(i) + "\r\n")).matches("(?s)(250|354).*");
        }
        return client;
    }

    /** The last reply. */
    private static String heard(Dialogue client, Script script, Script.Turn turn, String last) throws IOException {
        switch (turn) {
            case Script.Turn.Hears hears -> {
                String reply = client.reply();
                assertThat(reply).as(script.name()).startsWith(hears.reply());
                assertThat(reply).as(script.name()).matches("[\\n -~]*");
                return reply;
            }
            case Script.Turn.Holds holds -> {
                assertThat(last.contains(holds.text()))
                        .as("%s: %s in %s", script.name(), holds.text(), last)
                        .isEqualTo(holds.held());
                return last;
            }
            case Script.Turn.Says says -> {
                return last;
            }
            case Script.Turn.Handshake handshake -> {
                return last;
            }
        }
    }

    private static void end(Dialogue client, Script script, String last) throws IOException {
        if (script.closes()) {
            assertThat(client.reply()).as("%s: behind %s", script.name(), last).isEmpty();
        } else {
            assertThat(client.say("QUIT\r\n"))
                    .as("%s: behind %s", script.name(), last)
                    .startsWith("221");
        }
    }
}
