package org.signalpost.relay.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mail that openssl and gpg have signed still verifies behind the relay. */
@SuppressWarnings("StringConcatToTextBlock") // the line ends of the mails are the point
class SignedMailIT {
    @TempDir
    Path directory;

    private void run(String... command) throws IOException, InterruptedException {
        Path log = directory.resolve("command.log");
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.directory(directory.toFile());
        builder.environment().put("GNUPGHOME", directory.resolve("gnupg").toString());
        Process process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue())
                .as("%s: %s", List.of(command), Files.readString(log, StandardCharsets.ISO_8859_1))
                .isZero();
    }

    /** What the sink gets of a mail that is sent through a fresh relay. */
    private String relayed(String mail) throws Exception {
        try (var sink = Sink.listening(0);
                var signalpost = RunningSignalpost.start(
                        directory.resolve("relay" + mail.length()),
                        Map.of("delivery.smarthost", "127.0.0.1:" + sink.port()))) {
            Mails.sendWithPython(signalpost.smtpPort(), List.of("ann@example.com"), mail, directory);
            Waiting.until(
                    Duration.ofSeconds(20),
                    () -> !sink.received().isEmpty() && signalpost.output().contains("tracking=signed"),
                    signalpost::output);
            return sink.received().getFirst().text();
        }
    }

    private String read(String file) throws IOException {
        return Files.readString(directory.resolve(file), StandardCharsets.ISO_8859_1);
    }

    private void write(String file, String text) throws IOException {
        Files.writeString(directory.resolve(file), text, StandardCharsets.ISO_8859_1);
    }

    private static String crlf(String text) {
        return text.replace("\r\n", "\n").replace("\n", "\r\n");
    }

    private static final String PART =
            "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
                    + "<p>Gr=C3=BC=C3=9Fe, <a href=3D\"https://d.example/\">look</a>   =20\r\n</p>\r\n";

    @Test
    void smime_made_with_openssl_verifies() throws Exception {
        run(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-subj",
                "/CN=shop@example.org",
                "-days",
                "2",
                "-keyout",
                "key.pem",
                "-out",
                "certificate.pem");
        write("part.txt", PART);
        run(
                "openssl",
                "smime",
                "-sign",
                "-in",
                "part.txt",
                "-signer",
                "certificate.pem",
                "-inkey",
                "key.pem",
                "-out",
                "signed.eml",
                "-from",
                "shop@example.org",
                "-to",
                "ann@example.com",
                "-subject",
                "Signed");

        write("received.eml", relayed(crlf(read("signed.eml"))));

        run("openssl", "smime", "-verify", "-noverify", "-in", "received.eml", "-out", "content.txt");
        assertThat(read("content.txt")).isEqualTo(PART);
    }

    @Test
    void pgp_mime_made_with_gpg_verifies() throws Exception {
        Files.createDirectory(
                directory.resolve("gnupg"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        run("gpg", "--batch", "--passphrase", "", "--quick-generate-key", "shop@example.org", "ed25519", "sign", "1d");
        write("part.txt", PART);
        run("gpg", "--batch", "--armor", "--detach-sign", "--output", "part.asc", "part.txt");
        String mail = "From: shop@example.org\r\nTo: ann@example.com\r\nSubject: Signed\r\nMIME-Version: 1.0\r\n"
                + "Content-Type: multipart/signed; micalg=pgp-sha512; protocol=\"application/pgp-signature\"; boundary=sig\r\n\r\n"
                + "--sig\r\n" + PART + "\r\n--sig\r\nContent-Type: application/pgp-signature\r\n\r\n"
                + crlf(read("part.asc")) + "\r\n--sig--\r\n";

        String received = relayed(mail);

        int begin = received.indexOf("--sig\r\n") + "--sig\r\n".length();
        int end = received.indexOf("\r\n--sig\r\n", begin);
        write("received.txt", received.substring(begin, end));
        int signature = received.indexOf("-----BEGIN PGP SIGNATURE-----");
        write("received.asc", received.substring(signature, received.indexOf("\r\n--sig--")));
        run("gpg", "--batch", "--verify", "received.asc", "received.txt");
    }
}
