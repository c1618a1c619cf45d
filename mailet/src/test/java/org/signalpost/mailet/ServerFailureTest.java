package org.signalpost.mailet;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.mailet.base.test.FakeMail;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.signalpost.james.Mails;
import org.signalpost.james.TrackingStub;

/** Whatever tracking-http does, the mail goes on as it came, and soon. */
class ServerFailureTest {
    private static final String NEWSLETTER = Mails.newsletter("Sale");
    private static final String[] TWO = {"ann@example.com", "bob@example.com"};
    private static final Map<String, String> IMPATIENT = Map.of("timeout", "300ms", "connectTimeout", "200ms");

    @TempDir
    Path directory;

    private static void goes_on_as_it_came(TestMailet mailet) throws Exception {
        FakeMail mail = TestMailet.mail(NEWSLETTER, TWO);
        long begin = System.nanoTime();

        mailet.service(mail);

        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(2));
        assertThat(TestMailet.text(mail)).isEqualTo(NEWSLETTER);
        assertThat(TestMailet.recipients(mail)).containsExactly(TWO);
        assertThat(mail.getState()).isEqualTo("relay");
        assertThat(mailet.james.sent()).isEmpty();
        assertThat(FakeJames.marks(mail)).containsExactly(Map.entry("untracked", "not-registered"));
    }

    @ParameterizedTest
    @EnumSource(names = "GOOD", mode = EnumSource.Mode.EXCLUDE)
    void a_bad_answer_costs_no_mail(TrackingStub.Manner manner) throws Exception {
        try (TrackingStub server = TrackingStub.start();
                var mailet = new TestMailet(directory, server.url(), IMPATIENT)) {
            server.behave(manner);

            goes_on_as_it_came(mailet);

            assertThat(server.calls()).hasSize(1);
        }
    }

    @Test
    void no_server_costs_no_mail() throws Exception {
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        try (var mailet = new TestMailet(directory, "http://127.0.0.1:" + port, IMPATIENT)) {
            goes_on_as_it_came(mailet);
        }
    }

    @Test
    void a_server_that_failed_five_times_in_a_row_is_left_alone_and_then_asked_with_one_mail() throws Exception {
        var now = new AtomicReference<>(Instant.parse("2026-11-02T10:00:00Z"));
        try (TrackingStub server = TrackingStub.start();
                var mailet = new TestMailet(directory, server.url(), Map.of("retryAfter", "30s"), now::get)) {
            server.behave(TrackingStub.Manner.BROKEN);
            for (int i = 0; i < 8; i++) {
                goes_on_as_it_came(mailet);
            }
            assertThat(server.calls()).hasSize(5);

            now.set(now.get().plusSeconds(31));
            goes_on_as_it_came(mailet);
            goes_on_as_it_came(mailet);
            assertThat(server.calls()).hasSize(6);

            server.behave(TrackingStub.Manner.GOOD);
            goes_on_as_it_came(mailet);
            now.set(now.get().plusSeconds(31));
            mailet.service(TestMailet.mail(NEWSLETTER, TWO));
            mailet.service(TestMailet.mail(NEWSLETTER, TWO));
            assertThat(server.calls()).hasSize(8);
            assertThat(mailet.james.sent()).hasSize(4);
        }
    }

    @Test
    void the_reason_stands_in_a_field_when_the_operator_wants_it() throws Exception {
        Map<String, String> parameters = Map.of("reasonField", "true");
        try (TrackingStub server = TrackingStub.start();
                var mailet = new TestMailet(directory, server.url(), parameters)) {
            server.behave(TrackingStub.Manner.BROKEN);
            FakeMail mail = TestMailet.mail(NEWSLETTER, TWO);

            mailet.service(mail);

            assertThat(TestMailet.text(mail)).isEqualTo("X-Signalpost-Untracked: not-registered\r\n" + NEWSLETTER);
        }
    }
}
