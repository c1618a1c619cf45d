package org.signalpost.relay.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.signalpost.relay.spool.Envelope;
import org.signalpost.relay.spool.RecipientState;
import org.signalpost.relay.spool.Said;
import org.signalpost.relay.spool.TestSpool;
import org.signalpost.rewrite.RawMessage;
import org.signalpost.track.MailQueue.Act;
import org.signalpost.track.MailQueue.Bulk;
import org.signalpost.track.MailQueue.Filter;
import org.signalpost.track.MailQueue.Mail;
import org.signalpost.track.MailQueue.Recipient;
import org.signalpost.track.MailQueue.RouteFigures;
import org.signalpost.track.MailQueue.Tracking;
import org.signalpost.track.MessageId;

class QueueTest extends QueueWorld {
    private static Filter filter(String state, String route, String from, String to) {
        return new Filter(state, route, from, to, Optional.empty());
    }

    private static RouteFigures figures(String route, int waiting, Optional<Instant> oldest, boolean paused) {
        return new RouteFigures(route, waiting, 0, 0, oldest, Optional.empty(), paused, "");
    }

    private List<MessageId> found(Filter filter) {
        return queue.list(filter, Optional.empty(), 100).stream().map(Mail::id).toList();
    }

    @Test
    void a_mail_is_shown_with_everything_an_operator_wants_to_know() {
        var envelope = new Envelope(
                "shop@example.org",
                List.of(Envelope.Recipient.of("ann@a.example"), Envelope.Recipient.of("bob@b.example")),
                new Envelope.Origin("192.0.2.1", "c", "ESMTP", "key_7"),
                Envelope.Wishes.NONE);
        RawMessage octets = TestSpool.mail("Subject: =?utf-8?q?S=C3=BC=C3=9F?=\r\n\r\nx");
        MessageId id = TestSpool.accept(spool, envelope, octets);
        becomes(
                id,
                1,
                new RecipientState.Deferred(
                        new Said("451 no", "4.7.1", "mx"), now.plusSeconds(9), /* tellSender= */ false));

        Mail mail = queue.find(id).orElseThrow();
        assertThat(mail).isEqualTo(queue.list(Filter.ALL, Optional.empty(), 1).getFirst());
        assertThat(mail.acceptedAt()).isEqualTo(now);
        assertThat(mail.key()).isEqualTo("key_7");
        assertThat(mail.sender()).isEqualTo("shop@example.org");
        assertThat(mail.subject()).isEqualTo("Süß");
        assertThat(mail.size()).isEqualTo(octets.size());
        assertThat(mail.recipients())
                .containsExactly(
                        new Recipient("ann@a.example", "new", "a.example", 0, Optional.of(now), now, "", ""),
                        new Recipient(
                                "bob@b.example",
                                "deferred",
                                "b.example",
                                1,
                                Optional.of(now.plusSeconds(9)),
                                now,
                                "4.7.1",
                                "451 no"));
        assertThat(queue.find(new MessageId(1, 1))).isEmpty();
    }

    @Test
    void it_is_told_how_a_mail_will_be_tracked() {
        MessageId text = accept("shop@example.org", "ann@a.example");
        MessageId html = TestSpool.accept(
                spool,
                TestSpool.envelope("shop@example.org", "ann@a.example"),
                TestSpool.mail("Subject: x\r\nContent-Type: text/html\r\n\r\n<p>Hello</p>\r\n"));
        assertThat(queue.tracking(text)).contains(new Tracking(/* tracked= */ false, "no-html"));
        assertThat(queue.tracking(html)).contains(new Tracking(/* tracked= */ true, ""));
        assertThat(queue.tracking(new MessageId(1, 1))).isEmpty();
    }

    @Test
    void filters_meet_in_one_recipient() {
        MessageId first = accept("shop@example.org", "ann@a.example", "bob@b.example");
        MessageId second = accept("", "cec@a.example");
        becomes(first, 0, new RecipientState.Held(Said.NOTHING));

        assertThat(found(Filter.ALL)).containsExactlyInAnyOrder(first, second);
        assertThat(found(filter("held", "", "", ""))).containsExactlyInAnyOrder(first);
        assertThat(found(filter("new", "", "", ""))).containsExactlyInAnyOrder(first, second);
        assertThat(found(filter("held", "b.example", "", "")))
                .as("held is the other one")
                .isEmpty();
        assertThat(found(filter("", "a.example", "", ""))).containsExactlyInAnyOrder(first, second);
        assertThat(found(filter("", "", "SHOP@", ""))).containsExactlyInAnyOrder(first);
        assertThat(found(filter("", "", "<>", ""))).containsExactlyInAnyOrder(second);
        assertThat(found(filter("", "", "", "CEC"))).containsExactlyInAnyOrder(second);
        assertThat(found(filter("", "", "", "nobody"))).isEmpty();
        assertThat(found(new Filter("", "", "", "", Optional.of(now)))).isEmpty();
        assertThat(found(new Filter("", "", "", "", Optional.of(now.plusMillis(1)))))
                .hasSize(2);
        spool.reserve(second, 0);
        assertThat(found(filter("under-way", "", "", ""))).containsExactlyInAnyOrder(second);
    }

    @Test
    void pages_go_through_everything_once_while_mail_comes_and_goes() {
        var all = new HashSet<MessageId>();
        for (int i = 0; i < 40; i++) {
            now = now.plusMillis(1);
            all.add(accept(i % 2 == 0 ? "even@x.example" : "odd@x.example", "ann@a.example"));
        }
        var seen = new ArrayList<MessageId>();
        Optional<MessageId> behind = Optional.empty();
        List<Mail> page = queue.list(filter("", "", "even", ""), behind, 3);
        while (!page.isEmpty()) {
            page.forEach(mail -> seen.add(mail.id()));
            behind = Optional.of(page.getLast().id());
            // What was shown last is gone when the next page is asked for.
            queue.act(new Act.Drop(), page.getLast().id(), Set.of(), "me");
            now = now.plusMillis(1);
            accept("odd@x.example", "late@a.example");
            page = queue.list(filter("", "", "even", ""), behind, 3);
        }
        assertThat(seen).hasSize(20).doesNotHaveDuplicates().isSorted();
        assertThat(all).containsAll(seen);
    }

    @Test
    void the_summary_counts_states_and_tells_how_routes_fare() throws IOException {
        MessageId first = accept("s@x.example", "a@a.example", "b@a.example", "c@b.example");
        now = now.plusSeconds(10);
        accept("s@x.example", "d@a.example");
        becomes(first, 0, new RecipientState.Held(Said.NOTHING));
        becomes(first, 1, new RecipientState.Deferred(Said.NOTHING, now.plusSeconds(60), /* tellSender= */ false));
        assertThat(queue.pause("c.example", /* stop= */ true, "me")).isTrue();

        assertThat(queue.summary().states()).isEqualTo(Map.of("held", 1, "deferred", 1, "new", 2));
        Optional<Instant> oldest = Optional.of(now.minusSeconds(10));
        assertThat(queue.summary().routes())
                .containsExactly(
                        figures("a.example", 2, oldest, /* paused= */ false),
                        figures("b.example", 1, oldest, /* paused= */ false),
                        figures("c.example", 0, Optional.empty(), /* paused= */ true));
        restart();
        assertThat(queue.summary().routes().getLast().paused())
                .as("over a restart")
                .isTrue();
        queue.pause("c.example", /* stop= */ false, "me");
        assertThat(queue.summary().routes().getLast().paused()).isFalse();
    }

    @Test
    void a_route_that_is_forced_has_no_time_at_which_it_is_tried_again() {
        MessageId id = accept("s@x.example", "a@a.example", "b@b.example");
        queue.act(new Act.Retry(/* force= */ true), id, Set.of("a@a.example"), "me");
        assertThat(queue.summary().routes())
                .allSatisfy(route -> assertThat(route.suspendedUntil()).isEmpty());
        assertThat(routes.figures()).as("the other route is left alone").containsOnlyKeys("a.example");
    }

    @Test
    void an_act_on_all_is_done_when_their_number_is_as_it_was_seen_and_to_those_that_match_only() {
        MessageId first = accept("s@x.example", "ann@a.example", "bob@b.example");
        MessageId second = accept("s@x.example", "ann@a.example");
        MessageId third = accept("s@x.example", "cec@c.example");
        Filter ann = filter("", "", "", "ann@");

        assertThat(queue.actOnAll(new Act.Drop(), ann, 3, "me")).isEqualTo(new Bulk.Differs(2));
        assertThat(spool.open()).isEqualTo(4);
        spool.reserve(second, 0);
        assertThat(queue.actOnAll(new Act.Drop(), ann, 2, "me")).isEqualTo(new Bulk.Done(2, 1, 1));
        assertThat(queue.find(first).orElseThrow().recipients())
                .as("the other recipient of the same mail stays")
                .extracting(Recipient::address)
                .containsExactly("bob@b.example");
        assertThat(queue.find(second)).as("an attempt is under way").isPresent();
        assertThat(queue.find(third)).isPresent();
    }

    @Test
    void very_many_mails_are_acted_on_at_once() {
        int mails = 500;
        for (int i = 0; i < mails; i++) {
            accept("s@x.example", "ann@a.example");
        }
        assertThat(queue.actOnAll(new Act.Hold(), Filter.ALL, mails, "me")).isEqualTo(new Bulk.Done(mails, mails, 0));
        restart();
        assertThat(queue.summary().states()).isEqualTo(Map.of("held", mails));
    }

    @Test
    void the_original_is_given_as_it_came_while_it_waits() {
        MessageId id = accept("s@x.example", "ann@a.example");
        assertThat(queue.original(id, "me"))
                .hasValueSatisfying(octets -> assertThat(octets).isEqualTo(MAIL.octets()));
        queue.act(new Act.Drop(), id, Set.of(), "me");
        assertThat(queue.original(id, "me")).isEmpty();
    }

    @Test
    void what_is_damaged_is_listed_and_can_be_thrown_away_and_hides_nothing_else() throws IOException {
        MessageId bad = accept("bad@x.example", "ann@a.example");
        MessageId good = accept("good@x.example", "bob@a.example");
        restart();
        Path segment = directory.resolve("log").resolve("00000001.log");
        byte[] octets = Files.readAllBytes(segment);
        octets[new String(octets, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("bad@x.example")] ^= 1;
        Files.write(segment, octets);

        assertThat(found(Filter.ALL)).containsExactlyInAnyOrder(bad, good);
        assertThat(queue.act(new Act.Hold(), bad, Set.of(), "me").done()).hasSize(1);
        assertThat(queue.act(new Act.Bounce("no"), bad, Set.of(), "me").done()).hasSize(1);
        assertThat(found(Filter.ALL)).containsExactlyInAnyOrder(good);
    }
}
