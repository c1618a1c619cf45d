package org.signalpost.relay.dkim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.signalpost.settings.ConfigurationException;

class DkimKeysTest {
    @TempDir
    Path directory;

    private void openssl(String... arguments) throws IOException, InterruptedException {
        var command = new java.util.ArrayList<>(List.of("openssl"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(/* redirectErrorStream= */ true)
                .redirectOutput(directory.resolve("openssl.log").toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue())
                .as(Files.readString(directory.resolve("openssl.log")))
                .isZero();
    }

    private DkimKeys read(String... lines) throws IOException {
        return DkimKeys.read(Files.write(directory.resolve("dkim.keys"), List.of(lines)));
    }

    private void refuses(String why, String... lines) {
        assertThatThrownBy(() -> read(lines))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContainingAll(directory.resolve("dkim.keys").toString() + ", line " + lines.length, why)
                .message()
                .doesNotContain("\n");
    }

    private String openssl(Path key) throws IOException, InterruptedException {
        openssl("pkey", "-in", key.toString(), "-pubout", "-outform", "DER", "-out", "public.der");
        return java.util.HexFormat.of().formatHex(Files.readAllBytes(directory.resolve("public.der")));
    }

    @Test
    void are_what_openssl_writes() throws Exception {
        openssl("genrsa", "-traditional", "-out", "one.pem", "2048");
        openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072", "-out", "a key.pem");
        openssl("genpkey", "-algorithm", "Ed25519", "-out", "three.pem");
        Path absolute = directory.resolve("three.pem").toAbsolutePath();

        DkimKeys keys = read(
                "# a comment",
                "",
                "example.org e1 " + absolute,
                "  EXAMPLE.org\tr1   one.pem  ",
                "bücher.example s.2026 a key.pem");

        assertThat(keys.domains()).containsExactlyInAnyOrder("example.org", "xn--bcher-kva.example");
        assertThat(keys.of("example.org")).extracting(DkimKey::selector).containsExactly("r1", "e1");
        assertThat(keys.of("xn--bcher-kva.example"))
                .extracting(DkimKey::selector)
                .containsExactly("s.2026");
        for (DkimKey key : keys.of("example.org")) {
            Path file = directory.resolve(key.selector().equals("r1") ? "one.pem" : "three.pem");
            assertThat(java.util.HexFormat.of().formatHex(key.pair().getPublic().getEncoded()))
                    .as(file.toString())
                    .isEqualTo(openssl(file));
        }
    }

    @Test
    void that_are_unfit_are_refused_with_their_line() throws Exception {
        openssl("genrsa", "-out", "short.pem", "1024");
        openssl("genpkey", "-algorithm", "Ed448", "-out", "ed448.pem");
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "ec.pem");
        openssl("genpkey", "-algorithm", "Ed25519", "-out", "good.pem");
        openssl("pkey", "-in", "good.pem", "-aes256", "-passout", "pass:x", "-out", "encrypted.pem");
        openssl("pkey", "-in", "good.pem", "-pubout", "-out", "public.pem");
        String good = Files.readString(directory.resolve("good.pem"));
        Files.writeString(directory.resolve("damaged.pem"), good.replaceFirst("M[A-Za-z]", "M!"));

        refuses("1024 bits; RSA of at least 2048 bits is wanted", "example.org s short.pem");
        refuses("neither an RSA nor an Ed25519 key", "example.org s ed448.pem");
        refuses("openssl pkey -in ec.pem", "# x", "example.org s ec.pem");
        refuses("encrypted; an RSA or Ed25519 key is wanted as openssl pkey -in", "example.org s encrypted.pem");
        refuses("has no BEGIN PRIVATE KEY", "example.org s public.pem");
        refuses("is damaged", "example.org s damaged.pem");
        refuses("there is no", "example.org s missing.pem");
        refuses("domain, selector and key file are wanted", "example.org good.pem");
        refuses("not a domain that can be signed for", "exa_mple.org s good.pem");
        refuses("not a domain that can be signed for", "faß.example s good.pem");
        refuses("is not a selector", "example.org s_1 good.pem");
        refuses("has a key for ed25519-sha256 already", "example.org s1 good.pem", "example.org s2 good.pem");
        assertThatThrownBy(() -> DkimKeys.read(directory.resolve("none.keys")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("none.keys");
    }

    @Test
    void are_found_by_the_domain_or_the_nearest_above() {
        DkimKey above = new DkimKey("org", "o", DkimAlgorithm.RSA, TestKeys.RSA.pair());
        DkimKeys keys = DkimKeys.of(List.of(TestKeys.ED25519, TestKeys.RSA, above));

        assertThat(keys.of("example.org")).containsExactly(TestKeys.RSA, TestKeys.ED25519);
        assertThat(keys.of("a.b.example.org")).containsExactly(TestKeys.RSA, TestKeys.ED25519);
        assertThat(keys.of("myexample.org")).containsExactly(above);
        assertThat(keys.of("example.net")).isEmpty();
        assertThat(keys.has("Example.ORG")).isTrue();
        assertThat(keys.has("a.example.org")).isFalse();
        assertThat(DkimKeys.none().of("example.org")).isEmpty();
    }
}
