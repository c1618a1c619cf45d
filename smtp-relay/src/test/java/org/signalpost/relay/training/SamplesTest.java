package org.signalpost.relay.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.signalpost.relay.Commands;

class SamplesTest {
    @TempDir
    Path home;

    @Test
    void are_tracked_in_each_transfer_encoding_but_for_the_one_without_html() {
        assertThat(Samples.mails()).extracting(this::trackedLinks).containsExactly(100L, 100L, 100L, 1L, 0L);
    }

    @Test
    void can_be_sent_as_they_are() {
        assertThat(Samples.mails())
                .extracting(mail -> new String(mail, StandardCharsets.ISO_8859_1))
                .allMatch(text -> text.endsWith("\r\n"))
                .noneMatch(text -> text.contains("\r\n."))
                .allMatch(text -> text.replace("\r\n", "").chars().noneMatch(it -> it == '\r' || it == '\n'))
                .allMatch(text -> text.lines().allMatch(line -> line.length() < 999));
    }

    private long trackedLinks(byte[] mail) {
        Commands.Ended ended = Commands.run(
                home, Map.of(), List.of("rewrite", "--explain"), new String(mail, StandardCharsets.ISO_8859_1));
        assertThat(ended.code()).as(ended.err()).isZero();
        return ended.err()
                .lines()
                .filter(line -> line.matches("link.* tracked .*"))
                .count();
    }
}
