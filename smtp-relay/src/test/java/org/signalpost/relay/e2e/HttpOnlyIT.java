package org.signalpost.relay.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The HTTP side without a relay, as it runs beside a James with the mailet. */
class HttpOnlyIT {
    @TempDir
    Path directory;

    @Test
    void answers_the_api_and_counts_opens_and_takes_no_mail() throws Exception {
        try (var signalpost = RunningSignalpost.startHttpOnly(directory)) {
            assertThat(signalpost.output())
                    .doesNotContain("SMTP")
                    .contains(signalpost.data().resolve("signing.keys").toString());
            assertThat(signalpost.data().resolve("signing.keys")).exists();
            assertThat(Files.exists(signalpost.data().resolve("spool"))).isFalse();

            JsonNode track = signalpost.api("POST", "/tracks", "{\"recipient\": \"ann@example.com\"}");
            URI pixel = URI.create(track.path("pixelUrl").asString());
            assertThat(signalpost.visit(signalpost.uri(pixel.getPath())).statusCode())
                    .isEqualTo(200);

            String path = "/tracks/" + track.path("id").asString();
            Waiting.until(
                    Duration.ofSeconds(10),
                    () -> signalpost.api(path).path("openCount").asInt() == 1,
                    () -> "the open is not seen:\n" + signalpost.output());
        }
    }
}
