package org.signalpost.relay.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** R24, R49: a relay whose next hop is the relay itself. */
class LoopIT {
    private static final Pattern ACCEPTED = Pattern.compile(" accepted message=");
    private static final Pattern TRACKED = Pattern.compile(" tracking=trk_");
    private static final Pattern REFUSED = Pattern.compile(" failed .* status=5\\.4\\.6 ");
    private static final long FEW = 60;

    /** Nobody gave it a Message-ID or a Date: we do, on the first round. */
    private static final String BARE =
            "Subject: Round\r\nContent-Type: text/html\r\n\r\n<p><a href=\"https://d.example/\">x</a></p>\r\n";

    @TempDir
    Path directory;

    private static long count(Pattern pattern, String text) {
        return pattern.matcher(text).results().count();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_mail_that_comes_back_again_and_again_is_tracked_once_and_ends_and_so_does_the_notice_of_it(boolean bare)
            throws Exception {
        String itself = "127.0.0.1:" + RunningSignalpost.freePort();
        try (var signalpost =
                RunningSignalpost.start(directory, Map.of("smtp.listen", itself, "delivery.smarthost", itself))) {
            String mail = bare ? BARE : Mails.newsletter("Round");
            Mails.sendWithPython(signalpost.smtpPort(), List.of("ann@example.com"), mail, directory);

            // The mail, then the notice of that, of which there is no notice.
            Waiting.until(
                    Duration.ofSeconds(5),
                    () -> count(REFUSED, signalpost.output()) == 2
                            && signalpost.api("/queue").path("data").isEmpty(),
                    signalpost::output);
            assertThat(count(ACCEPTED, signalpost.output())).isBetween(2L, FEW);
            assertThat(count(TRACKED, signalpost.output())).isEqualTo(1);
        }
    }
}
