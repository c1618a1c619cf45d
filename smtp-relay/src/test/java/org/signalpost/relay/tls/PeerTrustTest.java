package org.signalpost.relay.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.signalpost.relay.tls.Authority.Issued;
import org.signalpost.settings.ConfigurationException;

class PeerTrustTest {
    @TempDir
    Path directory;

    private final Alarms alarms = new Alarms();
    private Authority authority;

    @BeforeEach
    void start() throws IOException {
        authority = Authority.in(directory.resolve("authority"));
    }

    @AfterEach
    void end() {
        alarms.close();
    }

    private static ServerCertificate server(Issued issued) {
        return ServerCertificate.open(issued.certificate(), issued.key(), InstantSource.system());
    }

    private static void refuses(SSLSocketFactory factory, ServerCertificate server, String name, String why) {
        assertThatThrownBy(() -> Handshake.with(server, factory, name))
                .isInstanceOf(SSLException.class)
                .hasMessageContaining(why);
    }

    @Test
    void required_believes_the_named_peer_with_a_valid_certificate_of_a_known_authority_and_nobody_else()
            throws IOException {
        Authority stranger = Authority.in(directory.resolve("stranger"));
        SSLSocketFactory required = PeerTrust.required(authority.certificate());
        ServerCertificate good = server(authority.issue("mx.example.com", 30));

        assertThat(Handshake.subject(Handshake.with(good, required, "mx.example.com")))
                .isEqualTo("CN=mx.example.com");
        refuses(required, good, "mx.example.org", "No subject alternative DNS name matching mx.example.org");
        refuses(required, good, "127.0.0.1", "No subject alternative names matching IP address");
        refuses(required, server(authority.issue("mx.example.com", -1)), "mx.example.com", "validity check failed");
        refuses(required, server(stranger.issue("mx.example.com", 30)), "mx.example.com", "path");
        refuses(PeerTrust.required(), good, "mx.example.com", "unable to find valid certification path");
    }

    @Test
    void opportunistic_believes_whoever_answers() throws IOException {
        Authority stranger = Authority.in(directory.resolve("stranger"));
        for (Issued issued : new Issued[] {
            authority.issue("other.example.com", 30), authority.issue("mx.example.com", -1), stranger.issue("x", 30)
        }) {
            assertThat(Handshake.with(server(issued), PeerTrust.opportunistic(), "mx.example.com")
                            .isValid())
                    .isTrue();
        }
    }

    @Test
    void a_file_without_authorities_stops_the_start() throws IOException {
        Path garbage = Files.writeString(directory.resolve("garbage.pem"), "garbage");
        assertThatThrownBy(() -> PeerTrust.required(garbage))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("garbage.pem has no certificate in it");
        assertThatThrownBy(() -> PeerTrust.required(directory.resolve("none.pem")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("there is no ");
    }
}
