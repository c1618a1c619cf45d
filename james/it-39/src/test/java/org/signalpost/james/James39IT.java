package org.signalpost.james;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.mail.MessagingException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.apache.mailet.Mail;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The mailet in the real container of James 3.9, configured by the file that is shipped. */
class James39IT {
    private static final byte[] NEWSLETTER = Mails.newsletter("Sale").getBytes(StandardCharsets.UTF_8);
    private static final String[] THREE = {"ann@example.com", "bob@example.com", "cy@example.net"};

    @TempDir
    Path directory;

    private TrackingStub server;
    private Container james;

    @BeforeEach
    void start() throws Exception {
        server = TrackingStub.start();
        james = container();
        Keep.taken();
    }

    private Container container() throws Exception {
        return new Container(
                directory, Shipped.text("relay-processor.xml", Shipped.Signalpost.at(server.url()), directory));
    }

    @AfterEach
    void stop() {
        james.close();
        server.close();
    }

    static List<Path> mails() throws IOException {
        try (Stream<Path> files = Files.list(Shipped.CHECKOUT.resolve("core/src/test/resources/mail"))) {
            return files.filter(file -> file.toString().endsWith(".eml"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("mails")
    void a_golden_mail_becomes_octet_for_octet_what_the_relays_engine_makes_of_it(Path file) throws Exception {
        byte[] octets = asJamesWrites(Files.readAllBytes(file));

        james.process(Container.mail(octets, "ann@example.com"));

        List<Keep.Kept> kept = Keep.taken();
        assertThat(kept).hasSize(1);
        try (var engine = new RelayEngine()) {
            assertThat(kept.getFirst().mail()).isEqualTo(engine.copyFor("ann@example.com", octets));
        }
    }

    /**
     * James itself writes CRLF behind every header line, and a question mark for every octet in the header that is not
     * ASCII, whether there is a mailet or not; everything else is as it came.
     */
    private byte[] asJamesWrites(byte[] octets) throws Exception {
        james.process(outside(octets));
        String written = Keep.taken().getFirst().mail();
        String came = new String(octets, StandardCharsets.ISO_8859_1);
        int header = came.indexOf("\r\n\r\n");
        if (header >= 0 && came.substring(0, header).chars().allMatch(c -> c < 128)) {
            assertThat(written).isEqualTo(came);
        }
        return written.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static Mail outside(byte[] octets) throws MessagingException {
        Mail mail = Container.mail(octets, "ann@example.com");
        mail.removeAttribute(Mail.SMTP_AUTH_USER);
        return mail;
    }

    @Test
    void three_recipients_get_three_copies_with_three_tracks() throws Exception {
        james.process(Container.mail(NEWSLETTER, THREE));

        List<Keep.Kept> kept = Keep.taken();
        assertThat(kept)
                .extracting(Keep.Kept::recipients)
                .containsExactly(List.of(THREE[0]), List.of(THREE[1]), List.of(THREE[2]));
        assertThat(kept)
                .allSatisfy(copy ->
                        assertThat(server.registered()).containsEntry(Mails.track(copy.mail()), copy.recipient()));
        assertThat(server.registered()).hasSize(3);
        assertThat(server.calls()).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"BROKEN", "NONSENSE", "SLOW", "REFUSING"})
    void a_tracking_http_that_fails_costs_no_mail(TrackingStub.Manner manner) throws Exception {
        server.behave(manner);
        long begin = System.nanoTime();

        james.process(Container.mail(NEWSLETTER, THREE));

        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(15));
        List<Keep.Kept> kept = Keep.taken();
        assertThat(kept).hasSize(1);
        assertThat(kept.getFirst().recipients()).containsExactly(THREE);
        assertThat(kept.getFirst().mail()).isEqualTo(new String(NEWSLETTER, StandardCharsets.ISO_8859_1));
    }

    @Test
    void a_james_that_is_started_anew_half_way_brings_the_mail_again_with_the_same_tracks() throws Exception {
        james.dieAfter(2);
        james.process(Container.mail(NEWSLETTER, THREE));
        List<Keep.Kept> before = Keep.taken();
        james.close();
        james = container();

        james.process(Container.mail(NEWSLETTER, THREE));

        List<Keep.Kept> after = Keep.taken();
        assertThat(after).extracting(Keep.Kept::recipient).containsExactly(THREE);
        assertThat(server.registered()).hasSize(3);
        assertThat(before.stream().filter(copy -> Mails.isTracked(copy.mail())))
                .hasSize(2)
                .allSatisfy(copy -> assertThat(after).contains(copy));
        // Nobody was left out the first time either: the rest went on, untracked.
        assertThat(before).anySatisfy(rest -> {
            assertThat(rest.recipients()).containsExactly(THREE[2]);
            assertThat(Mails.isTracked(rest.mail())).isFalse();
        });
    }

    @Test
    void mail_of_nobody_who_signed_in_is_not_tracked() throws Exception {
        james.process(outside(NEWSLETTER));

        assertThat(Keep.taken()).hasSize(1).noneMatch(one -> Mails.isTracked(one.mail()));
        assertThat(server.calls()).isEmpty();
    }
}
