package org.signalpost.relay.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.signalpost.journal.Position;
import org.signalpost.track.MessageId;
import org.signalpost.track.TrackingDecision;

class IndexTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Position RECORD = new Position(1, 1, 32);
    private static final TrackingDecision UNTRACKED = new TrackingDecision.Untracked("no-html", "{}");
    private static final RecipientState DELIVERED =
            new RecipientState.Delivered(UNTRACKED, Said.NOTHING, /* tellSender= */ false);

    private final Instant now = START;
    private final InstantSource clock = () -> now;
    private final Index index = new Index(recipient -> recipient.replaceFirst(".*@", ""), 2, 64 << 20);

    private MessageId put(int number, String... recipients) {
        var id = new MessageId(number, 0);
        var envelope = TestSpool.envelope("shop@example.org", recipients);
        var places = new ArrayList<LogRecord.Place>();
        for (int i = 0; i < recipients.length; i++) {
            places.add(LogRecord.Place.untried(now));
        }
        index.put(
                id,
                new LogRecord.Message(
                        /* copied= */ false,
                        now,
                        envelope,
                        "",
                        Priority.NORMAL,
                        10,
                        Optional.empty(),
                        Optional.empty(),
                        places),
                RECORD);
        return id;
    }

    private Optional<Due> take() {
        return index.take(clock, Duration.ZERO, any -> true);
    }

    private boolean change(MessageId id, int recipient, RecipientState state) {
        return index.change(
                id, new LogRecord.State(now, recipient, "", 1, Duration.ZERO, state), new Position(1, 1, 99));
    }

    @Test
    void one_under_way_can_not_be_reserved_and_one_reserved_is_not_taken() {
        MessageId id = put(1, "a@x", "b@x");
        Due taken = take().orElseThrow();
        assertThat(index.reserve(id, taken.index())).isEmpty();
        Standing reserved = index.reserve(id, 1 - taken.index()).orElseThrow();
        assertThat(index.reserve(id, 1 - taken.index())).isEmpty();
        assertThat(take()).isEmpty();
        assertThat(index.find(id).orElseThrow().underWay()).containsExactlyInAnyOrder(0, 1);

        index.giveBack(reserved.due());
        index.giveBack(taken);
        index.giveBack(taken);
        assertThat(index.find(id).orElseThrow().underWay()).isEmpty();
        assertThat(List.of(take().orElseThrow(), take().orElseThrow())).doesNotHaveDuplicates();
        assertThat(take()).as("given back twice is there once").isEmpty();
    }

    @Test
    void one_that_is_held_or_put_aside_is_reserved_and_given_back_without_being_taken() {
        MessageId id = put(1, "a@x");
        for (RecipientState state :
                List.of(new RecipientState.Held(Said.NOTHING), new RecipientState.Quarantined(Said.NOTHING))) {
            change(id, 0, state);
            assertThat(take()).isEmpty();
            Standing standing = index.reserve(id, 0).orElseThrow();
            index.giveBack(standing.due());
            assertThat(take()).isEmpty();
        }
        index.reserve(id, 0);
        change(id, 0, new RecipientState.Deferred(Said.NOTHING, now, /* tellSender= */ false));
        assertThat(take().map(Due::id)).contains(id);
    }

    @Test
    void a_change_that_comes_twice_or_for_nobody_changes_nothing() {
        MessageId id = put(1, "a@x", "b@x");
        assertThat(change(id, 0, DELIVERED)).isFalse();
        assertThat(change(id, 0, DELIVERED)).isFalse();
        assertThat(change(id, 9, DELIVERED)).isFalse();
        assertThat(change(new MessageId(9, 9), 0, DELIVERED)).isFalse();
        assertThat(index.size()).isEqualTo(1);
        assertThat(take().map(Due::index)).contains(1);
    }

    @Test
    void the_same_address_twice_is_two_recipients() {
        MessageId id = put(1, "a@x", "a@x");
        change(id, 0, DELIVERED);
        assertThat(take().map(Due::index)).contains(1);
        assertThat(index.find(id).orElseThrow().standings()).hasSize(1);
    }

    @Test
    void mails_are_listed_oldest_first_in_blocks_without_gaps_while_some_go() {
        for (int i = 0; i < 20; i++) {
            put(i * 2, "a@x");
        }
        var seen = new ArrayList<Long>();
        List<OpenMail> block = index.behind(Optional.empty(), 3);
        while (!block.isEmpty()) {
            block.forEach(mail -> seen.add(mail.id().high()));
            MessageId last = block.getLast().id();
            change(last, 0, DELIVERED);
            block = index.behind(Optional.of(last), 3);
        }
        assertThat(seen).hasSize(20).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void whoever_waits_is_woken_by_a_new_mail_and_by_a_route_that_opens() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Optional<Due>> waiting =
                    threads.submit(() -> index.take(clock, Duration.ofSeconds(60), any -> true));
            put(1, "a@x");
            assertThat(waiting.get().map(Due::route)).contains("x");

            put(2, "b@y");
            var open = new java.util.concurrent.atomic.AtomicBoolean();
            Future<Optional<Due>> closed =
                    threads.submit(() -> index.take(clock, Duration.ofSeconds(60), any -> open.get()));
            open.set(true);
            index.wake();
            assertThat(closed.get().map(Due::route)).contains("y");
        }
    }

    @Test
    void many_threads_take_each_recipient_once() {
        int mails = 200;
        for (int i = 0; i < mails; i++) {
            put(i, "a@x", "b@x", "c@y", "d@y");
        }
        var taken = java.util.concurrent.ConcurrentHashMap.<String>newKeySet();
        var twice = new java.util.concurrent.atomic.AtomicInteger();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int t = 0; t < 8; t++) {
                threads.execute(() -> {
                    for (Optional<Due> due = take(); due.isPresent(); due = take()) {
                        Due one = due.get();
                        if (!taken.add(one.id() + " " + one.index())) {
                            twice.incrementAndGet();
                        }
                        change(one.id(), one.index(), DELIVERED);
                    }
                });
            }
        }
        // Who finds a mail's share taken up goes away; what it left is taken now.
        for (Optional<Due> due = take(); due.isPresent(); due = take()) {
            taken.add(due.get().id() + " " + due.get().index());
            change(due.get().id(), due.get().index(), DELIVERED);
        }
        assertThat(twice).hasValue(0);
        assertThat(taken).hasSize(4 * mails);
        assertThat(index.size()).isZero();
    }

    @Test
    void a_hundred_thousand_mails_fit_into_a_hundred_megabytes() {
        long before = used();
        for (int i = 0; i < 100_000; i++) {
            put(i, "recipient.number." + i + "@example.com");
        }
        assertThat((used() - before) >> 20).as("megabytes").isLessThan(100);
        assertThat(index.size()).isEqualTo(100_000);
    }

    private static long used() {
        var runtime = Runtime.getRuntime();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }
}
