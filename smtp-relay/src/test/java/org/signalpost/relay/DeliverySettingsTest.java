package org.signalpost.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.signalpost.relay.client.Hop;
import org.signalpost.settings.ConfigurationException;

class DeliverySettingsTest {
    @TempDir
    Path directory;

    private Map<String, Hop> exceptions(String lines) throws IOException {
        Files.writeString(directory.resolve("password"), "secret");
        Path file = Files.writeString(directory.resolve("routes"), lines);
        return RelaySettings.of("file", "delivery.smarthost = 127.0.0.1:25\ndelivery.routes-file = " + file, Map.of())
                .delivery()
                .exceptions();
    }

    /** R32: whoever asks for TLS gets it, or is told at the start that it can't be. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "a.example 127.0.0.1:26 none\nb.example 127.0.0.1:26 required",
                "a.example 127.0.0.1:26 required\nb.example 127.0.0.1:26 none",
                "a.example 127.0.0.1:26 required\nb.example 127.0.0.1:26 required user password",
                "# a comment\nb.example 127.0.0.1:25 required"
            })
    void one_next_hop_is_not_talked_to_in_two_ways(String lines) {
        assertThatThrownBy(() -> exceptions(lines))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageMatching("delivery\\.routes-file = .*:2: 127\\.0\\.0\\.1:2[56] is used with another TLS or"
                        + " login already; that has to be the same");
    }

    @Test
    void many_domains_may_go_to_one_next_hop() throws IOException {
        assertThat(exceptions("""
                a.example 127.0.0.1:26 required user password
                b.example 127.0.0.1:26 required user password
                c.example 127.0.0.1:25 opportunistic
                """)).containsOnlyKeys("a.example", "b.example", "c.example");
    }
}
