package org.signalpost.relay.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.signalpost.journal.Journal;
import org.signalpost.relay.spool.Due;
import org.signalpost.relay.spool.Envelope;
import org.signalpost.relay.spool.RecipientState;
import org.signalpost.relay.spool.Said;
import org.signalpost.relay.spool.Share;
import org.signalpost.relay.spool.Spool;
import org.signalpost.relay.spool.Standing;
import org.signalpost.relay.spool.TestSpool;
import org.signalpost.retry.RetrySchedule;
import org.signalpost.rewrite.MessageRewriter;
import org.signalpost.rewrite.RawMessage;
import org.signalpost.rewrite.RewriteSettings;
import org.signalpost.track.MessageId;
import org.signalpost.track.SigningKeys;
import org.signalpost.track.TrackingDecision;
import org.signalpost.track.TrackingQuota;
import org.signalpost.track.TrackingUrls;
import org.slf4j.LoggerFactory;

/** When mail that can't go out is tried again, by a clock that is set by hand. */
class RetryTest {
    private static final MessageRewriter REWRITER = new MessageRewriter(
            new TrackingUrls("https://t.example"),
            SigningKeys.of(1, new byte[32], new byte[32]),
            RewriteSettings.defaults(/* opens= */ true, /* clicks= */ true));
    private static final RawMessage MAIL = TestSpool.mail("Subject: x\r\n\r\ny\r\n");
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final List<Duration> STEPS = List.of(
            Duration.ofMinutes(5),
            Duration.ofMinutes(10),
            Duration.ofMinutes(20),
            Duration.ofMinutes(40),
            Duration.ofHours(1));
    private static final Outcome LATER = new Outcome.Deferred(
            new Said("451 4.7.1 <ann@a.example>: later", "4.7.1", "mx.example.com"), Outcome.Fault.COPY);
    private static final Outcome TAKEN = new Outcome.Delivered(Said.ours("2.0.0", "250"), /* reports= */ false);

    @TempDir
    Path directory;

    private volatile Instant now = START;
    private final InstantSource clock = () -> now;
    private final Random random = new Random(1);

    private Spool open(Journal log) {
        return TestSpool.open(log, directory, clock);
    }

    private Verdicts verdicts(Optional<Duration> delay) {
        var schedule = new RetrySchedule(STEPS, 0.2, Duration.ofDays(5), random::nextDouble);
        return new Verdicts(schedule, delay, new DeliveryFigures(new SimpleMeterRegistry()), clock);
    }

    private static Dispatch dispatch(Courier courier) {
        return dispatch(courier, TrackingQuota.UNLIMITED);
    }

    private static Dispatch dispatch(Courier courier, TrackingQuota quota) {
        var couriers = new Couriers() {
            @Override
            public Courier courier(String route) {
                return courier;
            }

            @Override
            public String route(String recipient) {
                return TestSpool.ROUTE;
            }
        };
        var plans = new Plans(REWRITER, message -> message, failed -> {});
        return new Dispatch(
                plans,
                couriers,
                new Trace("relay.example.org", "i", /* showClient= */ false),
                quota,
                message -> message);
    }

    private RecipientState attempt(Spool spool, Due due, Optional<Duration> delay) {
        var mail = spool.read(due.id());
        RecipientState state =
                verdicts(delay).after(mail, due, dispatch(any -> LATER).attempt(mail, due), /* millis= */ 1);
        spool.update(due, state);
        return state;
    }

    @Test
    void tries_follow_the_steps_within_a_fifth_and_end_after_five_days_also_over_restarts() {
        var times = new ArrayList<Instant>();
        MessageId id;
        try (Journal log = TestSpool.log(directory)) {
            id = TestSpool.accept(open(log), TestSpool.envelope("shop@example.org", "ann@x.example"), MAIL);
        }
        boolean failed = false;
        while (!failed) {
            try (Journal log = TestSpool.log(directory)) {
                Spool spool = open(log);
                // A few tries, then it starts again in the middle of a wait.
                for (int i = 0; i < 7 && !failed; i++) {
                    Instant next = spool.open(id)
                            .orElseThrow()
                            .standings()
                            .getFirst()
                            .due()
                            .next();
                    now = next.minusMillis(1);
                    assertThat(spool.take(Duration.ZERO, any -> true)).isEmpty();
                    now = next;
                    Due due = spool.take(Duration.ZERO, any -> true).orElseThrow();
                    assertThat(due.attempts()).isEqualTo(times.size());
                    times.add(now);
                    failed = attempt(spool, due, Optional.empty()) instanceof RecipientState.Failed;
                }
            }
        }
        assertThat(times.getFirst()).isEqualTo(START);
        for (int i = 1; i < times.size(); i++) {
            Duration wait = Duration.between(times.get(i - 1), times.get(i));
            long step = STEPS.get(Math.min(i, STEPS.size()) - 1).toMillis();
            assertThat(wait.toMillis()).isBetween(step * 8 / 10, step * 12 / 10);
        }
        assertThat(times.getLast()).isBefore(START.plus(Duration.ofDays(5)));
        assertThat(times.getLast()).isAfter(START.plus(Duration.ofDays(5)).minus(Duration.ofMinutes(73)));
        try (Journal log = TestSpool.log(directory)) {
            Spool spool = open(log);
            Standing standing = spool.open(id).orElseThrow().standings().getFirst();
            assertThat(standing.phase()).as("its sender is to be told").isEqualTo(Standing.Phase.FAILED);
            assertThat(spool.said(standing).status()).isEqualTo("4.4.7");
            assertThat(spool.said(standing).reply()).contains("451 4.7.1 <ann@a.example>: later");
            assertThat(spool.said(standing).peer()).isEqualTo("mx.example.com");
        }
    }

    @Test
    void a_mail_that_was_over_quota_stays_so_whatever_happens_to_it() {
        try (Journal log = TestSpool.log(directory)) {
            Spool spool = open(log);
            MessageId id = TestSpool.accept(
                    spool,
                    TestSpool.envelope("s@x.example", "ann@x.example"),
                    TestSpool.mail("Content-Type: text/html\r\n\r\n<a href=\"https://d.example/\">x</a>\r\n"));
            Due due = spool.take(Duration.ZERO, any -> true).orElseThrow();
            var mail = spool.read(id);
            Dispatch.Attempt first = dispatch(any -> LATER, key -> false).attempt(mail, due);
            spool.update(due, verdicts(Optional.empty()).after(mail, due, first, /* millis= */ 1));
            Due held = spool.reserve(id, 0).orElseThrow().due();
            spool.update(held, held.attempts(), held.held(), new RecipientState.Held(Said.NOTHING));
        }
        try (Journal log = TestSpool.log(directory)) {
            Spool spool = open(log);
            Due held = spool.openBehind(Optional.empty(), 1)
                    .getFirst()
                    .standings()
                    .getFirst()
                    .due();
            assertThat(held.share()).isEqualTo(Share.USED_UP);
            spool.update(held, 1, held.held(), new RecipientState.Deferred(Said.NOTHING, now, /* tellSender= */ false));
            Due again = spool.take(Duration.ZERO, any -> true).orElseThrow();
            assertThat(dispatch(any -> LATER)
                            .attempt(spool.read(again.id()), again)
                            .decision())
                    .isInstanceOfSatisfying(
                            TrackingDecision.Untracked.class,
                            untracked -> assertThat(untracked.reason()).isEqualTo("quota-exceeded"));
        }
    }

    @Test
    void the_log_says_that_its_time_is_over() {
        var logger = (Logger) LoggerFactory.getLogger(DeliveryLoop.class);
        var lines = new ListAppender<ILoggingEvent>();
        lines.start();
        var level = logger.getLevel();
        logger.setLevel(Level.INFO);
        logger.addAppender(lines);
        try (Journal log = TestSpool.log(directory)) {
            Spool spool = open(log);
            TestSpool.accept(spool, TestSpool.envelope("shop@example.org", "ann@a.example"), MAIL);
            now = START.plus(Duration.ofDays(5));
            attempt(spool, spool.take(Duration.ZERO, any -> true).orElseThrow(), Optional.empty());
        } finally {
            logger.detachAppender(lines);
            logger.setLevel(level);
        }
        assertThat(lines.list)
                .singleElement()
                .extracting(ILoggingEvent::getFormattedMessage)
                .asString()
                .startsWith("failed message=msg_")
                .endsWith("status=4.4.7 reply=its time is over; the last reply was: 451 4.7.1 <*@a.example>: later");
    }

    @Test
    void time_that_it_was_held_does_not_count() {
        try (Journal log = TestSpool.log(directory)) {
            Spool spool = open(log);
            MessageId id = TestSpool.accept(spool, TestSpool.envelope("s@x.example", "ann@x.example"), MAIL);
            Due due = spool.reserve(id, 0).orElseThrow().due();
            spool.update(
                    due,
                    3,
                    Duration.ofDays(30),
                    new RecipientState.Deferred(Said.NOTHING, START, /* tellSender= */ false));
            now = START.plus(Duration.ofDays(34));
            assertThat(attempt(spool, spool.take(Duration.ZERO, any -> true).orElseThrow(), Optional.empty()))
                    .isInstanceOf(RecipientState.Deferred.class);
            now = START.plus(Duration.ofDays(35));
            assertThat(attempt(spool, spool.take(Duration.ZERO, any -> true).orElseThrow(), Optional.empty()))
                    .isInstanceOf(RecipientState.Failed.class);
        }
    }

    @Test
    void its_sender_is_to_be_told_of_a_delay_when_it_has_taken_so_long_and_wants_to_know() {
        var quiet = new Envelope.Recipient("quiet@x.example", java.util.Set.of(Envelope.Notify.FAILURE), "");
        try (Journal log = TestSpool.log(directory)) {
            Spool spool = open(log);
            TestSpool.accept(
                    spool,
                    TestSpool.envelope("s@x.example", List.of(Envelope.Recipient.of("ann@x.example"), quiet)),
                    MAIL);
            var delay = Optional.of(Duration.ofHours(4));
            for (int i = 0; i < 2; i++) {
                attempt(spool, spool.take(Duration.ZERO, any -> true).orElseThrow(), delay);
            }
            assertThat(spool.owing()).isEmpty();
            now = START.plus(Duration.ofHours(4));
            for (int i = 0; i < 2; i++) {
                attempt(spool, spool.take(Duration.ZERO, any -> true).orElseThrow(), delay);
            }
            assertThat(spool.owing()).hasSize(1);
            assertThat(spool.owing().getFirst().standings().stream()
                            .filter(standing -> standing.owes(org.signalpost.relay.spool.Told.Kind.DELAYED)))
                    .singleElement()
                    .satisfies(
                            standing -> assertThat(standing.due().recipient()).isEqualTo("ann@x.example"));
        }
    }

    private static void until(BooleanSupplier condition) {
        long limit = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(limit);
            LockSupport.parkNanos(2_000_000);
        }
    }

    @Test
    void after_a_start_only_what_is_due_goes_through_as_few_connections_as_before() {
        int mails = 100;
        int each = 100;
        try (Journal log = Journal.open(directory.resolve("log"), 16 << 20)) {
            queue(open(log), mails, each);
        }
        now = START.plusSeconds(95);
        var under = new AtomicInteger();
        var most = new AtomicInteger();
        var tried = new AtomicInteger();
        Courier courier = any -> {
            most.accumulateAndGet(under.incrementAndGet(), Math::max);
            tried.incrementAndGet();
            LockSupport.parkNanos(100_000);
            under.decrementAndGet();
            return TAKEN;
        };
        try (Journal log = Journal.open(directory.resolve("log"), 16 << 20)) {
            Spool spool = open(log);
            assertThat(spool.open()).isEqualTo(mails * each);
            var routes = new Routes(clock, new Routes.Limits(7, 7), directory.resolve("routes.paused"));
            var loop = new DeliveryLoop(spool, dispatch(courier), verdicts(Optional.empty()), routes);
            loop.start();
            until(() -> spool.open() == mails * each * 9 / 10);
            now = START.plusSeconds(195);
            until(() -> spool.open() == mails * each * 8 / 10);
            loop.end(Duration.ofSeconds(15));
            assertThat(tried).as("each once").hasValue(mails * each * 2 / 10);
            assertThat(most).hasValueLessThanOrEqualTo(7);
        }
    }

    /** Every recipient is put off by as many times 100 seconds as its place says, up to 1,000. */
    private static void queue(Spool spool, int mails, int each) {
        String[] recipients =
                IntStream.range(0, each).mapToObj(i -> "r" + i + "@x.example").toArray(String[]::new);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int mail = 0; mail < mails; mail++) {
                threads.execute(() -> {
                    MessageId id = TestSpool.accept(spool, TestSpool.envelope("s@x.example", recipients), MAIL);
                    for (Standing standing : spool.open(id).orElseThrow().standings()) {
                        Due due = standing.due();
                        spool.reserve(id, due.index());
                        Instant next = START.plusSeconds(90 + 100L * (due.index() % 10));
                        spool.update(due, new RecipientState.Deferred(Said.NOTHING, next, /* tellSender= */ false));
                    }
                });
            }
        }
    }
}
