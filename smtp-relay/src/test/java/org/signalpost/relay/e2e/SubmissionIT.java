package org.signalpost.relay.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.signalpost.relay.Command;

/** Clients that people use, signing in over TLS of both kinds: swaks, Python's smtplib, openssl's s_client. */
class SubmissionIT {
    @TempDir
    Path directory;

    private Sink sink;
    private RunningSignalpost signalpost;
    private int implicit;

    @BeforeEach
    void start() throws IOException {
        Path certificate = directory.resolve("tls.pem");
        Path key = directory.resolve("tls.key");
        certificate(certificate, key);
        sink = Sink.listening(0);
        implicit = RunningSignalpost.freePort();
        signalpost = RunningSignalpost.start(
                directory.resolve("signalpost"),
                Map.of(
                        "delivery.smarthost",
                        "127.0.0.1:" + sink.port(),
                        "smtp.listen-tls",
                        "127.0.0.1:" + implicit,
                        "smtp.tls.certificate",
                        certificate.toString(),
                        "smtp.tls.key",
                        key.toString(),
                        "smtp.trusted-networks",
                        "192.0.2.1/32"));
    }

    private static void certificate(Path certificate, Path key) throws IOException {
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
                key.toString(),
                "-out",
                certificate.toString()));
    }

    @AfterEach
    void stop() throws IOException {
        signalpost.close();
        sink.close();
    }

    private String key(String scopes) throws IOException {
        return signalpost
                .api("POST", "/keys", "{\"name\": \"client\", \"scopes\": [\"" + scopes + "\"]}")
                .path("key")
                .asString();
    }

    private static String python(String script, String... arguments) throws IOException {
        var command = new java.util.ArrayList<>(List.of("python3", "-c", script));
        command.addAll(List.of(arguments));
        return Command.run(command);
    }

    @Test
    void swaks_and_smtplib_sign_in_with_a_key_over_both_kinds_of_tls() throws Exception {
        String key = key("send");
        Command.run(List.of(
                "swaks",
                "--server",
                "127.0.0.1:" + signalpost.smtpPort(),
                "--tls",
                "--auth",
                "LOGIN",
                "--auth-user",
                "apikey",
                "--auth-password",
                key,
                "--from",
                "a@example.org",
                "--to",
                "swaks@example.com"));
        python("""
                import smtplib, ssl, sys
                context = ssl.create_default_context(cafile=sys.argv[3])
                with smtplib.SMTP_SSL("localhost", int(sys.argv[1]), context=context) as client:
                    client.login("apikey", sys.argv[2])
                    client.sendmail("a@example.org", ["ssl@example.com"], b"Subject: x\\r\\n\\r\\ny\\r\\n")
                """, String.valueOf(implicit), key, directory.resolve("tls.pem").toString());
        Waiting.until(Duration.ofSeconds(20), () -> sink.received().size() == 2, signalpost::output);
        assertThat(sink.received())
                .allSatisfy(copy -> assertThat(copy.text()).contains(" with ESMTPSA id "))
                .allSatisfy(copy -> assertThat(copy.text()).doesNotContain(key));
        assertThat(signalpost.output()).doesNotContain(key);
    }

    @Test
    void nobody_signs_in_without_tls_or_sends_without_signing_in() throws Exception {
        key("send");
        String said = python("""
                import smtplib, sys
                client = smtplib.SMTP("127.0.0.1", int(sys.argv[1]))
                print(client.ehlo()[1].decode())
                print(client.docmd("AUTH", "PLAIN AHUAcA=="))
                print(client.docmd("MAIL", "FROM:<a@example.org>"))
                """, String.valueOf(signalpost.smtpPort()));
        assertThat(said)
                .contains("STARTTLS")
                .doesNotContain("AUTH PLAIN")
                .contains("(538,")
                .contains("(530,");
    }

    @Test
    void a_key_without_the_scope_send_and_a_revoked_one_do_not_sign_in() throws Exception {
        String reader = key("read");
        String sender = key("send");
        String id = signalpost
                .api("/keys")
                .path("data")
                .valueStream()
                .filter(known -> known.path("scopes").toString().contains("send"))
                .map(known -> known.path("id").asString())
                .findFirst()
                .orElseThrow();
        signalpost.api("DELETE", "/keys/" + id, "");
        for (String key : List.of(reader, sender, "nonsense")) {
            String said = python("""
                    import smtplib, ssl, sys
                    context = ssl._create_unverified_context()
                    client = smtplib.SMTP_SSL("localhost", int(sys.argv[1]), context=context)
                    client.ehlo()
                    try:
                        print(client.login("apikey", sys.argv[2]))
                    except smtplib.SMTPException as refused:
                        print("refused", refused)
                    """, String.valueOf(implicit), key);
            assertThat(said).contains("refused").doesNotContain(key);
        }
    }

    @Test
    void s_client_speaks_both_kinds_and_a_new_certificate_is_used_without_a_restart() throws Exception {
        String first = subject();
        assertThat(first).contains("localhost");
        certificate(directory.resolve("new.pem"), directory.resolve("new.key"));
        String serial = serial();
        Files.move(
                directory.resolve("new.key"),
                directory.resolve("tls.key"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        Files.move(
                directory.resolve("new.pem"),
                directory.resolve("tls.pem"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        Waiting.until(Duration.ofSeconds(20), () -> !serial().equals(serial), signalpost::output);
    }

    private String subject() throws IOException {
        return shell("openssl s_client -starttls smtp -crlf -connect 127.0.0.1:" + signalpost.smtpPort()
                + " </dev/null 2>/dev/null | openssl x509 -noout -subject");
    }

    private String serial() throws IOException {
        return shell("openssl s_client -connect 127.0.0.1:" + implicit
                + " </dev/null 2>/dev/null | openssl x509 -noout -serial");
    }

    private static String shell(String line) throws IOException {
        return Command.run(List.of("sh", "-c", line));
    }
}
