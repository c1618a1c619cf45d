package org.signalpost.track;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The mail that waits, as an operator sees it and may act on it. Safe to call from any thread; acts are on disk when
 * they return.
 */
public interface MailQueue {
    /** Whether more mail is taken; not while the disk is short, or the log does not keep it. */
    boolean takesMail();

    /** The mails that match, the oldest first; at most {@code limit} of those behind {@code behind}. */
    List<Mail> list(Filter filter, Optional<MessageId> behind, int limit);

    /** One mail that is not settled. */
    Optional<Mail> find(MessageId id);

    /** How the copies of a mail that is not settled will be tracked; empty when it can't be read. Reads the disk. */
    Optional<Tracking> tracking(MessageId id);

    /** The original of a mail that is not settled, octet for octet; {@code who} asked is written to the log. */
    Optional<byte[]> original(MessageId id, String who);

    /** How many recipients wait in which state, and how the routes fare. */
    Summary summary();

    /**
     * Acts on the recipients of one mail that are not settled.
     *
     * @param recipients only these; empty for all
     * @param who asked, for the log
     */
    Result act(Act act, MessageId id, Set<String> recipients, String who);

    /**
     * Acts on every recipient that matches, when the mails with such recipients are as many as {@code expected}; else
     * nothing is done.
     */
    Bulk actOnAll(Act act, Filter filter, int expected, String who);

    /** Sends what was captured under this name as it is, to where mail goes now; once. */
    Released release(String captured, String who);

    /** Stops a route, or lets it go on; whether that could be kept. */
    boolean pause(String route, boolean stop, String who);

    /** What an operator may do. */
    sealed interface Act {
        /** Its word. */
        default String word() {
            return getClass().getSimpleName().toLowerCase(Locale.ROOT);
        }

        /** Try at once; {@code force} also when the route is suspended. */
        record Retry(boolean force) implements Act {}

        /** Keep back; meanwhile its time does not run. */
        record Hold() implements Act {}

        /** Let what is held go on. */
        record Release() implements Act {}

        /** Throw away, and tell nobody. */
        record Drop() implements Act {}

        /** Give up, and tell the sender so, in these words. */
        record Bounce(String text) implements Act {}
    }

    /** The words for where a recipient stands; failed and relayed are those of whom only a notice is owed. */
    Set<String> STATES = Set.of("new", "deferred", "under-way", "held", "quarantined", "failed", "relayed");

    /**
     * Which mails are meant; what is empty matches all. Addresses match by a part, without case.
     *
     * @param state one of {@link #STATES}
     * @param from a part of the sender's address; {@code <>} for the null sender
     */
    record Filter(String state, String route, String from, String to, Optional<Instant> acceptedBefore) {
        /** All of them. */
        public static final Filter ALL = new Filter("", "", "", "", Optional.empty());
    }

    /**
     * What came of an act.
     *
     * @param done the recipients it was done to, or for whom it was so already
     * @param underWay those of whom an attempt is under way: nothing was done
     */
    record Result(List<String> done, List<String> underWay) {
        /** Copies the lists. */
        public Result {
            done = List.copyOf(done);
            underWay = List.copyOf(underWay);
        }
    }

    /** What came of an act on all that match. */
    sealed interface Bulk {
        /** It was done to so many recipients of so many mails; not to those of whom an attempt was under way. */
        record Done(int mails, int recipients, int underWay) implements Bulk {}

        /** So many mails match, not as many as expected; nothing was done. */
        record Differs(int mails) implements Bulk {}
    }

    /** What came of releasing a captured copy. */
    sealed interface Released {
        /** It goes out as this mail. */
        record As(MessageId id) implements Released {}

        /** There is no such copy any more. */
        record Unknown() implements Released {}

        /** Mail is still captured: it would only come back. */
        record Nowhere() implements Released {}
    }

    /**
     * One mail.
     *
     * @param key the id of the key that its sender signed in with; empty when it did not
     * @param sender the envelope sender, empty for the null sender
     * @param priority whether it goes before others: urgent, normal or non-urgent
     * @param size octets
     */
    record Mail(
            MessageId id,
            Instant acceptedAt,
            String key,
            String sender,
            String subject,
            String priority,
            long size,
            List<Recipient> recipients) {
        /** Copies the list. */
        public Mail {
            recipients = List.copyOf(recipients);
        }
    }

    /**
     * How the copies of a mail will be tracked, unless the quota or the next hop is against it.
     *
     * @param reason the code word of why they will not; empty when they will
     */
    record Tracking(boolean tracked, String reason) {}

    /**
     * One recipient that is not settled.
     *
     * @param state one of {@link #STATES}
     * @param nextTry when it waits for that
     * @param since when it came to that state
     */
    record Recipient(
            String address,
            String state,
            String route,
            int attempts,
            Optional<Instant> nextTry,
            Instant since,
            String status,
            String reply) {}

    /** Figures. */
    record Summary(Map<String, Integer> states, List<RouteFigures> routes) {
        /** Copies both. */
        public Summary {
            states = Map.copyOf(states);
            routes = List.copyOf(routes);
        }
    }

    /**
     * How one route fares.
     *
     * @param perMinute how many copies its peer has taken or judged in the last minute, about
     * @param oldest since when the oldest recipient waits
     */
    record RouteFigures(
            String route,
            int waiting,
            int underWay,
            int perMinute,
            Optional<Instant> oldest,
            Optional<Instant> suspendedUntil,
            boolean paused,
            String lastError) {}
}
