package org.signalpost.http;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.signalpost.journal.JournalException;
import org.signalpost.track.MailQueue;
import org.signalpost.track.MessageId;

/** A queue by hand: mails with one recipient in some state, and a list of what was asked. For one caller at a time. */
final class TestQueue implements MailQueue {
    static final Instant ACCEPTED = Instant.parse("2026-01-31T12:00:00.123456Z");

    final Map<MessageId, Mail> mails = new TreeMap<>();
    final List<String> asked = new ArrayList<>();
    Optional<JournalException.Cause> failure = Optional.empty();
    volatile boolean takesMail = true;
    Released released = new Released.Unknown();

    static MessageId id(int number) {
        return new MessageId((long) number << 20, number);
    }

    void add(int number, String recipient, String state) {
        var one = new Recipient(
                recipient, state, "mx:25", 2, Optional.of(ACCEPTED.plusSeconds(60)), ACCEPTED, "4.7.1", "451 later");
        mails.put(id(number), new Mail(id(number), ACCEPTED, "key_1", "", "Süß", "normal", 7, List.of(one)));
    }

    private void asked(String what) {
        asked.add(what);
        failure.ifPresent(why -> {
            throw new JournalException(why, "as the test wants it");
        });
    }

    private static boolean matches(Filter filter, Mail mail) {
        return filter.state().isEmpty() || mail.recipients().getFirst().state().equals(filter.state());
    }

    @Override
    public boolean takesMail() {
        return takesMail;
    }

    @Override
    public List<Mail> list(Filter filter, Optional<MessageId> behind, int limit) {
        asked("list " + filter.from() + " " + filter.to() + " " + filter.route() + " " + filter.acceptedBefore());
        return mails.values().stream()
                .filter(mail ->
                        behind.map(last -> mail.id().compareTo(last) > 0).orElse(true))
                .filter(mail -> matches(filter, mail))
                .limit(limit)
                .toList();
    }

    @Override
    public Optional<Mail> find(MessageId id) {
        return Optional.ofNullable(mails.get(id));
    }

    @Override
    public Optional<Tracking> tracking(MessageId id) {
        return switch (find(id).orElseThrow().recipients().getFirst().state()) {
            case "deferred" -> Optional.of(new Tracking(/* tracked= */ true, ""));
            case "held" -> Optional.of(new Tracking(/* tracked= */ false, "no-html"));
            default -> Optional.empty();
        };
    }

    @Override
    public Optional<byte[]> original(MessageId id, String who) {
        asked("original " + who);
        return find(id).map(mail -> "Subject: x\r\n\r\ny".getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public Summary summary() {
        return new Summary(
                Map.of("new", 3),
                List.of(new RouteFigures(
                        "mx:25", 3, 1, 40, Optional.of(ACCEPTED), Optional.empty(), /* paused= */ true, "421 no")));
    }

    @Override
    public Result act(Act act, MessageId id, Set<String> recipients, String who) {
        asked(act + " " + recipients + " " + who);
        List<Recipient> all = find(id).orElseThrow().recipients();
        List<String> meant = all.stream()
                .filter(one -> !one.state().equals("failed"))
                .map(Recipient::address)
                .filter(address -> recipients.isEmpty() || recipients.contains(address))
                .toList();
        boolean busy = all.getFirst().state().equals("under-way");
        return busy ? new Result(List.of(), meant) : new Result(meant, List.of());
    }

    @Override
    public Bulk actOnAll(Act act, Filter filter, int expected, String who) {
        asked(act + " all " + filter.state());
        int found = list(filter, Optional.empty(), 1_000).size();
        return found == expected ? new Bulk.Done(found, found, 0) : new Bulk.Differs(found);
    }

    @Override
    public Released release(String captured, String who) {
        asked("release " + captured);
        return released;
    }

    @Override
    public boolean pause(String route, boolean stop, String who) {
        asked((stop ? "pause " : "resume ") + route);
        return !route.equals("broken");
    }
}
