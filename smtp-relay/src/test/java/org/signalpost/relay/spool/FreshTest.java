package org.signalpost.relay.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.signalpost.track.MessageId;

class FreshTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final Fresh fresh = new Fresh(1_000);

    private static MessageId id(int number) {
        return new MessageId(number, number);
    }

    private void put(int number, int size, Instant at) {
        fresh.put(new StoredMail(
                id(number),
                at,
                TestSpool.envelope("shop@example.org", "ann@a.example"),
                TestSpool.mail(size),
                /* notice= */ false));
    }

    private int[] kept() {
        return IntStream.range(0, 100)
                .filter(number -> fresh.find(id(number)).isPresent())
                .toArray();
    }

    @Test
    void what_came_first_stays_while_its_turn_is_near() {
        for (int i = 0; i < 20; i++) {
            put(i, 300, START.plusMillis(100L * i));
        }
        assertThat(kept()).containsExactly(0, 1, 2);
        fresh.forget(id(1));
        fresh.forget(id(1));
        put(20, 301, START.plusSeconds(2));
        put(21, 300, START.plusSeconds(2));
        assertThat(kept()).containsExactly(0, 2, 20);
    }

    @Test
    void what_is_not_going_to_be_taken_soon_makes_room() {
        put(0, 500, START);
        put(1, 400, START.plusSeconds(3));
        put(2, 500, START.plusSeconds(5));
        assertThat(kept()).containsExactly(1, 2);
        put(3, 1_000, START.plusSeconds(20));
        assertThat(kept()).containsExactly(3);
    }

    @Test
    void what_is_larger_than_all_of_the_room_is_not_kept() {
        put(0, 1_001, START);
        assertThat(kept()).isEmpty();
        put(1, 1_000, START);
        assertThat(kept()).containsExactly(1);
    }
}
