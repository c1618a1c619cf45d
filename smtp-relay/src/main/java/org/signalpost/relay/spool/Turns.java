package org.signalpost.relay.spool;

import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.signalpost.track.MessageId;

/**
 * Whose turn is next, for each route: mails take turns, so that one with many recipients does not keep the others
 * waiting, and the urgent go first. For one thread at a time.
 */
final class Turns {
    private final int share;
    private final Map<String, RouteQueue> queues = new HashMap<>();
    private final Map<Place, Turn> turns = new HashMap<>();
    private long count;

    /** At most {@code share} recipients of one mail are under way at once on one route. */
    Turns(int share) {
        this.share = Math.max(share, 1);
    }

    /** One mail on one route. */
    private record Place(MessageId id, String route) {}

    private Turn turn(Due due) {
        return turns.computeIfAbsent(new Place(due.id(), due.route()), any -> new Turn(due.priority(), count++));
    }

    /** One more waits. */
    void add(Due due) {
        Turn turn = turn(due);
        turn.waiting.add(due);
        queue(due.route(), turn);
    }

    /** One does not wait any more; whether it did. */
    boolean remove(Due due) {
        var place = new Place(due.id(), due.route());
        Turn turn = turns.get(place);
        boolean waited = turn != null && turn.waiting.remove(due);
        if (turn != null && waited) {
            queue(due.route(), turn);
            forget(place, turn);
        }
        return waited;
    }

    /** Takes this one, waiting or not; {@link #ended} gives it back. */
    void reserve(Due due) {
        Turn turn = turn(due);
        turn.waiting.remove(due);
        turn.underWay++;
        queue(due.route(), turn);
    }

    /** Takes the one whose turn it is on a route that is open. */
    Optional<Due> take(Instant now, Predicate<String> open) {
        Optional<Choice> best = Optional.empty();
        for (Map.Entry<String, RouteQueue> queue : queues.entrySet()) {
            // Priorities are for those who share a route: an urgent mail is young, and its route would come last.
            Turn oldest = queue.getValue().oldest();
            boolean earlier =
                    best.isEmpty() || Turn.ORDER.compare(oldest, best.get().oldest()) < 0;
            if (earlier && !oldest.when.isAfter(now) && open.test(queue.getKey())) {
                best = Optional.of(new Choice(queue.getKey(), queue.getValue(), oldest));
            }
        }
        return best.flatMap(choice -> choice.queue().first(now).flatMap(turn -> taken(now, choice, turn)));
    }

    private record Choice(String route, RouteQueue queue, Turn oldest) {}

    private Optional<Due> taken(Instant now, Choice choice, Turn turn) {
        choice.queue().pass(now);
        Optional<Due> due = Optional.ofNullable(turn.waiting.poll());
        turn.underWay++;
        leave(choice.route(), turn);
        // Behind everybody who is due by now, also when an attempt for it has ended.
        turn.notBefore = now;
        turn.number = count++;
        queue(choice.route(), turn);
        return due;
    }

    /** An attempt has ended. */
    void ended(Due due) {
        var place = new Place(due.id(), due.route());
        Optional.ofNullable(turns.get(place)).ifPresent(turn -> {
            turn.underWay = Math.max(turn.underWay - 1, 0);
            queue(due.route(), turn);
            forget(place, turn);
        });
    }

    private void queue(String route, Turn turn) {
        if (turn.queued) {
            leave(route, turn);
        }
        Due first = turn.waiting.peek();
        if (first != null && turn.underWay < share) {
            turn.when = first.next().isBefore(turn.notBefore) ? turn.notBefore : first.next();
            turn.queued = true;
            queues.computeIfAbsent(route, any -> new RouteQueue()).add(turn);
        }
    }

    private void leave(String route, Turn turn) {
        turn.queued = false;
        RouteQueue queue = queues.get(route);
        if (queue != null) {
            queue.remove(turn);
            if (queue.isEmpty()) {
                queues.remove(route);
            }
        }
    }

    private void forget(Place place, Turn turn) {
        if (turn.waiting.isEmpty() && turn.underWay == 0) {
            turns.remove(place);
        }
    }

    /** When the next turn is, open or not. */
    Optional<Instant> next() {
        return queues.values().stream().map(queue -> queue.oldest().when).min(Comparator.naturalOrder());
    }
}
