package org.signalpost.relay.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.signalpost.relay.tls.Authority.Issued;
import org.signalpost.settings.ConfigurationException;

class ServerCertificateTest {
    @TempDir
    Path directory;

    private final Alarms alarms = new Alarms();

    /** Later than any certificate of a test is made. */
    private Instant now = Instant.now().plusSeconds(3_600);

    private Authority authority;

    @BeforeEach
    void start() throws IOException {
        authority = Authority.in(directory.resolve("authority"));
    }

    @AfterEach
    void end() {
        alarms.close();
    }

    private ServerCertificate open(Issued issued) {
        return ServerCertificate.open(issued.certificate(), issued.key(), () -> now);
    }

    private String shown(ServerCertificate certificate, String name, String... protocols) throws IOException {
        var session = Handshake.with(certificate, PeerTrust.required(authority.certificate()), name, protocols);
        return Handshake.subject(session) + " " + session.getProtocol();
    }

    private Issued inUse(Issued issued) throws IOException {
        var files = new Issued(directory.resolve("server.pem"), directory.resolve("server.key"));
        Files.copy(issued.certificate(), files.certificate(), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(issued.key(), files.key(), StandardCopyOption.REPLACE_EXISTING);
        return files;
    }

    @Test
    void is_shown_over_tls_1_3_and_1_2_with_a_key_of_any_usual_kind() throws IOException {
        for (Issued issued : List.of(
                authority.issue("a.example", 30),
                authority.issue("a.example", 30, "rsa:2048"),
                authority.issue("a.example", 30, "ed25519"))) {
            ServerCertificate certificate = open(issued);
            assertThat(shown(certificate, "a.example")).isEqualTo("CN=a.example TLSv1.3");
            assertThat(shown(certificate, "a.example", "TLSv1.2")).isEqualTo("CN=a.example TLSv1.2");
        }
        assertThat(alarms.lines()).isEmpty();
    }

    @Test
    void may_stand_in_one_file_with_its_key_and_those_that_lead_to_the_authority() throws IOException {
        Issued issued = authority.issue("a.example", 30);
        Path all = directory.resolve("all.pem");
        Files.writeString(
                all,
                "Bag Attributes\n" + Files.readString(issued.certificate()) + Files.readString(authority.certificate())
                        + Files.readString(issued.key()));
        var session = Handshake.with(
                ServerCertificate.open(all, all, InstantSource.system()), PeerTrust.opportunistic(), "a.example");
        assertThat(session.getPeerCertificates()).hasSize(2);
    }

    @Test
    void changed_files_are_read_again_after_a_second_while_connections_go_on() throws IOException {
        Issued files = inUse(authority.issue("old.example", 30));
        ServerCertificate certificate = open(files);
        inUse(authority.issue("new.example", 30));

        assertThat(shown(certificate, "old.example")).startsWith("CN=old.example ");
        now = now.plusSeconds(1);
        assertThat(shown(certificate, "new.example")).startsWith("CN=new.example ");
        assertThat(alarms.lines()).isEmpty();
    }

    @Test
    void files_that_can_not_be_used_leave_the_old_ones_in_use_with_one_line_for_each_change() throws IOException {
        Issued files = inUse(authority.issue("old.example", 30));
        ServerCertificate certificate = open(files);

        Files.writeString(files.certificate(), "garbage");
        for (int i = 0; i < 3; i++) {
            now = now.plusSeconds(2);
            assertThat(shown(certificate, "old.example")).startsWith("CN=old.example ");
        }
        assertThat(alarms.lines()).singleElement().asString().contains("server.pem has no certificate in it");
        Files.delete(files.key());
        now = now.plusSeconds(2);
        assertThat(shown(certificate, "old.example")).startsWith("CN=old.example ");
        assertThat(alarms.lines()).hasSize(2);
        inUse(authority.issue("new.example", 30));
        now = now.plusSeconds(2);
        assertThat(shown(certificate, "new.example")).startsWith("CN=new.example ");
        assertThat(alarms.lines()).hasSize(2);
    }

    private void unusable(Path certificate, Path key, String... words) {
        assertThatThrownBy(() -> ServerCertificate.open(certificate, key, () -> now))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContainingAll(words)
                .hasMessageNotContainingAny("\n", "null");
    }

    @Test
    void what_is_wrong_with_the_files_is_one_line_at_the_start() throws IOException {
        Issued one = authority.issue("a.example", 30);
        Issued other = authority.issue("a.example", 30);
        Issued rsa = authority.issue("a.example", 30, "rsa:2048");
        Path broken = Files.writeString(directory.resolve("broken.pem"), """
                -----BEGIN CERTIFICATE-----
                AAAA
                -----END CERTIFICATE-----
                -----BEGIN PRIVATE KEY-----
                A
                -----END PRIVATE KEY-----
                """);
        Path large = Files.write(directory.resolve("large.pem"), new byte[2 << 20]);

        unusable(one.certificate(), other.key(), other.key() + " is not the key of the certificate in ");
        unusable(one.certificate(), rsa.key(), rsa.key().toString(), "EC");
        unusable(directory.resolve("none.pem"), one.key(), "there is no ", "none.pem");
        unusable(one.certificate(), directory.resolve("none.key"), "there is no ", "none.key");
        unusable(directory, one.key(), directory.toString());
        unusable(one.key(), one.key(), "has no certificate in it");
        unusable(one.certificate(), one.certificate(), "has no private key in it");
        unusable(broken, one.key(), "broken.pem has a certificate that can't be read");
        unusable(one.certificate(), broken, "broken.pem has no private key that fits");
        unusable(large, one.key(), "large.pem is too large");
    }

    @Test
    void a_key_in_another_form_comes_with_the_command_that_converts_it() throws IOException {
        Issued rsa = authority.issue("a.example", 30, "rsa:2048");
        Issued ec = authority.issue("a.example", 30);
        Path pkcs1 = authority.converted(rsa.key(), "rsa", "-traditional");
        Path sec1 = authority.converted(ec.key(), "ec");
        Path locked = authority.converted(ec.key(), "pkcs8", "-topk8", "-passout", "pass:secret");

        unusable(rsa.certificate(), pkcs1, "RSA PRIVATE KEY", "openssl pkey -in " + pkcs1);
        unusable(ec.certificate(), sec1, "EC PRIVATE KEY", "openssl pkey -in " + sec1);
        unusable(ec.certificate(), locked, "ENCRYPTED PRIVATE KEY", "openssl pkey -in " + locked);
        Path converted = authority.converted(pkcs1, "pkey");
        assertThat(shown(open(new Issued(rsa.certificate(), converted)), "a.example"))
                .startsWith("CN=a.example ");
    }

    @Test
    void one_that_has_expired_is_used_with_a_warning() throws IOException {
        ServerCertificate certificate = open(authority.issue("a.example", -1));
        assertThat(alarms.lines()).singleElement().asString().contains(".pem has expired, on ");
        Handshake.with(certificate, PeerTrust.opportunistic(), "a.example");
    }
}
