package org.signalpost.relay.delivery;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.signalpost.journal.DurableFile;
import org.signalpost.settings.ConfigurationException;

/** How each route fares, and which are paused by an operator; the latter survives a restart. Safe to share. */
public final class Routes {
    private static final int MANY = 1_000;
    private static final Duration TIDY = Duration.ofMinutes(5);
    private static final Duration FORGOTTEN = Duration.ofHours(2);

    private final InstantSource clock;
    private final Limits limits;
    private final Path file;
    private final Map<String, Route> routes = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final AtomicReference<Instant> tidied = new AtomicReference<>(Instant.EPOCH);
    private final Set<String> paused = ConcurrentHashMap.newKeySet();

    /** How many copies of one route go out at once, to begin with and at most. */
    public record Limits(int first, int most) {}

    /** Remembers in {@code file} what is paused. */
    public Routes(InstantSource clock, Limits limits, Path file) {
        this.clock = clock;
        this.limits = limits;
        this.file = file;
    }

    /**
     * Reads what was paused.
     *
     * @throws ConfigurationException when the file is there and can't be read
     */
    public void start() {
        try {
            if (Files.exists(file)) {
                Files.readAllLines(file).stream()
                        .filter(line -> !line.isBlank())
                        .forEach(name -> {
                            paused.add(name);
                            of(name).pause(/* stop= */ true);
                        });
            }
        } catch (IOException e) {
            throw new ConfigurationException(file + " can't be read: " + e.getMessage(), e);
        }
    }

    Route of(String name) {
        return routes.computeIfAbsent(name, this::made);
    }

    private Route made(String name) {
        var route = new Route(clock, limits.first(), limits.most());
        route.pause(paused.contains(name));
        return route;
    }

    /** A copy sets out on this route. */
    Route.Trip began(String name) {
        tidy();
        var trip = new AtomicReference<Optional<Route.Trip>>(Optional.empty());
        // In one step, so that it is not forgotten in between.
        routes.compute(name, (any, known) -> {
            Route route = known == null ? made(name) : known;
            trip.set(Optional.of(route.began()));
            return route;
        });
        return trip.get().orElseThrow();
    }

    /** With a route for each domain there would be one for every domain ever written to. */
    private void tidy() {
        Instant now = clock.instant();
        Instant last = tidied.get();
        if (routes.size() > MANY && last.plus(TIDY).isBefore(now) && tidied.compareAndSet(last, now)) {
            Instant since = now.minus(FORGOTTEN);
            routes.keySet()
                    .forEach(name ->
                            routes.computeIfPresent(name, (any, route) -> route.isForgettable(since) ? null : route));
        }
    }

    /** How every route fares that was used lately or is paused, by name. */
    public Map<String, Route.Figures> figures() {
        var figures = new TreeMap<String, Route.Figures>();
        routes.forEach((name, route) -> figures.put(name, route.figures()));
        return figures;
    }

    /** The names of those that are suspended and not paused. */
    Set<String> suspended() {
        return figures().entrySet().stream()
                .filter(route -> route.getValue().suspendedUntil().isPresent()
                        && !route.getValue().paused())
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    /** The last trouble of a route. */
    String lastError(String name) {
        return of(name).figures().lastError();
    }

    /** Has a suspended route tried at once. */
    public void tryNow(String name) {
        of(name).tryNow();
    }

    /**
     * Stops a route, or lets it go on; on disk when this returns.
     *
     * @throws IOException when that can't be kept; then it stays as it was
     */
    public void pause(String name, boolean stop) throws IOException {
        if (name.chars().anyMatch(Character::isISOControl)) {
            throw new IOException("no route has such a name");
        }
        lock.lock();
        try {
            var names = new TreeSet<>(paused);
            if (stop) {
                names.add(name);
            } else {
                names.remove(name);
            }
            DurableFile.write(file, (String.join("\n", names) + "\n").getBytes(StandardCharsets.UTF_8));
            if (stop) {
                paused.add(name);
            } else {
                paused.remove(name);
            }
            of(name).pause(stop);
        } finally {
            lock.unlock();
        }
    }
}
