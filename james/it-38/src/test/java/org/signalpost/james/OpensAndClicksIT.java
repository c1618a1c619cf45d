package org.signalpost.james;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything real: a client, James 3.8.1 with the mailet, a gateway, a mailbox, and Signalpost's HTTP side. */
class OpensAndClicksIT {
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    @Test
    void three_recipients_are_told_apart_when_they_open_and_click() throws Exception {
        try (var sink = Sink.start();
                var signalpost = RunningSignalpost.start(directory.resolve("signalpost"))) {
            String processors = new Configurations(directory, sink.port()).allMail(signalpost.forJames());
            try (var james = RunningJames.start(directory.resolve("james"), processors)) {
                james.submit(Mails.newsletter("Real"), "lee@james.test", "ann@example.com", "bob@example.net");

                var local = new HashSet<String>();
                Waiting.until(
                        SOON,
                        () -> sink.received("Real").size() == 2
                                && (local.addAll(james.inbox("Real")) || local.size() == 1),
                        james::output);
                var copies = new ArrayList<String>(local);
                sink.received("Real").forEach(one -> copies.add(one.mail()));
                var recipients = new HashSet<String>();
                for (String copy : copies) {
                    recipients.add(opened_and_clicked(signalpost, copy));
                }
                assertThat(recipients)
                        .containsExactlyInAnyOrder("lee@james.test", "ann@example.com", "bob@example.net");
            }
        }
    }

    /** The recipient of the copy, as the books have it. */
    private static String opened_and_clicked(RunningSignalpost signalpost, String copy) throws Exception {
        assertThat(signalpost.visit(Mails.pixel(copy)).body()).hasSize(43);
        var click = signalpost.visit(Mails.link(copy));
        assertThat(click.statusCode()).isEqualTo(302);
        assertThat(click.headers().allValues("Location")).containsExactly("https://d.example/sale?id=7&c=a%20b#top");
        String path = "/tracks/" + Mails.track(copy);
        Waiting.until(
                SOON,
                () -> {
                    String track = signalpost.api("GET", path, "").body();
                    return track.contains("\"openCount\":1,") && track.contains("\"clickCount\":1,");
                },
                () -> path + ":\n" + signalpost.output());
        String track = signalpost.api("GET", path, "").body();
        assertThat(track).contains("\"subject\":\"Real\"").contains("\"messageId\":\"Real@example.org\"");
        return track.replaceFirst("(?s).*?\"recipient\":\"([^\"]*)\".*", "$1");
    }
}
