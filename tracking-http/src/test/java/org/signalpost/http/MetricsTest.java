package org.signalpost.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.signalpost.journal.EntryId;
import org.signalpost.journal.Journal;

class MetricsTest {
    @TempDir
    Path directory;

    @Test
    void tells_what_each_log_has_written() {
        try (Journal mail = Journal.open(directory.resolve("mail"), 1 << 20);
                Journal events = Journal.open(directory.resolve("events"), 1 << 20);
                var metrics = new Metrics()) {
            metrics.show("mail", mail);
            metrics.show("events", events);
            for (int i = 0; i < 3; i++) {
                mail.append(1, new EntryId(0, i), new byte[1_000]);
            }
            long octets = mail.figures().octets();
            assertThat(octets).isBetween(3_000L, 3_200L);
            assertThat(mail.figures().records()).isEqualTo(3);
            assertThat(metrics.text())
                    .contains(
                            "signalpost_log_octets_total{log=\"mail\"} " + octets + ".0",
                            "signalpost_log_octets_total{log=\"events\"} 0.0",
                            "signalpost_log_forces_seconds_count{log=\"mail\"} 3",
                            "signalpost_log_forces_seconds_sum{log=\"mail\"} ");
        }
    }
}
