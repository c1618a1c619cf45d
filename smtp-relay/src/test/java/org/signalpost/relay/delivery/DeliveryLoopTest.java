package org.signalpost.relay.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.signalpost.journal.Journal;
import org.signalpost.relay.spool.Said;
import org.signalpost.relay.spool.Spool;
import org.signalpost.relay.spool.Standing;
import org.signalpost.relay.spool.TestSpool;
import org.signalpost.retry.RetrySchedule;
import org.signalpost.track.MessageId;

/** Two routes over one spool: what happens on one is not noticed on the other. */
class DeliveryLoopTest {
    private static final Outcome TAKEN = new Outcome.Delivered(Said.ours("2.0.0", "250 ok"), /* reports= */ false);

    private static final Outcome UNREACHABLE =
            new Outcome.Deferred(Said.ours("4.4.1", "can't connect"), Outcome.Fault.ROUTE);

    @TempDir
    Path directory;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
    private final Map<String, Courier> couriers = new ConcurrentHashMap<>();
    private final LinkedBlockingQueue<String> attempts = new LinkedBlockingQueue<>();
    private final CountDownLatch stuck = new CountDownLatch(1);
    private Journal log;
    private Spool spool;
    private Routes routes = new Routes(now::get, new Routes.Limits(1, 1), Path.of("unused"));
    private Optional<DeliveryLoop> loop = Optional.empty();

    private final class ByDomain implements Couriers {
        @Override
        public String route(String recipient) {
            return recipient.substring(recipient.lastIndexOf('@') + 1);
        }

        @Override
        public Courier courier(String route) {
            Courier courier = couriers.getOrDefault(route, consignment -> TAKEN);
            return consignment -> {
                attempts.add(consignment.recipient().address());
                return courier.deliver(consignment);
            };
        }
    }

    @BeforeEach
    void open() {
        log = Journal.open(directory.resolve("log"));
        spool = TestSpool.open(log, directory, now::get, new Spool.Limits(64 << 20, 5), new ByDomain());
    }

    private Route.Figures figures(String route) {
        return Optional.ofNullable(routes.figures().get(route)).orElseThrow();
    }

    private void start(int atOnce, int kilobytes) {
        routes = new Routes(now::get, new Routes.Limits(atOnce, atOnce), directory.resolve("routes.paused"));
        routes.start();
        var schedule = new RetrySchedule(List.of(Duration.ofHours(1)), 0, Duration.ofDays(5), () -> 0.5);
        var verdicts =
                new Verdicts(schedule, Optional.empty(), new DeliveryFigures(new SimpleMeterRegistry()), now::get);
        var dispatch = new Attempts(new ByDomain()).dispatch();
        var started = new DeliveryLoop(spool, dispatch, verdicts, routes, kilobytes);
        started.start();
        loop = Optional.of(started);
    }

    @AfterEach
    void close() {
        stuck.countDown();
        loop.ifPresent(started -> started.end(Duration.ofSeconds(15)));
        log.close();
    }

    private void accept(String recipient, int size) {
        TestSpool.accept(
                spool,
                TestSpool.envelope("shop@example.org", recipient),
                TestSpool.mail("Subject: x\r\n\r\n" + "y".repeat(size) + "\r\n"));
    }

    private void accept(String recipient) {
        accept(recipient, 1);
    }

    private String attempt() throws InterruptedException {
        String recipient = attempts.poll(20, TimeUnit.SECONDS);
        return recipient == null ? "none" : recipient;
    }

    /** Whatever may go has gone when mail that came later on another route has. */
    private void nothingElseGoes(int number) throws InterruptedException {
        accept("fence" + number + "@good.example");
        assertThat(attempt()).isEqualTo("fence" + number + "@good.example");
    }

    private Outcome wait(Consignment consignment) {
        try {
            stuck.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return TAKEN;
    }

    @Test
    void a_route_whose_peer_takes_its_time_keeps_no_other_waiting() throws InterruptedException {
        couriers.put("slow.example", this::wait);
        for (int i = 0; i < 20; i++) {
            accept("r" + i + "@slow.example");
        }
        start(3, 64 << 10);
        for (int i = 0; i < 3; i++) {
            assertThat(attempt()).endsWith("@slow.example");
        }
        for (int i = 0; i < 5; i++) {
            nothingElseGoes(i);
        }
        assertThat(figures("slow.example").underWay()).isEqualTo(3);
        stuck.countDown();
        for (int i = 3; i < 20; i++) {
            assertThat(attempt()).endsWith("@slow.example");
        }
    }

    @Test
    void large_mail_for_a_slow_peer_leaves_memory_to_other_routes() throws InterruptedException {
        couriers.put("slow.example", this::wait);
        for (int i = 0; i < 5; i++) {
            accept("r" + i + "@slow.example", 100_000);
        }
        start(5, 600);
        assertThat(attempt()).endsWith("@slow.example");
        nothingElseGoes(1);
        nothingElseGoes(2);
    }

    @Test
    void large_mail_for_two_slow_peers_leaves_memory_to_small_mail_for_others() throws InterruptedException {
        couriers.put("slow.example", this::wait);
        couriers.put("idle.example", this::wait);
        for (int i = 0; i < 5; i++) {
            accept("r" + i + "@slow.example", 1_000_000);
            accept("r" + i + "@idle.example", 1_000_000);
        }
        start(5, 8 << 10);
        assertThat(List.of(attempt(), attempt()))
                .extracting(recipient -> recipient.substring(recipient.indexOf('@')))
                .as("one of each, whichever came first")
                .containsExactlyInAnyOrder("@slow.example", "@idle.example");
        nothingElseGoes(1);
        nothingElseGoes(2);
    }

    @Test
    void that_holds_while_one_large_mail_goes_after_the_other() throws InterruptedException {
        var together = new AtomicInteger();
        var most = new AtomicInteger();
        couriers.put("slow.example", consignment -> {
            most.accumulateAndGet(together.incrementAndGet(), Math::max);
            LockSupport.parkNanos(3_000_000);
            together.decrementAndGet();
            return TAKEN;
        });
        for (int i = 0; i < 60; i++) {
            accept("r" + i + "@slow.example", 100_000);
        }
        start(5, 600);
        for (int i = 0; i < 60; i++) {
            assertThat(attempt()).endsWith("@slow.example");
        }
        assertThat(most).as("each needs the whole share of its route").hasValue(1);
    }

    @Test
    void an_attempt_that_ends_in_an_error_of_the_machine_is_one_that_failed() throws InterruptedException {
        couriers.put("deep.example", consignment -> {
            throw new StackOverflowError();
        });
        accept("ann@deep.example");
        start(1, 64 << 10);
        assertThat(attempt()).isEqualTo("ann@deep.example");
        settled("deep.example");
        Standing standing =
                spool.openBehind(Optional.empty(), 10).getFirst().standings().getFirst();
        assertThat(standing.due().attempts()).isEqualTo(1);
        assertThat(standing.due().next()).isEqualTo(now.get().plus(Duration.ofHours(1)));
        now.set(standing.due().next());
        spool.wake();
        assertThat(attempt()).isEqualTo("ann@deep.example");
    }

    /** Until nothing is under way there. */
    private Route.Figures settled(String route) {
        while (routes.figures().getOrDefault(route, Route.Figures.NONE).underWay() > 0) {
            Thread.onSpinWait();
        }
        return routes.figures().getOrDefault(route, Route.Figures.NONE);
    }

    @Test
    void a_suspended_route_is_tried_by_one_copy_at_a_time_and_opens_when_it_passes() throws InterruptedException {
        couriers.put("down.example", consignment -> UNREACHABLE);
        for (int i = 0; i < 20; i++) {
            accept("r" + i + "@down.example");
        }
        start(3, 64 << 10);
        while (routes.figures()
                .getOrDefault("down.example", Route.Figures.NONE)
                .suspendedUntil()
                .isEmpty()) {
            Thread.onSpinWait();
        }
        assertThat(settled("down.example").suspendedUntil()).contains(now.get().plusSeconds(10));
        assertThat(attempts).as("three, and those that were on the way").hasSizeBetween(3, 5);
        attempts.clear();

        couriers.put("down.example", this::waitInVain);
        now.updateAndGet(time -> time.plusSeconds(11));
        assertThat(attempt()).endsWith("@down.example");
        nothingElseGoes(1);
        stuck.countDown();
        settled("down.example");
        now.updateAndGet(time -> time.plusSeconds(11));
        nothingElseGoes(2);

        couriers.remove("down.example");
        now.updateAndGet(time -> time.plusSeconds(20));
        for (int i = 0; i < 14; i++) {
            assertThat(attempt()).endsWith("@down.example");
        }
        assertThat(settled("down.example").suspendedUntil()).isEmpty();
    }

    private Outcome waitInVain(Consignment consignment) {
        wait(consignment);
        return UNREACHABLE;
    }

    @Test
    void a_refused_password_suspends_the_route_with_the_first_copy() throws InterruptedException {
        couriers.put(
                "down.example",
                consignment -> new Outcome.Deferred(Said.ours("4.7.8", "535 no"), Outcome.Fault.ROUTE_FOR_ALL));
        accept("r0@down.example");
        start(1, 64 << 10);
        assertThat(attempt()).isEqualTo("r0@down.example");
        accept("r1@down.example");
        nothingElseGoes(1);
        assertThat(figures("down.example").lastError()).isEqualTo("535 no");
    }

    @Test
    void a_paused_route_waits_until_it_is_let_go() throws InterruptedException, IOException {
        start(5, 64 << 10);
        routes.pause("held.example", /* stop= */ true);
        accept("r0@held.example");
        nothingElseGoes(1);
        routes.pause("held.example", /* stop= */ false);
        assertThat(attempt()).isEqualTo("r0@held.example");
    }

    @Test
    void a_copy_that_breaks_our_own_code_harms_no_other() throws InterruptedException {
        couriers.put("broken.example", consignment -> {
            throw new IllegalStateException("a fault of ours");
        });
        accept("r0@broken.example");
        accept("r1@broken.example");
        start(1, 64 << 10);
        assertThat(List.of(attempt(), attempt())).containsExactly("r0@broken.example", "r1@broken.example");
        nothingElseGoes(1);
    }

    @Test
    void a_mail_that_the_disk_does_not_give_back_waits_a_minute_each_time_and_is_not_an_attempt()
            throws InterruptedException, IOException {
        accept("r0@there.example", 300_000);
        MessageId id = spool.openBehind(Optional.empty(), 1).getFirst().id();
        Path file = directory.resolve("spool").resolve(id.toString());
        Path away = Files.move(file, directory.resolve("away"));
        // Nobody can open a link that leads to itself.
        Files.createSymbolicLink(file, file);
        start(1, 64 << 10);
        for (int i = 1; i < 4; i++) {
            Instant next = now.get().plusSeconds(60);
            Standing standing = awaitNext(id, next);
            assertThat(standing.due().attempts()).isZero();
            assertThat(spool.said(standing).reply()).isEqualTo("451 4.3.0 the spooled mail can't be read");
            nothingElseGoes(i);
            if (i < 3) {
                now.set(next);
            }
        }
        // Nobody reads it now.
        Files.delete(file);
        Files.move(away, file);
        now.updateAndGet(time -> time.plusSeconds(60));
        assertThat(attempt()).isEqualTo("r0@there.example");
    }

    private Standing awaitNext(MessageId id, Instant next) {
        while (true) {
            Standing standing = spool.open(id).orElseThrow().standings().getFirst();
            if (standing.due().next().equals(next)) {
                return standing;
            }
            Thread.onSpinWait();
        }
    }
}
