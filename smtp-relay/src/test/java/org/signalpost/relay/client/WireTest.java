package org.signalpost.relay.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.signalpost.relay.delivery.Attempts;
import org.signalpost.relay.delivery.Outcome;
import org.signalpost.relay.spool.TestSpool;
import org.signalpost.rewrite.RawMessage;

/** Nothing that goes over the wire has a bare CR or LF in it, or a dot that ends a mail too early. */
class WireTest {
    private static final Path GOLDEN = Path.of("../core/src/test/resources/mail");
    private static final List<Path> CORPORA = List.of(Path.of("../../shared/corpora/mime"));

    private static final List<String> PIECES =
            List.of(".", "..", "\r\n", "\r\n.", "\r\n.\r\n", "a", "\0", "\u00ff", "DATA", "Subject: x\r\n", "\r\n\r\n");

    /** As the intake stores it. */
    private static RawMessage accepted(byte[] octets) {
        String text = new String(octets, ISO_8859_1);
        return TestSpool.mail(text.replaceAll("\r\n|\r|\n", "\r\n"));
    }

    private static List<Path> mails() throws IOException {
        var mails = new ArrayList<Path>();
        Optional<Path> corpora = CORPORA.stream().filter(Files::isDirectory).findFirst();
        for (Path directory : Stream.concat(Stream.of(GOLDEN), corpora.stream()).toList()) {
            try (Stream<Path> files = Files.walk(directory)) {
                mails.addAll(files.filter(Files::isRegularFile).sorted().toList());
            }
        }
        return mails;
    }

    private static List<RawMessage> generated() {
        var random = new Random(42);
        var mails = new ArrayList<RawMessage>();
        for (int i = 0; i < 300; i++) {
            var text = new StringBuilder();
            for (int pieces = random.nextInt(40); pieces >= 0; pieces--) {
                text.append(PIECES.get(random.nextInt(PIECES.size())));
            }
            mails.add(TestSpool.mail(text.toString()));
        }
        return mails;
    }

    /** Sends each and compares what the peer has got with what was meant. */
    private static void send(Map<String, RawMessage> mails) throws IOException {
        var meant = new ArrayList<RawMessage>();
        try (var peer = new ScriptedPeer(Map.of("keywords", "8BITMIME"));
                SmtpPool pool = Peers.pool(Peers.nobody(), Peers.PATIENT, 100)) {
            var attempts = new Attempts(new SmartHost(peer.hop(), pool), before -> before, copy -> {
                meant.add(copy);
                return copy;
            });
            for (Map.Entry<String, RawMessage> mail : mails.entrySet()) {
                Outcome outcome = attempts.of(
                                TestSpool.envelope("shop@example.org", "ann@example.com"), mail.getValue())
                        .outcome();
                assertThat(outcome).as(mail.getKey()).isInstanceOf(Outcome.Delivered.class);
                String wire = new String(peer.wire.getLast(), ISO_8859_1);
                assertThat(wire.replace("\r\n", "")).as(mail.getKey()).doesNotContain("\r", "\n");
                assertThat(wire.split("\r\n"))
                        .as(mail.getKey())
                        .noneMatch(line -> line.startsWith(".") && !line.startsWith(".."));
                String copy = new String(meant.getLast().octets(), ISO_8859_1);
                assertThat(new String(peer.mails.getLast(), ISO_8859_1))
                        .as(mail.getKey())
                        .isEqualTo(copy.endsWith("\r\n") ? copy : copy + "\r\n");
            }
            assertThat(peer.mails).hasSameSizeAs(mails.keySet());
            assertThat(peer.commands).allMatch(command -> command.matches("(EHLO|MAIL|RCPT|DATA|QUIT|<end>)( .*)?"));
        }
    }

    @Test
    void every_mail_there_is_arrives_as_it_was_meant() throws IOException {
        var mails = new java.util.LinkedHashMap<String, RawMessage>();
        for (Path file : mails()) {
            mails.put(file.toString(), accepted(Files.readAllBytes(file)));
        }
        assertThat(mails).hasSizeGreaterThan(60);
        send(mails);
    }

    @Test
    void mails_made_of_dots_and_line_ends_arrive_as_they_were_meant() throws IOException {
        var mails = new java.util.LinkedHashMap<String, RawMessage>();
        for (RawMessage mail : generated()) {
            mails.put("generated " + mails.size(), mail);
        }
        send(mails);
    }
}
