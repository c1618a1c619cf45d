package org.signalpost.relay.bounce;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.signalpost.journal.Journal;
import org.signalpost.relay.spool.Due;
import org.signalpost.relay.spool.Envelope;
import org.signalpost.relay.spool.Envelope.Notify;
import org.signalpost.relay.spool.OpenMail;
import org.signalpost.relay.spool.RecipientState;
import org.signalpost.relay.spool.Said;
import org.signalpost.relay.spool.Spool;
import org.signalpost.relay.spool.StoredHead;
import org.signalpost.relay.spool.StoredMail;
import org.signalpost.relay.spool.TestSpool;
import org.signalpost.relay.spool.Told;
import org.signalpost.rewrite.RawMessage;
import org.signalpost.track.MessageId;
import org.signalpost.track.TrackingDecision;

class NoticeLoopTest {
    private static final Instant START = Instant.parse("2026-03-01T10:00:00Z");
    private static final TrackingDecision UNTRACKED = new TrackingDecision.Untracked("no-html", "{}");
    private static final RawMessage MAIL = TestSpool.mail(Notices.MAIL);

    @TempDir
    Path directory;

    private Instant now = START;
    private Journal log;
    private Spool spool;
    private NoticeLoop loop;
    private final List<Told.Kind> made = new ArrayList<>();

    @BeforeEach
    void open() {
        log = TestSpool.log(directory);
        spool = TestSpool.open(log, directory, () -> now);
        loop = new NoticeLoop(
                spool,
                new NoticeMaker(spool, "relay.example.org", Duration.ofDays(5), () -> now),
                made::add,
                () -> now);
    }

    @AfterEach
    void close() {
        log.close();
    }

    private void restart() {
        close();
        open();
    }

    private static Envelope.Recipient recipient(String address, Notify... notices) {
        return new Envelope.Recipient(address, Set.of(notices), "");
    }

    private MessageId accept(Envelope.Recipient... recipients) {
        return TestSpool.accept(spool, TestSpool.envelope("shop@example.org", List.of(recipients)), MAIL);
    }

    private void becomes(MessageId id, int recipient, RecipientState state) {
        spool.update(spool.reserve(id, recipient).orElseThrow().due(), state);
    }

    private void fails(MessageId id, int recipient, String reply) {
        boolean tell = spool.head(id).orElseThrow().tellsSender(recipient, Notify.FAILURE);
        becomes(id, recipient, new RecipientState.Failed(UNTRACKED, new Said(reply, "5.1.1", "mx.example.com"), tell));
    }

    private void later(MessageId id, int recipient, Duration wait, boolean tell) {
        becomes(
                id,
                recipient,
                new RecipientState.Deferred(
                        new Said("451 4.7.1 later", "4.7.1", "mx.example.com"), now.plus(wait), tell));
    }

    private void taken(MessageId id, int recipient, boolean tell) {
        becomes(
                id,
                recipient,
                new RecipientState.Delivered(UNTRACKED, new Said("250 2.0.0 ok", "2.0.0", "mx.example.com"), tell));
    }

    /** The notices that wait, oldest first; they are taken away. */
    private List<StoredMail> notices() {
        loop.tellAll();
        var found = new ArrayList<StoredMail>();
        for (OpenMail mail : spool.openBehind(Optional.empty(), 1_000)) {
            if (spool.head(mail.id()).filter(StoredHead::notice).isPresent()) {
                found.add(spool.read(mail.id()));
                becomes(mail.id(), 0, new RecipientState.Captured(UNTRACKED, Said.NOTHING));
            }
        }
        return found;
    }

    private StoredMail notice() {
        List<StoredMail> found = notices();
        assertThat(found).hasSize(1);
        return found.getFirst();
    }

    private static String text(StoredMail notice) {
        return new String(notice.message().octets(), US_ASCII);
    }

    private static String python(StoredMail notice, Path directory) throws IOException {
        Path file =
                Files.write(directory.resolve("notice.eml"), notice.message().octets());
        return Notices.python(file);
    }

    @Test
    void of_three_recipients_one_is_delivered_one_is_tried_again_and_one_notice_tells_of_the_third()
            throws IOException {
        MessageId id = accept(recipient("r1@example.com"), recipient("r2@example.com"), recipient("r3@example.com"));
        taken(id, 0, /* tell= */ false);
        later(id, 1, Duration.ofMinutes(5), /* tell= */ false);
        fails(id, 2, "550 5.1.1 no such user");
        assertThat(notices()).as("more may fail within a minute").isEmpty();

        now = now.plusSeconds(61);
        StoredMail notice = notice();
        assertThat(notice.envelope().sender()).isEmpty();
        assertThat(notice.envelope().addresses()).containsExactly("shop@example.org");
        assertThat(python(notice, directory).lines())
                .contains(
                        "mail From = Mail Delivery System <postmaster@relay.example.org>",
                        "mail To = <shop@example.org>",
                        "mail Auto-Submitted = auto-replied",
                        "report multipart/report delivery-status",
                        "group 0 Arrival-Date = Sun, 1 Mar 2026 10:00:00 +0000",
                        "group 1 Final-Recipient = rfc822; r3@example.com",
                        "group 1 Action = failed",
                        "group 1 Status = 5.1.1",
                        "group 1 Remote-MTA = dns; mx.example.com",
                        "group 1 Diagnostic-Code = smtp; 550 5.1.1 no such user")
                .noneMatch(line -> line.startsWith("defects"))
                .noneMatch(line -> line.startsWith("group 2"));
        assertThat(notices()).isEmpty();

        now = now.plus(Duration.ofMinutes(5));
        Due again = spool.take(Duration.ZERO, any -> true).orElseThrow();
        assertThat(again.recipient()).isEqualTo("r2@example.com");
        spool.update(again, new RecipientState.Delivered(UNTRACKED, Said.NOTHING, /* tellSender= */ false));
        now = now.plus(Duration.ofDays(1));
        assertThat(notices()).isEmpty();
        assertThat(spool.open()).isZero();
    }

    @Test
    void failures_of_one_minute_are_told_in_one_notice_also_over_a_restart() throws IOException {
        MessageId id = accept(recipient("a@x.example"), recipient("b@x.example"), recipient("c@x.example"));
        fails(id, 0, "550 first");
        now = now.plusSeconds(40);
        fails(id, 1, "550 second");
        assertThat(notices()).isEmpty();
        restart();
        now = now.plusSeconds(20);
        StoredMail notice = notice();
        assertThat(python(notice, directory).lines())
                .contains(
                        "group 1 Final-Recipient = rfc822; a@x.example",
                        "group 2 Final-Recipient = rfc822; b@x.example")
                .noneMatch(line -> line.startsWith("group 3"));
        restart();
        fails(id, 2, "550 third");
        assertThat(text(notice()))
                .as("nothing more can fail")
                .contains("c@x.example")
                .doesNotContain("a@x.example");
        restart();
        assertThat(notices()).isEmpty();
        assertThat(spool.open()).isZero();
    }

    @Test
    void nobody_is_told_who_did_not_ask_or_can_not_be_told() {
        MessageId never = accept(recipient("a@x.example", Notify.NEVER));
        MessageId delay = accept(recipient("a@x.example", Notify.DELAY, Notify.SUCCESS));
        MessageId bounce = TestSpool.accept(spool, TestSpool.envelope("", "a@x.example"), MAIL);
        MessageId failure = accept(recipient("told@x.example", Notify.FAILURE));
        for (MessageId id : List.of(never, delay, bounce, failure)) {
            fails(id, 0, "550");
        }
        MessageId dropped = accept(recipient("a@x.example"));
        becomes(dropped, 0, new RecipientState.Dropped(Said.ours("5.0.0", "dropped")));

        assertThat(text(notice())).contains("told@x.example");
        assertThat(spool.open()).isZero();
    }

    @Test
    void a_notice_that_fails_itself_is_told_to_nobody() {
        fails(accept(recipient("a@x.example")), 0, "550");
        loop.tellAll();
        OpenMail notice = spool.openBehind(Optional.empty(), 10).getFirst();
        assertThat(spool.head(notice.id()).orElseThrow().tellsSender(0, Notify.FAILURE))
                .isFalse();
        fails(notice.id(), 0, "550 no such sender");
        now = now.plus(Duration.ofDays(1));
        assertThat(notices()).isEmpty();
        assertThat(spool.open()).isZero();
    }

    @Test
    void a_delay_is_told_once_with_the_time_until_it_is_tried() throws IOException {
        MessageId id = accept(recipient("slow@x.example"), recipient("other@x.example"));
        later(id, 0, Duration.ofHours(1), /* tell= */ true);
        assertThat(notices()).isEmpty();
        now = now.plusSeconds(60);
        assertThat(python(notice(), directory).lines())
                .contains(
                        "group 1 Final-Recipient = rfc822; slow@x.example",
                        "group 1 Action = delayed",
                        "group 1 Status = 4.7.1",
                        "group 1 Will-Retry-Until = Fri, 6 Mar 2026 10:00:00 +0000")
                .noneMatch(line -> line.startsWith("group 2"));
        restart();
        now = now.plus(Duration.ofHours(1));
        later(id, 0, Duration.ofHours(1), /* tell= */ true);
        now = now.plus(Duration.ofHours(1));
        assertThat(notices()).isEmpty();
        fails(id, 0, "550 at last");
        now = now.plusSeconds(60);
        assertThat(text(notice())).as("a failure is told all the same").contains("Action: failed");
    }

    @Test
    void a_delay_is_told_also_when_mail_is_tried_every_few_seconds() {
        MessageId id = accept(recipient("slow@x.example"));
        later(id, 0, Duration.ofSeconds(20), /* tell= */ true);
        assertThat(text(notice())).contains("Action: delayed");
    }

    @Test
    void a_delay_that_is_over_before_it_was_told_is_not_told() {
        MessageId id = accept(recipient("slow@x.example"));
        later(id, 0, Duration.ofHours(1), /* tell= */ true);
        taken(id, 0, /* tell= */ false);
        now = now.plusSeconds(61);
        assertThat(notices()).isEmpty();
    }

    @Test
    void what_was_passed_on_to_a_peer_that_does_not_report_is_told_as_relayed() throws IOException {
        MessageId id = accept(recipient("a@x.example", Notify.SUCCESS));
        taken(id, 0, /* tell= */ true);
        assertThat(python(notice(), directory).lines())
                .contains("group 1 Action = relayed", "group 1 Status = 2.0.0")
                .contains("mail Subject = Your mail was passed on");
        assertThat(spool.open()).isZero();
    }

    @Test
    void failed_and_relayed_are_told_in_notices_of_their_own() {
        MessageId id = accept(recipient("a@x.example", Notify.SUCCESS), recipient("b@x.example", Notify.FAILURE));
        taken(id, 0, /* tell= */ true);
        fails(id, 1, "550");
        List<StoredMail> found = notices();
        assertThat(found).extracting(NoticeLoopTest::text).anyMatch(text -> text.contains("Action: relayed"));
        assertThat(found)
                .hasSize(2)
                .extracting(notice -> text(notice).replaceFirst("(?s)^.*?\r\nMessage-ID: ([^\r]*)\r\n.*", "$1"))
                .doesNotHaveDuplicates();
    }

    @Test
    void a_thousand_failures_are_all_told_in_notices_that_are_not_too_large() {
        var recipients = new ArrayList<Envelope.Recipient>();
        for (int i = 0; i < 250; i++) {
            recipients.add(recipient("r" + i + "@" + "x".repeat(60) + ".example"));
        }
        MessageId id = TestSpool.accept(spool, TestSpool.envelope("shop@example.org", recipients), MAIL);
        for (int i = 0; i < 250; i++) {
            fails(id, i, "550 " + "é".repeat(500));
        }
        var told = new StringBuilder();
        var counted = new ArrayList<Integer>();
        for (int round = 0; round < 3; round++) {
            for (StoredMail notice : notices()) {
                String text = text(notice);
                told.append(text);
                counted.add(text.split("Final-Recipient:", -1).length - 1);
            }
        }
        assertThat(counted).containsExactly(100, 100, 50);
        for (int i = 0; i < 250; i++) {
            assertThat(told).contains("Final-Recipient: rfc822; r" + i + "@");
        }
        assertThat(spool.open()).isZero();
    }

    @Test
    void a_sender_is_told_also_when_the_octets_of_the_mail_are_gone() throws IOException {
        var envelope = TestSpool.envelope("shop@example.org", "a@x.example");
        MessageId id = TestSpool.accept(spool, envelope, TestSpool.mail(300_000));
        fails(id, 0, "550 5.1.1 no");
        Files.delete(directory.resolve("spool").resolve(id.toString()));
        StoredMail notice = notice();
        assertThat(python(notice, directory).lines())
                .contains("group 1 Final-Recipient = rfc822; a@x.example", "group 1 Status = 5.1.1")
                .noneMatch(line -> line.startsWith("defects"));
        assertThat(spool.open()).isZero();
    }

    @Test
    void when_nobody_can_tell_whom_to_tell_an_operator_sees_it_and_others_are_told() throws IOException {
        MessageId damaged = accept(recipient("lost@x.example"));
        MessageId other = accept(recipient("other@x.example"));
        fails(damaged, 0, "550");
        fails(other, 0, "550");
        Path segment = directory.resolve("log").resolve("00000001.log");
        byte[] octets = Files.readAllBytes(segment);
        octets[new String(octets, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("lost@x.example")] ^= 1;
        Files.write(segment, octets);

        assertThat(text(notice())).contains("other@x.example");
        assertThat(notices()).isEmpty();
        assertThat(spool.owing()).isEmpty();
        assertThat(spool.open()).isEqualTo(1);
    }

    @Test
    void a_notice_to_a_sender_in_utf8_asks_for_smtputf8() {
        MessageId id = TestSpool.accept(spool, TestSpool.envelope("ren\u00e9@example.org", "a@x.example"), MAIL);
        fails(id, 0, "550");
        assertThat(notice().envelope().wishes().utf8()).isTrue();
    }

    @Test
    void begins_and_ends() {
        loop.start();
        loop.close();
        assertThat(spool.open()).isZero();
    }

    @Test
    void all_of_a_mail_comes_back_only_when_it_failed() {
        var wishes = new Envelope.Wishes(/* utf8= */ false, Envelope.Return.FULL, "");
        var origin = new Envelope.Origin("192.0.2.1", "c", "ESMTP", "");
        var envelope = new Envelope(
                "shop@example.org",
                List.of(
                        recipient("r1@example.com", Notify.SUCCESS),
                        recipient("r2@example.com", Notify.DELAY),
                        recipient("r3@example.com", Notify.FAILURE)),
                origin,
                wishes);
        MessageId id = TestSpool.accept(spool, envelope, MAIL);
        taken(id, 0, /* tell= */ true);
        later(id, 1, Duration.ofHours(1), /* tell= */ true);
        fails(id, 2, "550 5.1.1 no such user");
        now = now.plusSeconds(61);
        List<StoredMail> three = notices();
        assertThat(made).containsExactlyInAnyOrder(Told.Kind.values());
        assertThat(three).hasSize(3).allSatisfy(notice -> {
            boolean failure = text(notice).contains("Action: failed");
            assertThat(text(notice).contains("Content-Type: message/rfc822")).isEqualTo(failure);
            assertThat(text(notice).contains("Content-Type: text/rfc822-headers"))
                    .isEqualTo(!failure);
        });
    }

    @Test
    void only_what_a_peer_has_said_is_a_diagnostic_code() {
        MessageId id = accept(recipient("r1@example.com"));
        fails(id, 0, "its time is over; the last reply was: 451 4.7.1 later");
        now = now.plusSeconds(61);
        assertThat(text(notice()))
                .contains("its time is over; the last reply was: 451 4.7.1 later")
                .doesNotContain("Diagnostic-Code", "Remote-MTA", "mx.example.com said");
    }

    @Test
    void an_original_recipient_in_utf_8_is_told_in_escapes() {
        MessageId id = accept(new Envelope.Recipient("r1@example.com", Set.of(), "utf-8;\u00fcser@orig.example"));
        fails(id, 0, "550 5.1.1 no such user");
        now = now.plusSeconds(61);
        assertThat(text(notice())).contains("Original-Recipient: utf-8;\\x{FC}ser@orig.example\r\n");
    }

    @Test
    void a_sender_whose_domain_alone_is_not_ascii_is_reached_over_any_next_hop() throws IOException {
        MessageId id =
                TestSpool.accept(spool, TestSpool.envelope("jo@b\u00fccher.example", "\u00fcser@x.example"), MAIL);
        fails(id, 0, "550 5.1.1 no such user");
        now = now.plusSeconds(61);
        StoredMail notice = notice();
        assertThat(notice.envelope().wishes().utf8()).isFalse();
        assertThat(notice.envelope().addresses()).containsExactly("jo@xn--bcher-kva.example");
        assertThat(notice.message().octets()).as("fit for any next hop").doesNotContain((byte) 0xc3);
        assertThat(text(notice))
                .contains("To: <jo@xn--bcher-kva.example>\r\n", "Final-Recipient: utf-8; \\x{FC}ser@x.example\r\n");
    }
}
