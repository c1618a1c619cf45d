package org.signalpost.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.signalpost.net.Network;
import org.signalpost.relay.smtp.SmtpSettings;
import org.signalpost.relay.smtp.SmtpSettings.Door;
import org.signalpost.settings.ConfigurationException;

/** R15, and what the keys of receiving mean. */
class ReceivingSettingsTest {
    private static RelaySettings settings(String... lines) {
        return RelaySettings.of("file", String.join("\n", lines), Map.of());
    }

    private static InetSocketAddress address(String host, int port) {
        try {
            return new InetSocketAddress(InetAddress.getByName(host), port);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "smtp.listen = 0.0.0.0:25 | smtp.listen = 0.0.0.0:25: others reach it, so TLS is wanted",
                "smtp.listen = 127.0.0.1:25, 192.0.2.1:25 | smtp.listen = 192.0.2.1:25: others reach it",
                "smtp.listen = [::]:25 | smtp.listen = [0:0:0:0:0:0:0:0]:25: others reach it",
                "smtp.listen = | smtp.listen = : an address is wanted",
                "smtp.listen-tls = 127.0.0.1:465 | smtp.listen-tls = 127.0.0.1:465: smtp.tls.certificate is not set",
                "smtp.tls.key = a.pem | smtp.tls.certificate and smtp.tls.key belong together",
                "smtp.tls.certificate = a.pem | smtp.tls.certificate and smtp.tls.key belong together",
                "smtp.proxy-protocol = 127.0.0.1:9 | smtp.proxy-protocol = 127.0.0.1:9: it is neither in smtp.listen",
                "smtp.max-recipients = 3001 | smtp.max-recipients: at most 3000",
                "smtp.greeting-pause = 2m | smtp.greeting-pause = 120s: clients do not wait so long",
                "smtp.sender-ownership = all | smtp.sender-ownership = all: off, envelope, from or both is wanted",
                "smtp.bare-newline = keep | smtp.bare-newline = keep: normalize or reject is wanted"
            })
    void what_can_not_be_stops_the_start_with_one_line_that_names_the_key(String line, String message) {
        assertThatThrownBy(() -> settings(line).smtp())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining("\n");
    }

    @Test
    void others_may_reach_it_with_tls_or_when_that_is_allowed() {
        String open = "smtp.listen = 0.0.0.0:25";
        assertThat(settings(open, "smtp.allow-insecure = true").smtp().doors())
                .containsExactly(Door.plain(address("0.0.0.0", 25)));
        assertThat(settings(open, "smtp.tls.certificate = c.pem", "smtp.tls.key = k.pem")
                        .smtp()
                        .doors())
                .hasSize(1);
    }

    @Test
    void each_key_has_its_place() {
        SmtpSettings smtp = settings(
                        "smtp.listen = 127.0.0.1:25,127.0.0.1:26",
                        "smtp.listen-tls = 127.0.0.1:465",
                        "smtp.proxy-protocol = 127.0.0.1:26,127.0.0.1:465",
                        "smtp.hostname = relay.test",
                        "smtp.tls.certificate = c.pem",
                        "smtp.tls.key = k.pem",
                        "smtp.trusted-networks = 10.0.0.0/8",
                        "smtp.sender-ownership = both",
                        "smtp.bare-newline = reject",
                        "smtp.max-message = 1MB",
                        "smtp.max-recipients = 7",
                        "smtp.max-connections = 1",
                        "smtp.max-connections-per-client = 2",
                        "smtp.max-errors = 3",
                        "smtp.max-junk = 4",
                        "smtp.max-hops = 5",
                        "smtp.command-timeout = 6s",
                        "smtp.stress-timeout = 7s",
                        "smtp.min-rate = 8B",
                        "smtp.greeting-pause = 9ms")
                .smtp();
        assertThat(smtp)
                .isEqualTo(new SmtpSettings(
                        List.of(
                                Door.plain(address("127.0.0.1", 25)),
                                new Door(address("127.0.0.1", 26), /* tls= */ false, /* proxied= */ true),
                                new Door(address("127.0.0.1", 465), /* tls= */ true, /* proxied= */ true)),
                        "relay.test",
                        new SmtpSettings.Rules(
                                List.of(Network.parse("10.0.0.0/8")),
                                SmtpSettings.Ownership.BOTH,
                                SmtpSettings.Newlines.REJECT,
                                1 << 20,
                                7),
                        new SmtpSettings.Limits(1, 2, 3, 4, 5),
                        new SmtpSettings.Patience(
                                Duration.ofSeconds(6), Duration.ofSeconds(7), 8, Duration.ofMillis(9))));
    }

    @Test
    void the_defaults_are_those_of_the_documentation() {
        SmtpSettings smtp = settings().smtp();
        assertThat(smtp.limits()).isEqualTo(SmtpSettings.Limits.usual());
        assertThat(smtp.patience()).isEqualTo(SmtpSettings.Patience.usual());
        assertThat(smtp.doors()).containsExactly(Door.plain(address("127.0.0.1", 2525)));
    }
}
