package org.signalpost.mailet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.mail.MessagingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What stops the start of James: a typing error, and nothing else. */
class ParametersTest {
    @TempDir
    Path directory;

    private void start(Map<String, String> more) throws Exception {
        new TestMailet(directory, "http://127.0.0.1:1", more).close();
    }

    @ParameterizedTest
    @CsvSource({
        "trackingUrl,ftp://t.example,https",
        "pixel,middle,bottom",
        "opens,perhaps,true or false",
        "timeout,2,unit",
        "timeout,0s,more than no time",
        "maxCopies,0,1 to 1000",
        "maxCopies,1001,1 to 1000",
        "maxTotalSize,much,maxTotalSize",
        "skipSenders,example.org,@example.org",
        "server,t.example,https",
        "signingKeysFile,/nowhere/signing.keys,there is no file /nowhere/signing.keys",
        "apiKeyFile,/dev/null,no API key",
        "trackingURL,https://t.example,trackingURL",
    })
    void a_parameter_that_can_not_be_used_is_named_with_the_reason(String name, String value, String words) {
        assertThatThrownBy(() -> start(Map.of(name, value)))
                .isInstanceOf(MessagingException.class)
                .hasMessageContaining(name)
                .hasMessageContaining(words);
    }

    @Test
    void what_is_missing_is_named() {
        assertThatThrownBy(() -> start(Map.of("apiKeyFile", " ")))
                .isInstanceOf(MessagingException.class)
                .hasMessageContaining("apiKeyFile is missing");
    }

    @Test
    void keys_that_are_damaged_are_named_by_their_line() throws Exception {
        Path keys = Files.writeString(directory.resolve("damaged.keys"), "1 abc\n");

        assertThatThrownBy(() -> start(Map.of("signingKeysFile", keys.toString())))
                .hasMessageContaining("signingKeysFile")
                .hasMessageContaining("line 1");
    }

    @Test
    void a_server_that_is_not_there_stops_nothing() throws Exception {
        start(Map.of("onMailetException", "ignore", "onMatchException", "nomatch"));
    }

    @Test
    void the_api_key_is_never_printed() throws Exception {
        Files.writeString(directory.resolve("signing.keys"), TestMailet.KEYS.text());
        Files.writeString(directory.resolve("api.key"), TestMailet.API_KEY);
        Parameters parameters = Parameters.of(Map.of(
                "trackingUrl",
                "https://t.example/",
                "signingKeysFile",
                directory.resolve("signing.keys").toString(),
                "apiKeyFile",
                directory.resolve("api.key").toString()));

        assertThat(parameters.toString()).doesNotContain(TestMailet.API_KEY).contains("https://t.example/api/v1");
    }
}
