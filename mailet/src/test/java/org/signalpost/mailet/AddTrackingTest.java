package org.signalpost.mailet;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.mail.internet.MimeMessage;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.mailet.Mail;
import org.apache.mailet.base.test.FakeMail;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.signalpost.james.Mails;
import org.signalpost.james.TrackingStub;
import org.signalpost.rewrite.RawMessage;

/** The way of one mail through the mailet, as far as James's interfaces show it. */
class AddTrackingTest {
    private static final String NEWSLETTER = Mails.newsletter("Sale");
    private static final RawMessage OCTETS = RawMessage.of(NEWSLETTER.getBytes(StandardCharsets.UTF_8));
    private static final String[] THREE = {"ann@example.com", "bob@example.com", "cy@example.net"};

    @TempDir
    Path directory;

    private TrackingStub server;

    @BeforeEach
    void start() throws Exception {
        server = TrackingStub.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private TestMailet mailet(Map<String, String> more) throws Exception {
        return new TestMailet(directory, server.url(), more);
    }

    @Test
    void one_recipient_gets_the_engines_copy_in_place_and_its_track_is_registered_first() throws Exception {
        try (TestMailet mailet = mailet(Map.of())) {
            FakeMail mail = TestMailet.mail(NEWSLETTER, "ann@example.com");

            mailet.service(mail);

            assertThat(Octets.of(mail.getMessage()))
                    .isEqualTo(TestMailet.expected(OCTETS, "ann@example.com").message());
            String track = Mails.track(TestMailet.text(mail));
            assertThat(server.registered()).containsExactly(Map.entry(track, "ann@example.com"));
            assertThat(server.calls()).hasSize(1);
            assertThat(server.calls().getFirst())
                    .contains("\"subject\":\"Sale\"")
                    .contains("\"messageId\":\"Sale@example.org\"");
            assertThat(server.authorizations()).containsExactly("Bearer " + TestMailet.API_KEY);
            assertThat(mailet.james.sent()).isEmpty();
            assertThat(mail.getState()).isEqualTo("relay");
            assertThat(FakeJames.marks(mail)).containsExactly(Map.entry("tracked", track));
        }
    }

    @Test
    void three_recipients_get_a_copy_and_a_track_each_and_the_original_ends() throws Exception {
        try (TestMailet mailet = mailet(Map.of())) {
            FakeMail mail = TestMailet.mail(NEWSLETTER, THREE);

            mailet.service(mail);

            assertThat(mail.getState()).isEqualTo(Mail.GHOST);
            assertThat(mail.getRecipients()).isEmpty();
            assertThat(server.calls()).hasSize(1);
            assertThat(mailet.james.sent())
                    .extracting(FakeJames.Sent::recipients)
                    .containsExactly(List.of(THREE[0]), List.of(THREE[1]), List.of(THREE[2]));
            for (FakeJames.Sent copy : mailet.james.sent()) {
                assertThat(copy.state()).isEqualTo("relay");
                assertThat(copy.octets())
                        .isEqualTo(TestMailet.expected(OCTETS, copy.recipient()).message());
                assertThat(server.registered()).containsEntry(Mails.track(copy.text()), copy.recipient());
                assertThat(copy.marks()).containsExactly(Map.entry("tracked", Mails.track(copy.text())));
            }
            assertThat(server.registered()).hasSize(3);
        }
    }

    @Test
    void a_copy_that_comes_by_again_passes() throws Exception {
        try (TestMailet mailet = mailet(Map.of())) {
            FakeMail mail = TestMailet.mail(NEWSLETTER, "ann@example.com");
            mailet.service(mail);
            MimeMessage tracked = mail.getMessage();

            mailet.service(mail);

            assertThat(mail.getMessage()).isSameAs(tracked);
            assertThat(server.calls()).hasSize(1);
        }
    }

    @Test
    void a_mail_that_another_hop_of_ours_has_tracked_passes_without_a_call() throws Exception {
        try (TestMailet mailet = mailet(Map.of())) {
            FakeMail first = TestMailet.mail(NEWSLETTER, "ann@example.com");
            mailet.service(first);

            FakeMail second = TestMailet.mail(TestMailet.text(first), "ann@example.com");
            mailet.service(second);

            assertThat(TestMailet.text(second)).isEqualTo(TestMailet.text(first));
            assertThat(FakeJames.marks(second)).containsExactly(Map.entry("untracked", "already-tracked"));
            assertThat(server.calls()).hasSize(1);
        }
    }

    @Test
    void a_mail_that_james_brings_again_after_a_crash_gets_the_same_tracks() throws Exception {
        try (TestMailet mailet = mailet(Map.of())) {
            mailet.james.failAfter(2);
            mailet.service(TestMailet.mail(NEWSLETTER, THREE));
            mailet.james.failAfter(Integer.MAX_VALUE);

            mailet.service(TestMailet.mail(NEWSLETTER, THREE));

            assertThat(server.registered()).hasSize(3);
            assertThat(server.calls()).hasSize(2);
            List<FakeJames.Sent> sent = mailet.james.sent();
            assertThat(sent).hasSize(5);
            assertThat(sent.get(0).octets()).isEqualTo(sent.get(2).octets());
            assertThat(sent.get(1).octets()).isEqualTo(sent.get(3).octets());
        }
    }

    @Test
    void a_copy_that_can_not_be_sent_leaves_exactly_the_others_on_the_original() throws Exception {
        try (TestMailet mailet = mailet(Map.of())) {
            mailet.james.failAfter(1);
            FakeMail mail = TestMailet.mail(NEWSLETTER, THREE);

            mailet.service(mail);

            assertThat(mailet.james.sent())
                    .extracting(FakeJames.Sent::recipient)
                    .containsExactly(THREE[0]);
            assertThat(TestMailet.recipients(mail)).containsExactly(THREE[1], THREE[2]);
            assertThat(mail.getState()).isEqualTo("relay");
            assertThat(TestMailet.text(mail)).isEqualTo(NEWSLETTER);
            assertThat(FakeJames.marks(mail)).containsExactly(Map.entry("untracked", "internal-error"));
        }
    }

    @Test
    void a_recipient_whose_track_is_refused_gets_the_original() throws Exception {
        server.refuse(THREE[1]);
        try (TestMailet mailet = mailet(Map.of())) {
            FakeMail mail = TestMailet.mail(NEWSLETTER, THREE);

            mailet.service(mail);

            assertThat(mailet.james.sent())
                    .extracting(FakeJames.Sent::recipient)
                    .containsExactly(THREE[0], THREE[2]);
            assertThat(mailet.james.sent().getFirst().marks()).containsOnlyKeys("tracked");
            assertThat(TestMailet.recipients(mail)).containsExactly(THREE[1]);
            assertThat(TestMailet.text(mail)).isEqualTo(NEWSLETTER);
            assertThat(FakeJames.marks(mail)).containsExactly(Map.entry("untracked", "not-registered"));
        }
    }

    @Test
    void bounces_are_not_looked_at() throws Exception {
        try (TestMailet mailet = mailet(Map.of())) {
            FakeMail mail = FakeMail.builder()
                    .name("bounce")
                    .sender(org.apache.james.core.MaybeSender.nullSender())
                    .recipient("ann@example.com")
                    .mimeMessage(Octets.message(OCTETS))
                    .build();
            MimeMessage message = mail.getMessage();

            mailet.service(mail);

            assertThat(mail.getMessage()).isSameAs(message);
            assertThat(server.calls()).isEmpty();
        }
    }

    @Test
    void mail_with_nothing_to_track_keeps_its_very_message() throws Exception {
        try (TestMailet mailet = mailet(Map.of())) {
            FakeMail mail = TestMailet.mail("Subject: x\r\n\r\nhttps://d.example/\r\n", THREE);
            MimeMessage message = mail.getMessage();

            mailet.service(mail);

            assertThat(mail.getMessage()).isSameAs(message);
            assertThat(TestMailet.recipients(mail)).containsExactly(THREE);
            assertThat(FakeJames.marks(mail)).containsExactly(Map.entry("untracked", "no-html"));
            assertThat(server.calls()).isEmpty();
        }
    }

    @Test
    void fields_that_are_for_us_do_not_leave_with_untracked_mail() throws Exception {
        try (TestMailet mailet = mailet(Map.of())) {
            FakeMail mail = TestMailet.mail("X-Signalpost-Track: none\r\n" + NEWSLETTER, "ann@example.com");

            mailet.service(mail);

            assertThat(TestMailet.text(mail)).isEqualTo(NEWSLETTER);
            assertThat(FakeJames.marks(mail)).containsExactly(Map.entry("untracked", "opted-out"));
        }
    }

    @Test
    void campaign_and_metadata_go_into_the_track() throws Exception {
        try (TestMailet mailet = mailet(Map.of())) {
            FakeMail mail = TestMailet.mail(
                    "X-Signalpost-Campaign: autumn\r\nX-Signalpost-Metadata: {\"order\": \"a\\\"b\"}\r\n" + NEWSLETTER,
                    "ann@example.com");

            mailet.service(mail);

            assertThat(TestMailet.text(mail)).doesNotContain("autumn");
            assertThat(server.calls().getFirst())
                    .contains("\"campaign\":\"autumn\"")
                    .contains("\"metadata\":{\"order\":\"a\\\"b\"}");
        }
    }

    @Test
    void who_is_to_be_skipped_gets_the_original() throws Exception {
        Map<String, String> skip =
                Map.of("skipRecipients", "@EXAMPLE.net, Bob@example.com", "skipSenders", "ceo@example.org");
        try (TestMailet mailet = mailet(skip)) {
            FakeMail mail = TestMailet.mail(NEWSLETTER, THREE);

            mailet.service(mail);

            assertThat(mailet.james.sent())
                    .extracting(FakeJames.Sent::recipient)
                    .containsExactly(THREE[0]);
            assertThat(TestMailet.recipients(mail)).containsExactly(THREE[1], THREE[2]);
            assertThat(FakeJames.marks(mail)).containsExactly(Map.entry("untracked", "opted-out"));
        }
        try (TestMailet mailet = mailet(Map.of("skipSenders", "@example.org"))) {
            FakeMail mail = TestMailet.mail(NEWSLETTER, THREE);

            mailet.service(mail);

            assertThat(mailet.james.sent()).isEmpty();
            assertThat(TestMailet.recipients(mail)).containsExactly(THREE);
        }
    }

    @Test
    void more_copies_than_allowed_are_not_made() throws Exception {
        for (Map<String, String> ceiling : List.of(Map.of("maxCopies", "2"), Map.of("maxTotalSize", "1KB"))) {
            try (TestMailet mailet = mailet(ceiling)) {
                FakeMail mail = TestMailet.mail(NEWSLETTER, THREE);

                mailet.service(mail);

                assertThat(TestMailet.recipients(mail)).containsExactly(THREE);
                assertThat(TestMailet.text(mail)).isEqualTo(NEWSLETTER);
                assertThat(FakeJames.marks(mail)).containsExactly(Map.entry("untracked", "too-many-copies"));
                assertThat(server.calls()).isEmpty();
            }
        }
    }

    @Test
    void the_parameters_reach_the_engine_and_the_copies() throws Exception {
        Map<String, String> parameters = Map.of(
                "clicks",
                "no",
                "pixel",
                "top",
                "excludeHosts",
                "x.example",
                "processor",
                "outgoing",
                "textLinks",
                "on");
        try (TestMailet mailet = mailet(parameters)) {
            FakeMail mail = TestMailet.mail(NEWSLETTER, THREE);

            mailet.service(mail);

            FakeJames.Sent copy = mailet.james.sent().getFirst();
            assertThat(copy.state()).isEqualTo("outgoing");
            assertThat(copy.text())
                    .contains("<html><body><img src=\"https://t.example/api/t/trk_")
                    .contains("href=\"https://d.example/sale");
        }
    }

    @Test
    void an_aggregate_mail_goes_untracked_as_the_call_is_for_single_recipients() throws Exception {
        try (TestMailet mailet = mailet(Map.of())) {
            FakeMail mail = TestMailet.mail("X-Signalpost-Consent: aggregate\r\n" + NEWSLETTER, THREE);

            mailet.service(mail);

            assertThat(TestMailet.text(mail)).isEqualTo(NEWSLETTER);
            assertThat(FakeJames.marks(mail)).containsExactly(Map.entry("untracked", "consent"));
        }
    }

    @Test
    void nothing_that_is_thrown_inside_gets_out() throws Exception {
        for (Throwable failure : List.of(
                new NoSuchMethodError("jsoup is too old"),
                new StackOverflowError(),
                new OutOfMemoryError("pretended"),
                new IllegalStateException("anything"))) {
            try (TestMailet mailet = mailet(Map.of())) {
                FakeMail mail = FakeMail.builder()
                        .name("hostile")
                        .sender(TestMailet.SENDER)
                        .recipients(THREE)
                        .mimeMessage(throwing(failure))
                        .build();

                mailet.service(mail);

                assertThat(TestMailet.recipients(mail)).containsExactly(THREE);
                assertThat(FakeJames.marks(mail)).containsExactly(Map.entry("untracked", "internal-error"));
            }
        }
    }

    private static MimeMessage throwing(Throwable failure) {
        return new MimeMessage((jakarta.mail.Session) null) {
            @Override
            public void writeTo(OutputStream out) {
                switch (failure) {
                    case Error error -> throw error;
                    case RuntimeException exception -> throw exception;
                    default -> throw new IllegalStateException(failure);
                }
            }
        };
    }

    @Test
    void distinct_recipients_have_distinct_links() throws Exception {
        try (TestMailet mailet = mailet(Map.of())) {
            mailet.service(TestMailet.mail(NEWSLETTER, THREE));

            Set<String> links = mailet.james.sent().stream()
                    .map(copy -> Mails.link(copy.text()))
                    .collect(Collectors.toSet());
            assertThat(links).hasSize(3);
        }
    }
}
