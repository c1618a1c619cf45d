package org.signalpost.http.api;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.signalpost.event.Event;
import org.signalpost.http.Exchange;
import org.signalpost.http.Json;
import org.signalpost.http.Problem;
import org.signalpost.http.Reply;
import org.signalpost.store.AnswerStore;
import org.signalpost.store.Digests;
import org.signalpost.store.Unavailable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Calls with an {@code Idempotency-Key}: the same key and body give the same answer for a day, however often and in
 * whatever order they come. Safe to share.
 *
 * <p>The answer is kept with what it answers, in one record of the log or one transaction, so that neither is there
 * without the other. It is sealed with the caller's key: whoever reads the books does not read the answer.
 */
final class Idempotency {
    private static final Logger LOG = LoggerFactory.getLogger(Idempotency.class);
    private static final Duration KEPT = Duration.ofHours(24);
    private static final int MOST_RECENT = 10_000;

    private final String secret;
    private final AnswerStore store;
    private final InstantSource clock;
    private final SecureRandom random;
    private final Map<String, String> running = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();

    /** Answers that may not be in the books yet. */
    private final Map<String, Event.Answer> recent = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Event.Answer> eldest) {
            return size() > MOST_RECENT;
        }
    };

    /** The secret makes names that nobody can guess; the same for every start. */
    Idempotency(String secret, AnswerStore store, InstantSource clock, SecureRandom random) {
        this.secret = secret;
        this.store = store;
        this.clock = clock;
        this.random = random;
    }

    /** What makes something, once, and says what is answered. */
    interface Creation {
        ObjectNode make(Promise promise);
    }

    /** Takes down what will be answered, to be kept with what is made. */
    final class Promise {
        private final Optional<Call> call;

        private Promise(Optional<Call> call) {
            this.call = call;
        }

        /** What to keep; empty when the caller gave no key. */
        Optional<Event.Answer> answer(int status, ObjectNode body) {
            Optional<Event.Answer> answer = call.map(asked -> new Event.Answer(
                    asked.account(),
                    asked.name(),
                    asked.body(),
                    status,
                    Sealed.seal(asked.key(), Json.write(body), random),
                    clock.instant().truncatedTo(ChronoUnit.MILLIS)));
            answer.ifPresent(Idempotency.this::remember);
            return answer;
        }

        /**
         * Sixteen octets that are the same for the same call on the same day, and random without a key: a call that is
         * repeated before the books know of it makes nothing twice.
         */
        byte[] octets(String what) {
            var octets = new byte[16];
            if (call.isEmpty()) {
                random.nextBytes(octets);
                return octets;
            }
            Call asked = call.get();
            long day = clock.instant().getEpochSecond() / Duration.ofDays(1).toSeconds();
            byte[] hash = Digests.of(
                    String.join("\0", secret, asked.whole(), asked.key(), asked.body(), what, Long.toString(day)));
            System.arraycopy(hash, 0, octets, 0, octets.length);
            return octets;
        }
    }

    private record Call(long account, String name, String body, String key) {
        String whole() {
            return account + " " + name;
        }
    }

    /**
     * The answer to a call: made now, or given again.
     *
     * @param as how what was made is answered, the first time and every other
     */
    Reply once(Exchange exchange, Caller caller, byte[] body, Function<ObjectNode, Reply> as, Creation creation) {
        Optional<String> key = exchange.header("Idempotency-Key");
        if (key.isEmpty()) {
            return as.apply(creation.make(new Promise(Optional.empty())));
        }
        if (!key.get().matches("[\\x21-\\x7e]{1,255}")) {
            throw Problem.invalid("Idempotency-Key", "1 to 255 visible ASCII characters are wanted");
        }
        String name = Digests.hex(exchange.method() + " " + canonical(exchange.path()) + " " + key.get());
        var call =
                new Call(caller.account(), name, Digests.hex(new String(body, StandardCharsets.ISO_8859_1)), key.get());
        if (running.putIfAbsent(call.whole(), call.body()) != null) {
            throw Problem.of(409, "idempotency_in_progress", "A call with this Idempotency-Key is being answered.")
                    .with("Retry-After", "1");
        }
        try {
            Optional<Event.Answer> given = given(call);
            return given.isPresent()
                    ? as.apply(again(call, given.get())).with("Idempotency-Replayed", "true")
                    : as.apply(made(call, creation));
        } finally {
            running.remove(call.whole());
        }
    }

    private ObjectNode made(Call call, Creation creation) {
        try {
            return creation.make(new Promise(Optional.of(call)));
        } catch (RuntimeException e) {
            // What was refused may be asked again.
            forget(call);
            throw e;
        }
    }

    private static String canonical(String path) {
        if (path.startsWith("/mail/v1/")) {
            return "/api" + path.substring("/mail".length());
        }
        return path.startsWith("/v1/") ? "/api" + path : path;
    }

    private Optional<Event.Answer> given(Call call) {
        Instant oldest = clock.instant().minus(KEPT);
        Optional<Event.Answer> remembered;
        lock.lock();
        try {
            remembered = Optional.ofNullable(recent.get(call.whole()));
        } finally {
            lock.unlock();
        }
        try {
            return remembered
                    .or(() -> store.find(call.account(), call.name()))
                    .filter(answer -> answer.at().isAfter(oldest));
        } catch (Unavailable e) {
            LOG.debug("whether a call was answered before is not known while the database is away", e);
            return Optional.empty();
        }
    }

    private static ObjectNode again(Call call, Event.Answer answer) {
        if (!answer.body().equals(call.body())) {
            throw Problem.of(409, "idempotency_key_reused", "This Idempotency-Key was used with another body.");
        }
        return Json.read(Sealed.open(call.key(), answer.sealed()));
    }

    private void remember(Event.Answer answer) {
        lock.lock();
        try {
            recent.put(answer.account() + " " + answer.call(), answer);
        } finally {
            lock.unlock();
        }
    }

    private void forget(Call call) {
        lock.lock();
        try {
            recent.remove(call.whole());
        } finally {
            lock.unlock();
        }
    }
}
