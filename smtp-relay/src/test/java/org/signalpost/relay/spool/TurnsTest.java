package org.signalpost.relay.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.signalpost.track.MessageId;

class TurnsTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final Turns turns = new Turns(5);
    private Instant now = START;

    private static Due due(int mail, int index, String route, Instant next) {
        return due(mail, index, route, next, Priority.NORMAL);
    }

    private static Due due(int mail, int index, String route, Instant next, Priority priority) {
        return new Due(
                new MessageId(mail, 0),
                index,
                index + "@" + route,
                route,
                0,
                Instant.EPOCH,
                Duration.ZERO,
                next,
                priority,
                Share.NOT_ASKED);
    }

    private static Due due(int mail, int index) {
        return due(mail, index, "there", START);
    }

    private Optional<Due> take() {
        return turns.take(now, any -> true);
    }

    private static long mail(Due due) {
        return due.id().high();
    }

    @Test
    void a_mail_with_a_thousand_recipients_lets_the_others_pass() {
        for (int i = 0; i < 1_000; i++) {
            turns.add(due(0, i));
        }
        for (int mail = 1; mail <= 20; mail++) {
            now = now.plusSeconds(1);
            turns.add(due(mail, 0, "there", now));
        }
        var order = new ArrayList<Long>();
        for (int i = 0; i < 45; i++) {
            now = now.plusMillis(10);
            Due taken = take().orElseThrow();
            order.add(mail(taken));
            turns.ended(taken);
        }
        assertThat(order.stream().filter(mail -> mail > 0)).hasSize(20).isSorted();
        assertThat(order.subList(0, 42).stream().filter(mail -> mail == 0).count())
                .as("the large one has its turns among them, and no more")
                .isLessThanOrEqualTo(22);
    }

    @Test
    void mails_that_came_at_the_same_instant_take_turns_too() {
        for (int mail = 0; mail < 3; mail++) {
            for (int i = 0; i < 4; i++) {
                turns.add(due(mail, i));
            }
        }
        var order = new ArrayList<Long>();
        for (Optional<Due> taken = take(); taken.isPresent(); taken = take()) {
            order.add(mail(taken.get()));
            turns.ended(taken.get());
        }
        assertThat(order).containsExactly(0L, 1L, 2L, 0L, 1L, 2L, 0L, 1L, 2L, 0L, 1L, 2L);
    }

    @Test
    void no_more_of_one_mail_are_under_way_than_its_share_on_each_route() {
        for (int i = 0; i < 20; i++) {
            turns.add(due(1, i, i % 2 == 0 ? "here" : "there", START));
        }
        var taken = new ArrayList<Due>();
        for (Optional<Due> next = take(); next.isPresent(); next = take()) {
            taken.add(next.get());
        }
        assertThat(taken).hasSize(10);
        turns.add(due(2, 0, "here", START));
        assertThat(take().map(TurnsTest::mail)).as("another mail").contains(2L);
        turns.ended(taken.getFirst());
        assertThat(take().map(Due::route)).contains("here");
        assertThat(take()).isEmpty();
    }

    @Test
    void the_earliest_is_first_and_nothing_goes_before_its_time_or_on_a_closed_route() {
        turns.add(due(1, 0, "here", START.plusSeconds(30)));
        turns.add(due(2, 0, "there", START.plusSeconds(10)));
        turns.add(due(3, 0, "there", START.plusSeconds(20)));
        assertThat(take()).isEmpty();
        assertThat(turns.next()).contains(START.plusSeconds(10));
        now = START.plusSeconds(60);
        assertThat(turns.take(now, route -> route.equals("here")).map(TurnsTest::mail))
                .contains(1L);
        assertThat(turns.take(now, route -> route.equals("here"))).isEmpty();
        assertThat(take().map(TurnsTest::mail)).contains(2L);
        assertThat(take().map(TurnsTest::mail)).contains(3L);
        assertThat(turns.next()).isEmpty();
    }

    @Test
    void recipients_of_one_mail_go_by_their_own_times() {
        turns.add(due(1, 0, "there", START.plusSeconds(30)));
        turns.add(due(1, 1, "there", START));
        turns.add(due(1, 2, "there", START));
        assertThat(take().map(Due::index)).contains(1);
        assertThat(take().map(Due::index)).contains(2);
        assertThat(take()).isEmpty();
        now = START.plusSeconds(30);
        assertThat(take().map(Due::index)).contains(0);
    }

    @Test
    void one_that_was_taken_out_of_turn_counts_as_under_way_until_it_ends() {
        var few = new Turns(1);
        few.add(due(1, 0));
        few.add(due(1, 1));
        few.reserve(due(1, 0));
        assertThat(few.take(now, any -> true)).isEmpty();
        few.ended(due(1, 0));
        assertThat(few.take(now, any -> true).map(Due::index)).contains(1);
        assertThat(few.remove(due(1, 0))).isFalse();
    }

    /** The priorities of so many, each of whom is through at once. */
    private String order(int many) {
        return IntStream.range(0, many)
                .mapToObj(any -> take().orElseThrow())
                .peek(turns::ended)
                .map(due -> due.priority().name().substring(0, 1))
                .collect(Collectors.joining());
    }

    @Test
    void the_more_urgent_go_first_and_each_tenth_turn_is_for_one_behind_them() {
        for (int mail = 0; mail < 30; mail++) {
            turns.add(due(mail, 0, "there", START, Priority.NON_URGENT));
        }
        now = now.plusSeconds(600);
        for (int mail = 100; mail < 120; mail++) {
            turns.add(due(mail, 0, "there", now, Priority.URGENT));
            turns.add(due(mail + 100, 0, "there", now, Priority.NORMAL));
        }

        // U: urgent, N: normal, then non-urgent.
        String urgent = order(22).replace("N", ".");
        assertThat(urgent).isEqualTo("UUUUUUUUU.UUUUUUUUU.UU");
        List<Priority> rest = IntStream.range(0, 20)
                .mapToObj(any -> take().orElseThrow())
                .peek(turns::ended)
                .map(Due::priority)
                .toList();
        assertThat(rest.stream().filter(one -> one == Priority.NON_URGENT)).hasSize(2);
        assertThat(rest.stream().filter(one -> one == Priority.NORMAL)).hasSize(18);
    }

    @Test
    void an_urgent_one_does_not_make_its_route_wait_behind_others() {
        for (int mail = 0; mail < 100; mail++) {
            turns.add(due(mail, 0, "here", START, Priority.NON_URGENT));
            turns.add(due(mail, 1, "there", START.plusSeconds(10), Priority.NON_URGENT));
        }
        turns.add(due(200, 0, "here", START.plusSeconds(20), Priority.URGENT));
        now = START.plusSeconds(30);

        assertThat(take().map(TurnsTest::mail)).contains(200L);
        assertThat(take().map(Due::route)).contains("here");
    }

    @Test
    void nobody_waits_for_an_urgent_one_that_is_not_due() {
        turns.add(due(1, 0, "there", START.plusSeconds(5), Priority.URGENT));
        turns.add(due(2, 0, "there", START, Priority.NON_URGENT));

        assertThat(turns.next()).contains(START);
        assertThat(take().map(TurnsTest::mail)).contains(2L);
        assertThat(take()).isEmpty();
        now = START.plusSeconds(5);
        assertThat(take().map(TurnsTest::mail)).contains(1L);
    }

    /** Whatever happens in whatever order, none is lost, none is taken twice, none before its time. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void agrees_with_a_simple_list(long seed) {
        var random = new Random(seed);
        Set<Due> waiting = new HashSet<>();
        List<Due> underWay = new ArrayList<>();
        Map<String, Integer> shares = new HashMap<>();
        int index = 0;
        for (int step = 0; step < 20_000; step++) {
            now = now.plusMillis(random.nextInt(20));
            switch (random.nextInt(5)) {
                case 0, 1 -> {
                    int mail = random.nextInt(6);
                    Due due = due(
                            mail,
                            index,
                            "r" + random.nextInt(3),
                            now.plusMillis(random.nextInt(500) - 250),
                            mail % 2 == 0 ? Priority.URGENT : Priority.NON_URGENT);
                    index++;
                    turns.add(due);
                    waiting.add(due);
                }
                case 2 -> {
                    Optional<Due> taken = turns.take(now, route -> !route.equals("r2"));
                    boolean possible = waiting.stream()
                            .anyMatch(due -> !due.route().equals("r2")
                                    && !due.next().isAfter(now)
                                    && shares.getOrDefault(place(due), 0) < 5);
                    assertThat(taken.isPresent()).isEqualTo(possible);
                    taken.ifPresent(due -> {
                        assertThat(waiting.remove(due)).isTrue();
                        assertThat(due.next()).isBeforeOrEqualTo(now);
                        assertThat(shares.merge(place(due), 1, Integer::sum)).isLessThanOrEqualTo(5);
                        underWay.add(due);
                    });
                }
                case 3 -> {
                    if (!underWay.isEmpty()) {
                        Due ended = underWay.remove(random.nextInt(underWay.size()));
                        shares.merge(place(ended), -1, Integer::sum);
                        turns.ended(ended);
                    }
                }
                default ->
                    waiting.stream()
                            .skip(waiting.isEmpty() ? 0 : random.nextInt(waiting.size()))
                            .findFirst()
                            .ifPresent(due -> {
                                assertThat(turns.remove(due)).isTrue();
                                waiting.remove(due);
                            });
            }
        }
        assertThat(waiting).isNotEmpty();
    }

    private static String place(Due due) {
        return due.id() + due.route();
    }
}
