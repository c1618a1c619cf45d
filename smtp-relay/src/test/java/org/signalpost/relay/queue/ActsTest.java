package org.signalpost.relay.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.signalpost.relay.spool.Due;
import org.signalpost.relay.spool.Envelope;
import org.signalpost.relay.spool.RecipientState;
import org.signalpost.relay.spool.Said;
import org.signalpost.relay.spool.TestSpool;
import org.signalpost.track.MailQueue.Act;
import org.signalpost.track.MailQueue.Result;
import org.signalpost.track.MessageId;
import org.signalpost.track.TrackingDecision;

class ActsTest extends QueueWorld {
    private static final Said SAID = new Said("451 4.7.1 later", "4.7.1", "mx.example.com");
    private static final TrackingDecision UNTRACKED = new TrackingDecision.Untracked("no-html", "{}");
    private static final String GONE = "gone";

    private static Act act(String word) {
        return switch (word) {
            case "retry" -> new Act.Retry(/* force= */ false);
            case "hold" -> new Act.Hold();
            case "release" -> new Act.Release();
            case "drop" -> new Act.Drop();
            case "bounce" -> new Act.Bounce("so sorry");
            default -> throw new IllegalArgumentException(word);
        };
    }

    /** From which state an act leads to which, and whether it counts as done. */
    static Stream<Arguments> acts() {
        return Stream.of(
                Arguments.of("new", "retry", "new", true),
                Arguments.of("new", "hold", "held", true),
                Arguments.of("new", "release", "new", true),
                Arguments.of("new", "drop", GONE, true),
                Arguments.of("new", "bounce", "failed", true),
                Arguments.of("deferred", "retry", "deferred", true),
                Arguments.of("deferred", "hold", "held", true),
                Arguments.of("deferred", "release", "deferred", true),
                Arguments.of("deferred", "drop", GONE, true),
                Arguments.of("deferred", "bounce", "failed", true),
                Arguments.of("held", "retry", "deferred", true),
                Arguments.of("held", "hold", "held", true),
                Arguments.of("held", "release", "deferred", true),
                Arguments.of("held", "drop", GONE, true),
                Arguments.of("held", "bounce", "failed", true),
                Arguments.of("quarantined", "retry", "deferred", true),
                Arguments.of("quarantined", "hold", "held", true),
                Arguments.of("quarantined", "release", "deferred", true),
                Arguments.of("quarantined", "drop", GONE, true),
                Arguments.of("quarantined", "bounce", "failed", true),
                Arguments.of("failed", "retry", "failed", false),
                Arguments.of("failed", "hold", "failed", false),
                Arguments.of("failed", "release", "failed", false),
                Arguments.of("failed", "drop", "failed", false),
                Arguments.of("failed", "bounce", "failed", true),
                Arguments.of("relayed", "drop", "relayed", false),
                Arguments.of("relayed", "bounce", "relayed", false));
    }

    private void becomes(MessageId id, String state) {
        switch (state) {
            case "deferred" ->
                becomes(id, 0, new RecipientState.Deferred(SAID, now.plusSeconds(600), /* tellSender= */ false));
            case "held" -> becomes(id, 0, new RecipientState.Held(SAID));
            case "quarantined" -> becomes(id, 0, new RecipientState.Quarantined(SAID));
            case "failed" -> becomes(id, 0, new RecipientState.Failed(UNTRACKED, SAID, /* tellSender= */ true));
            case "relayed" -> becomes(id, 0, new RecipientState.Delivered(UNTRACKED, SAID, /* tellSender= */ true));
            default -> assertThat(state).isEqualTo("new");
        }
    }

    private String state(MessageId id) {
        return queue.find(id).map(mail -> mail.recipients().getFirst().state()).orElse(GONE);
    }

    private int attempts(MessageId id) {
        return queue.find(id)
                .map(mail -> mail.recipients().getFirst().attempts())
                .orElse(0);
    }

    @ParameterizedTest
    @MethodSource("acts")
    void every_act_in_every_state_leads_where_it_should_once_and_twice_and_after_a_restart(
            String before, String word, String after, boolean done) {
        MessageId id = accept("shop@example.org", "ann@a.example");
        becomes(id, before);
        int tries = attempts(id);
        now = now.plusSeconds(60);

        Result result = queue.act(act(word), id, Set.of(), "me");
        assertThat(result.done()).isEqualTo(done ? List.of("ann@a.example") : List.of());
        assertThat(result.underWay()).isEmpty();
        assertThat(state(id).replace("new", "deferred")).isEqualTo(after.replace("new", "deferred"));
        assertThat(after.equals(GONE) || attempts(id) == tries).as("tries stay").isTrue();
        queue.act(act(word), id, Set.of(), "me");
        assertThat(state(id).replace("new", "deferred")).isEqualTo(after.replace("new", "deferred"));
        restart();
        assertThat(state(id).replace("new", "deferred")).isEqualTo(after.replace("new", "deferred"));
        Optional<Due> next = spool.take(Duration.ZERO, any -> true);
        boolean goes = word.equals("retry") || (word.equals("release") && !before.equals("deferred"));
        assertThat(next.isPresent()).as("its turn is now").isEqualTo(done && goes);
        assertThat(next.map(Due::attempts).orElse(tries)).isEqualTo(tries);
    }

    @ParameterizedTest
    @MethodSource("acts")
    void an_attempt_under_way_is_not_disturbed_by_any_act(String before, String word) {
        MessageId id = accept("shop@example.org", "ann@a.example", "bob@b.example");
        Due due = spool.reserve(id, 0).orElseThrow().due();
        Result result = queue.act(act(word), id, Set.of(), "me");
        assertThat(result.underWay()).containsExactly("ann@a.example");
        assertThat(result.done()).containsExactly("bob@b.example");
        spool.update(due, new RecipientState.Delivered(UNTRACKED, SAID, /* tellSender= */ false));
        assertThat(queue.act(act(word), id, Set.of("ann@a.example"), "me"))
                .as("%s, then %s", before, word)
                .isEqualTo(new Result(List.of(), List.of()));
    }

    @Test
    void only_the_recipients_that_are_named_are_meant_in_whatever_case() {
        MessageId id = accept("shop@example.org", "Ann@a.example", "bob@b.example");
        assertThat(queue.act(new Act.Drop(), id, Set.of("ann@A.example", "nobody@x"), "me")
                        .done())
                .containsExactly("Ann@a.example");
        assertThat(spool.open()).isEqualTo(1);
        assertThat(queue.act(new Act.Drop(), id, Set.of("nobody@x"), "me")).isEqualTo(new Result(List.of(), List.of()));
        assertThat(queue.act(new Act.Drop(), new MessageId(5, 5), Set.of(), "me"))
                .isEqualTo(new Result(List.of(), List.of()));
    }

    @Test
    void the_time_to_give_up_does_not_run_while_it_is_held_however_often() {
        MessageId id = accept("shop@example.org", "ann@a.example");
        java.time.Instant accepted = now;
        for (int i = 0; i < 3; i++) {
            queue.act(new Act.Hold(), id, Set.of(), "me");
            now = now.plus(Duration.ofHours(1));
            queue.act(new Act.Hold(), id, Set.of(), "me");
            if (i == 1) {
                restart();
            }
            now = now.plus(Duration.ofHours(1));
            queue.act(i == 0 ? new Act.Retry(/* force= */ false) : new Act.Release(), id, Set.of(), "me");
            now = now.plus(Duration.ofMinutes(10));
        }
        Due due = spool.take(Duration.ZERO, any -> true).orElseThrow();
        assertThat(due.held()).isEqualTo(Duration.ofHours(6));
        assertThat(due.since()).isEqualTo(accepted.plus(Duration.ofHours(6)));
        assertThat(due.acceptedAt()).isEqualTo(accepted);
    }

    @Test
    void what_the_peer_said_last_is_still_known_after_an_act() {
        MessageId id = accept("shop@example.org", "ann@a.example");
        becomes(id, "deferred");
        for (String word : List.of("hold", "release", "retry")) {
            queue.act(act(word), id, Set.of(), "me");
            assertThat(queue.find(id).orElseThrow().recipients().getFirst().reply())
                    .isEqualTo(SAID.reply());
        }
    }

    @Test
    void a_bounce_tells_the_sender_in_the_words_of_the_operator_and_only_who_wants_to_know() {
        var never = new Envelope.Recipient("quiet@a.example", Set.of(Envelope.Notify.NEVER), "");
        MessageId id = TestSpool.accept(
                spool,
                TestSpool.envelope("shop@example.org", List.of(Envelope.Recipient.of("ann@a.example"), never)),
                MAIL);
        MessageId bounce = accept("", "ann@a.example");
        queue.act(new Act.Bounce("closed for good"), id, Set.of(), "me");
        queue.act(new Act.Bounce(""), bounce, Set.of(), "me");

        assertThat(queue.find(bounce)).isEmpty();
        assertThat(queue.find(id).orElseThrow().recipients()).singleElement().satisfies(recipient -> {
            assertThat(recipient.address()).isEqualTo("ann@a.example");
            assertThat(recipient.reply()).isEqualTo("closed for good");
            assertThat(recipient.status()).isEqualTo("5.0.0");
        });
        assertThat(spool.owing()).hasSize(1);
    }

    @Test
    void a_drop_tells_nobody() {
        MessageId id = accept("shop@example.org", "ann@a.example");
        becomes(id, 0, new RecipientState.Deferred(SAID, now, /* tellSender= */ true));
        assertThat(spool.owing()).as("of the delay").hasSize(1);
        queue.act(new Act.Drop(), id, Set.of(), "me");
        assertThat(spool.owing()).isEmpty();
        assertThat(spool.open()).isZero();
    }
}
