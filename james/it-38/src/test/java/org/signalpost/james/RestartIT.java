package org.signalpost.james;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** James is killed while it makes copies, and started again; its queue is on disk, as in a real installation. */
class RestartIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int MAILS = 8;
    private static final String[] THREE = {"ann@example.com", "bob@example.net", "cy@example.com"};

    @TempDir
    Path directory;

    /** The tracks that arrived, by subject and recipient. */
    private static Map<String, Set<String>> tracks(Sink sink) {
        var tracks = new TreeMap<String, Set<String>>();
        for (Sink.Received one : sink.received()) {
            String subject = one.mail().replaceFirst("(?s).*?\r\nSubject: ([^\r]*).*", "$1");
            for (String recipient : one.recipients()) {
                tracks.computeIfAbsent(subject + " to " + recipient, key -> new HashSet<>())
                        .add(Mails.isTracked(one.mail()) ? Mails.track(one.mail()) : "untracked");
            }
        }
        return tracks;
    }

    @Test
    void nothing_is_lost_and_nothing_tracked_twice_when_james_is_killed_half_way() throws Exception {
        Path home = directory.resolve("james");
        try (var sink = Sink.start();
                var server = TrackingStub.start()) {
            String processors = new Configurations(directory, sink.port())
                    .leavingMail(Shipped.Signalpost.at(server.url()).patiently());
            try (var james = RunningJames.startPersistent(home, processors)) {
                for (int i = 0; i < MAILS; i++) {
                    james.submit(Mails.newsletter("Mail-" + i), THREE);
                }
                Waiting.until(SOON, () -> sink.received().size() >= MAILS / 2, james::output);
                james.kill();
            }
            int before = sink.received().size();

            try (var james = RunningJames.startPersistent(home, processors)) {
                Waiting.until(
                        SOON,
                        () -> tracks(sink).size() == MAILS * THREE.length,
                        () -> before + " before, now " + tracks(sink) + "\n" + james.output());
            }

            assertThat(tracks(sink).values())
                    .allSatisfy(one -> assertThat(one).hasSize(1).doesNotContain("untracked"));
            assertThat(server.registered()).hasSize(MAILS * THREE.length);
            assertThat(List.copyOf(server.registered().values())).containsOnly(THREE);
        }
    }
}
