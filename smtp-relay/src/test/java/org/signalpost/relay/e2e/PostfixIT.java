package org.signalpost.relay.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.signalpost.relay.Command;

/** Between two real Postfixes: one sends its mail through us, the other is our smarthost, over TLS that is checked. */
class PostfixIT {
    @TempDir
    Path directory;

    @BeforeEach
    void needs_postfix() {
        assumeTrue(Postfix.hindrance().isEmpty(), Postfix.hindrance());
    }

    private Path file(String name) {
        return directory.resolve(name);
    }

    private void certificate() throws IOException {
        Command.run(List.of(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=localhost",
                "-addext",
                "subjectAltName=DNS:localhost",
                "-keyout",
                file("tls.key").toString(),
                "-out",
                file("tls.pem").toString()));
    }

    private String dkimRecord(String selector, String... openssl) throws IOException {
        Path key = file(selector + ".pem");
        Command.run(List.of(openssl).stream()
                .map(word -> word.equals("KEY") ? key.toString() : word)
                .toList());
        Command.run(List.of(
                "openssl",
                "pkey",
                "-in",
                key.toString(),
                "-pubout",
                "-outform",
                "DER",
                "-out",
                file(selector + ".der").toString()));
        byte[] der = Files.readAllBytes(file(selector + ".der"));
        // RFC 8463 section 4: the bare key, which ends the structure.
        boolean ed = selector.equals("ed");
        byte[] shown = ed ? java.util.Arrays.copyOfRange(der, der.length - 32, der.length) : der;
        return selector + "._domainkey.example.org v=DKIM1; k=" + (ed ? "ed25519" : "rsa") + "; p="
                + java.util.Base64.getEncoder().encodeToString(shown);
    }

    private Map<String, String> smarthostTls() {
        return Map.of(
                "smtpd_tls_cert_file",
                file("tls.pem").toString(),
                "smtpd_tls_key_file",
                file("tls.key").toString(),
                "smtpd_tls_security_level",
                "encrypt",
                "smtpd_tls_received_header",
                "yes");
    }

    @Test
    void mail_of_a_postfix_goes_through_us_to_a_postfix_tracked_signed_and_encrypted() throws Exception {
        certificate();
        String rsa = dkimRecord("rsa", "openssl", "genrsa", "-out", "KEY", "2048");
        String ed = dkimRecord("ed", "openssl", "genpkey", "-algorithm", "ed25519", "-out", "KEY");
        Files.writeString(file("dkim.keys"), "example.org rsa rsa.pem\nexample.org ed ed.pem\n");
        int smarthost = RunningSignalpost.freePort();
        int entrance = RunningSignalpost.freePort();
        try (var sink = Sink.listening(0);
                var receiving = Postfix.start(file("receiving"), smarthost, sink.port(), smarthostTls());
                var signalpost = RunningSignalpost.start(
                        file("signalpost"),
                        Map.of(
                                "delivery.smarthost",
                                "localhost:" + smarthost,
                                "delivery.smarthost-tls",
                                "required",
                                "delivery.smarthost-ca-file",
                                file("tls.pem").toString(),
                                "dkim.keys-file",
                                file("dkim.keys").toString()));
                var sending = Postfix.start(file("sending"), entrance, signalpost.smtpPort(), Map.of())) {
            String mail = Mails.newsletter("Gr\u00fc\u00dfe")
                    .replace("\r\n\r\n", "\r\nX-Odd: caf\u00e9 \r\n\tfolded\r\n\r\n")
                    .replaceFirst("(?s)$", ".a line with a dot\r\n..two\r\n");
            Mails.sendWithPython(entrance, List.of("ann@example.com", "bob@example.com"), mail, directory);
            Waiting.until(
                    Duration.ofSeconds(60),
                    () -> sink.received().size() == 2,
                    () -> signalpost.output() + sending.log() + receiving.log());

            assertThat(sink.received())
                    .allSatisfy(copy ->
                            assertThat(copy.text()).contains("using TLSv1.3").contains("/api/t/trk_"));
            assertThat(verdicts(sink, List.of(rsa, ed))).hasSize(2).allMatch(line -> line.endsWith(" pass pass"));
        }
    }

    /** What dkimpy says of the copies as the sink got them. */
    private List<String> verdicts(Sink sink, List<String> records) throws IOException {
        Path copies = Files.createDirectory(file("copies"));
        for (int i = 0; i < sink.received().size(); i++) {
            Files.write(copies.resolve("copy" + i), sink.received().get(i).octets());
        }
        Files.write(file("records"), records, StandardCharsets.US_ASCII);
        Path script = RunningSignalpost.CHECKOUT.resolve("smtp-relay/src/test/resources/dkim/verify.py");
        return Command.run(List.of(
                        "/usr/bin/python3", script.toString(), file("records").toString(), copies.toString()))
                .lines()
                .toList();
    }

    @Test
    void a_smarthost_with_another_certificate_than_ours_gets_nothing() throws Exception {
        certificate();
        int smarthost = RunningSignalpost.freePort();
        try (var sink = Sink.listening(0);
                var receiving = Postfix.start(file("receiving"), smarthost, sink.port(), smarthostTls());
                var signalpost = RunningSignalpost.start(
                        file("signalpost"),
                        Map.of("delivery.smarthost", "localhost:" + smarthost, "delivery.smarthost-tls", "required"))) {
            Mails.sendWithPython(signalpost.smtpPort(), List.of("ann@example.com"), Mails.newsletter("No"), directory);
            Waiting.until(
                    Duration.ofSeconds(30),
                    () -> signalpost.output().contains("deferred message="),
                    () -> signalpost.output() + receiving.log());
            assertThat(sink.received()).isEmpty();
        }
    }
}
