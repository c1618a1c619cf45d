package org.signalpost.relay.queue;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.signalpost.journal.JournalException;
import org.signalpost.relay.delivery.Route;
import org.signalpost.relay.delivery.Routes;
import org.signalpost.relay.spool.OpenMail;
import org.signalpost.relay.spool.Said;
import org.signalpost.relay.spool.Spool;
import org.signalpost.relay.spool.Standing;
import org.signalpost.relay.spool.StoredHead;
import org.signalpost.relay.spool.StoredMail;
import org.signalpost.rewrite.Rewritten;
import org.signalpost.track.MailQueue;
import org.signalpost.track.MessageId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The queue of the running relay. Every act leaves a line in the log. Safe to share. */
public final class Queue implements MailQueue {
    private static final Logger LOG = LoggerFactory.getLogger(Queue.class);
    private static final int LOOKED_AT_ONCE = 1_000;
    private static final int AT_ONCE = 200;

    private final Spool spool;
    private final Routes routes;
    private final Acts acts;
    private final Release release;
    private final BiFunction<StoredMail, String, Rewritten> forecast;
    private final BooleanSupplier takesMail;

    /**
     * Sees this spool and these routes; {@code acts} and {@code release} do what is asked, {@code forecast} tells the
     * copy that a recipient will get, {@code takesMail} whether mail can be taken.
     */
    public Queue(
            Spool spool,
            Routes routes,
            Acts acts,
            Release release,
            BiFunction<StoredMail, String, Rewritten> forecast,
            BooleanSupplier takesMail) {
        this.spool = spool;
        this.routes = routes;
        this.acts = acts;
        this.release = release;
        this.forecast = forecast;
        this.takesMail = takesMail;
    }

    @Override
    public boolean takesMail() {
        return takesMail.getAsBoolean();
    }

    @Override
    public List<Mail> list(Filter filter, Optional<MessageId> behind, int limit) {
        var found = new ArrayList<Mail>();
        Optional<MessageId> at = behind;
        List<OpenMail> block = spool.openBehind(at, LOOKED_AT_ONCE);
        while (!block.isEmpty() && found.size() < limit) {
            for (OpenMail mail : block) {
                if (found.size() < limit && Matching.matches(filter, mail)) {
                    found.add(shown(mail));
                }
            }
            at = Optional.of(block.getLast().id());
            block = spool.openBehind(at, LOOKED_AT_ONCE);
        }
        return found;
    }

    @Override
    public Optional<Mail> find(MessageId id) {
        return spool.open(id).map(this::shown);
    }

    private Mail shown(OpenMail mail) {
        Optional<StoredHead> head = spool.head(mail.id());
        var recipients = new ArrayList<Recipient>();
        for (Standing standing : mail.standings()) {
            recipients.add(shown(mail, standing));
        }
        return new Mail(
                mail.id(),
                mail.acceptedAt(),
                head.map(it -> it.envelope().origin().key()).orElse(""),
                mail.sender(),
                head.map(StoredHead::subject).orElse(""),
                mail.priority().word(),
                mail.size(),
                recipients);
    }

    private Recipient shown(OpenMail mail, Standing standing) {
        Said said = said(standing);
        boolean waits = standing.phase() == Standing.Phase.WAITING;
        return new Recipient(
                standing.due().recipient(),
                Matching.state(mail, standing),
                standing.due().route(),
                standing.due().attempts(),
                waits ? Optional.of(standing.due().next()) : Optional.empty(),
                standing.since(),
                said.status(),
                said.reply());
    }

    /** A record that can't be read must not hide the rest. */
    private Said said(Standing standing) {
        try {
            return spool.said(standing);
        } catch (JournalException e) {
            return Said.NOTHING;
        }
    }

    @Override
    public Optional<Tracking> tracking(MessageId id) {
        try {
            StoredMail mail = spool.read(id);
            // One for all: copies differ in their tokens alone.
            String recipient = mail.envelope().recipients().getFirst().address();
            return Optional.of(
                    switch (forecast.apply(mail, recipient)) {
                        case Rewritten.Tracked tracked -> new Tracking(/* tracked= */ true, "");
                        case Rewritten.Untouched untouched ->
                            new Tracking(
                                    /* tracked= */ false, untouched.reason().code());
                    });
        } catch (JournalException e) {
            LOG.info("the tracking of {} is not known: {}", id, e.getMessage());
            return Optional.empty();
        }
    }

    @Override
    public Optional<byte[]> original(MessageId id, String who) {
        if (spool.open(id).isEmpty()) {
            return Optional.empty();
        }
        LOG.info("audit act=read who={} message={}", who, id);
        try {
            return Optional.of(spool.read(id).message().octets());
        } catch (JournalException e) {
            if (spool.open(id).isEmpty()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    @Override
    public Result act(Act act, MessageId id, Set<String> recipients, String who) {
        Set<String> wanted =
                recipients.stream().map(text -> text.toLowerCase(Locale.ROOT)).collect(Collectors.toSet());
        return spool.open(id)
                .map(mail -> act(
                        act,
                        mail,
                        standing -> wanted.isEmpty()
                                || wanted.contains(standing.due().recipient().toLowerCase(Locale.ROOT)),
                        who))
                .orElseGet(() -> new Result(List.of(), List.of()));
    }

    private Result act(Act act, OpenMail mail, Predicate<Standing> meant, String who) {
        if (act instanceof Act.Retry retry && retry.force()) {
            mail.standings().stream()
                    .filter(meant)
                    .forEach(standing -> routes.tryNow(standing.due().route()));
        }
        try {
            Result result = acts.act(act, mail, meant);
            LOG.info(
                    "audit act={} who={} message={} done={} under-way={}",
                    act.word(),
                    who,
                    mail.id(),
                    result.done().size(),
                    result.underWay().size());
            return result;
        } catch (JournalException e) {
            LOG.info("audit act={} who={} message={} failed={}", act.word(), who, mail.id(), e.getMessage());
            throw e;
        }
    }

    @Override
    public Bulk actOnAll(Act act, Filter filter, int expected, String who) {
        List<MessageId> mails = matching(filter);
        if (mails.size() != expected) {
            return new Bulk.Differs(mails.size());
        }
        var done = new AtomicInteger();
        var underWay = new AtomicInteger();
        var failure = new AtomicReference<Optional<JournalException>>(Optional.empty());
        var room = new Semaphore(AT_ONCE);
        // One after the other each would wait for a force of its own.
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (MessageId id : mails) {
                room.acquireUninterruptibly();
                threads.execute(() -> {
                    try {
                        Result result = act(act, id, filter, who);
                        done.addAndGet(result.done().size());
                        underWay.addAndGet(result.underWay().size());
                    } catch (JournalException e) {
                        failure.set(Optional.of(e));
                    } finally {
                        room.release();
                    }
                });
            }
        }
        failure.get().ifPresent(e -> {
            throw e;
        });
        return new Bulk.Done(mails.size(), done.get(), underWay.get());
    }

    private Result act(Act act, MessageId id, Filter filter, String who) {
        return spool.open(id)
                .map(mail -> act(act, mail, standing -> Matching.matches(filter, mail, standing), who))
                .orElseGet(() -> new Result(List.of(), List.of()));
    }

    private List<MessageId> matching(Filter filter) {
        var found = new ArrayList<MessageId>();
        forEach(mail -> {
            if (Matching.matches(filter, mail)) {
                found.add(mail.id());
            }
        });
        return found;
    }

    private void forEach(Consumer<OpenMail> action) {
        List<OpenMail> block = spool.openBehind(Optional.empty(), LOOKED_AT_ONCE);
        while (!block.isEmpty()) {
            block.forEach(action);
            block = spool.openBehind(Optional.of(block.getLast().id()), LOOKED_AT_ONCE);
        }
    }

    @Override
    public Released release(String captured, String who) {
        Released released = release.release(captured);
        LOG.info("audit act=release who={} captured={} result={}", who, captured, released);
        return released;
    }

    @Override
    public boolean pause(String route, boolean stop, String who) {
        try {
            routes.pause(route, stop);
            spool.wake();
            LOG.info("audit act={} who={} route={}", stop ? "pause" : "resume", who, route);
            return true;
        } catch (IOException e) {
            LOG.error("alarm=routes route={} could not be kept: {}", route, e.toString());
            return false;
        }
    }

    @Override
    public Summary summary() {
        var states = new HashMap<String, Integer>();
        var waiting = new TreeMap<String, List<Standing>>();
        forEach(mail -> {
            for (Standing standing : mail.standings()) {
                states.merge(Matching.state(mail, standing), 1, Integer::sum);
                if (standing.phase() == Standing.Phase.WAITING) {
                    waiting.computeIfAbsent(standing.due().route(), any -> new ArrayList<>())
                            .add(standing);
                }
            }
        });
        return new Summary(states, figures(waiting));
    }

    private List<RouteFigures> figures(Map<String, List<Standing>> waiting) {
        Map<String, Route.Figures> known = routes.figures();
        var names = new java.util.TreeSet<>(waiting.keySet());
        names.addAll(known.keySet());
        return names.stream()
                .map(name -> figures(
                        name,
                        waiting.getOrDefault(name, List.of()),
                        Optional.ofNullable(known.get(name)).orElse(Route.Figures.NONE)))
                .toList();
    }

    private static RouteFigures figures(String name, List<Standing> waiting, Route.Figures route) {
        return new RouteFigures(
                name,
                waiting.size(),
                route.underWay(),
                route.perMinute(),
                waiting.stream().map(standing -> standing.due().acceptedAt()).min(java.util.Comparator.naturalOrder()),
                // An operator wants it tried at once.
                route.suspendedUntil().filter(until -> !until.equals(Instant.MIN)),
                route.paused(),
                route.lastError());
    }
}
