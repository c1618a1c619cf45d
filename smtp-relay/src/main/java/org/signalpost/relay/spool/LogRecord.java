package org.signalpost.relay.spool;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.signalpost.journal.Entry;
import org.signalpost.track.MessageId;

/** One record of the mail log; each begins with an octet that says how it is written. */
sealed interface LogRecord {
    /** The kinds as the log knows them; their numbers never change. 1 was a part of a large mail once. */
    int MESSAGE = 2;

    int STATE = 3;
    int SNAPSHOT = 4;

    int VERSION = 3;

    /** In version 2 a mail had no priority, and nothing was said of a quota. */
    int OLDEST = 2;

    /**
     * A mail is accepted, or copied forward with where its recipients stand; holds its octets, or names their file.
     *
     * @param priority what its header says
     * @param crc of the file that is called after the mail's id; empty when the octets are in the record
     * @param notice what it tells a sender, when it is a notice of ours: the same record settles what it tells of
     */
    record Message(
            boolean copied,
            Instant acceptedAt,
            Envelope envelope,
            String subject,
            Priority priority,
            long size,
            Optional<Long> crc,
            Optional<Told> notice,
            List<Place> places)
            implements LogRecord {
        public Message {
            places = List.copyOf(places);
        }

        /** The same with its octets in a file. */
        Message inFile(long fileCrc) {
            return new Message(
                    copied, acceptedAt, envelope, subject, priority, size, Optional.of(fileCrc), notice, places);
        }

        /** The same, copied forward. */
        Message with(Optional<Long> file, List<Place> now) {
            return new Message(/* copied= */ true, acceptedAt, envelope, subject, priority, size, file, notice, now);
        }

        /** The same with replies of at most so many characters, and nobody's name behind them when that is none. */
        Message shortened(int most) {
            return with(
                    crc,
                    places.stream()
                            .map(place -> place.saying(place.said().shortened(most)))
                            .toList());
        }
    }

    /** Where a recipient stands when its mail is written; empty phase: it is settled. */
    record Place(
            Optional<Standing.Phase> phase,
            int attempts,
            Instant next,
            Duration held,
            Instant since,
            Said said,
            boolean delayTold,
            boolean delayOwed,
            Share share) {
        static Place untried(Instant now) {
            return new Place(
                    Optional.of(Standing.Phase.WAITING),
                    0,
                    now,
                    Duration.ZERO,
                    now,
                    Said.NOTHING,
                    /* delayTold= */ false,
                    /* delayOwed= */ false,
                    Share.NOT_ASKED);
        }

        Place saying(Said word) {
            return new Place(phase, attempts, next, held, since, word, delayTold, delayOwed, share);
        }

        static Place settled(Instant at) {
            return new Place(
                    Optional.empty(),
                    0,
                    at,
                    Duration.ZERO,
                    at,
                    Said.NOTHING,
                    /* delayTold= */ false,
                    /* delayOwed= */ false,
                    Share.NOT_ASKED);
        }
    }

    /** What has become of one recipient. */
    record State(Instant at, int index, String recipient, int attempts, Duration held, RecipientState state)
            implements LogRecord {}

    /** Reads an entry; an {@link IllegalArgumentException} says why it can't be read. */
    static LogRecord read(Entry entry) {
        var in = new Fields.Reader(entry.payload());
        int version = in.octet();
        if (version < OLDEST || version > VERSION) {
            throw new IllegalArgumentException("written by another version: " + version);
        }
        return switch (entry.kind()) {
            case MESSAGE, SNAPSHOT -> message(in, version, entry.kind() == SNAPSHOT);
            case STATE ->
                new State(
                        in.instant(),
                        in.count(),
                        in.text(),
                        in.count(),
                        Duration.ofMillis(in.number()),
                        state(in, version));
            default -> throw new IllegalArgumentException("unknown kind: " + entry.kind());
        };
    }

    private static Message message(Fields.Reader in, int version, boolean copied) {
        Instant acceptedAt = in.instant();
        String sender = in.text();
        var origin = new Envelope.Origin(in.text(), in.text(), in.text(), in.text());
        var wishes = new Envelope.Wishes(in.octet() == 1, Envelope.Return.valueOf(in.text()), in.text());
        String subject = in.text();
        Priority priority = version == OLDEST ? Priority.NORMAL : Priority.valueOf(in.text());
        long size = in.number();
        Optional<Long> crc = in.octet() == 1 ? Optional.of(in.number()) : Optional.empty();
        Optional<Told> notice = in.octet() == 1 ? Optional.of(notice(in)) : Optional.empty();
        int count = in.count();
        var recipients = new ArrayList<Envelope.Recipient>();
        var places = new ArrayList<Place>();
        for (int i = 0; i < count; i++) {
            recipients.add(new Envelope.Recipient(in.text(), notices(in.text()), in.text()));
            places.add(place(in, version));
        }
        var envelope = new Envelope(sender, recipients, origin, wishes);
        return new Message(copied, acceptedAt, envelope, subject, priority, size, crc, notice, places);
    }

    private static Told notice(Fields.Reader in) {
        var of = new MessageId(in.number(), in.number());
        Told.Kind kind = Told.Kind.valueOf(in.text());
        var recipients = new ArrayList<Integer>();
        for (int left = in.count(); left > 0; left--) {
            recipients.add(in.count());
        }
        return new Told(of, kind, recipients);
    }

    private static Place place(Fields.Reader in, int version) {
        String phase = in.text();
        return new Place(
                phase.isEmpty() ? Optional.empty() : Optional.of(Standing.Phase.valueOf(phase)),
                in.count(),
                in.instant(),
                Duration.ofMillis(in.number()),
                in.instant(),
                said(in),
                in.octet() == 1,
                in.octet() == 1,
                share(in, version));
    }

    private static Share share(Fields.Reader in, int version) {
        return version == OLDEST ? Share.NOT_ASKED : Share.valueOf(in.text());
    }

    private static Set<Envelope.Notify> notices(String words) {
        return words.isEmpty()
                ? Set.of()
                : Arrays.stream(words.split(",")).map(Envelope.Notify::valueOf).collect(Collectors.toSet());
    }

    private static Said said(Fields.Reader in) {
        return new Said(in.text(), in.text(), in.text());
    }

    private static RecipientState state(Fields.Reader in, int version) {
        int tag = in.octet();
        Said said = said(in);
        return switch (tag) {
            case 1 -> new RecipientState.Delivered(in.decision(), said, in.octet() == 1);
            case 2 -> new RecipientState.Captured(in.decision(), said);
            case 3 -> new RecipientState.Failed(in.decision(), said, in.octet() == 1);
            case 4 -> new RecipientState.Deferred(said, in.instant(), in.octet() == 1, share(in, version));
            case 5 -> new RecipientState.Quarantined(said);
            case 6 -> new RecipientState.Held(said);
            case 7 -> new RecipientState.Dropped(said);
            default -> throw new IllegalArgumentException("no state: " + tag);
        };
    }

    /** The octets that a message record holds of its mail; none when they are in a file. */
    static byte[] body(Entry entry) {
        var in = new Fields.Reader(entry.payload());
        message(in, in.octet(), /* copied= */ false);
        return in.octets();
    }

    static byte[] write(Message message, byte[] octets) {
        Envelope envelope = message.envelope();
        var out = new Fields.Writer(octets.length + 1_024)
                .octet(VERSION)
                .instant(message.acceptedAt())
                .text(envelope.sender())
                .text(envelope.origin().client())
                .text(envelope.origin().helo())
                .text(envelope.origin().protocol())
                .text(envelope.origin().key())
                .flag(envelope.wishes().utf8())
                .text(envelope.wishes().giveBack().name())
                .text(envelope.wishes().id())
                .text(message.subject())
                .text(message.priority().name())
                .number(message.size())
                .flag(message.crc().isPresent());
        message.crc().ifPresent(out::number);
        out.flag(message.notice().isPresent());
        message.notice().ifPresent(notice -> write(out, notice));
        out.number(envelope.recipients().size());
        for (int i = 0; i < message.places().size(); i++) {
            write(out, envelope.recipients().get(i), message.places().get(i));
        }
        return out.octets(octets).toOctets();
    }

    private static void write(Fields.Writer out, Told notice) {
        out.number(notice.of().high())
                .number(notice.of().low())
                .text(notice.kind().name())
                .number(notice.recipients().size());
        notice.recipients().forEach(out::number);
    }

    private static void write(Fields.Writer out, Envelope.Recipient recipient, Place place) {
        String notices = recipient.notices().stream().map(Enum::name).sorted().collect(Collectors.joining(","));
        out.text(recipient.address())
                .text(notices)
                .text(recipient.original())
                .text(place.phase().map(Enum::name).orElse(""))
                .number(place.attempts())
                .instant(place.next())
                .number(place.held().toMillis())
                .instant(place.since())
                .said(place.said())
                .flag(place.delayTold())
                .flag(place.delayOwed())
                .text(place.share().name());
    }

    static byte[] write(State state) {
        var out = new Fields.Writer(512)
                .octet(VERSION)
                .instant(state.at())
                .number(state.index())
                .text(state.recipient())
                .number(state.attempts())
                .number(state.held().toMillis());
        Said said = state.state().said();
        return switch (state.state()) {
            case RecipientState.Delivered it ->
                out.octet(1)
                        .said(said)
                        .decision(it.decision())
                        .flag(it.tellSender())
                        .toOctets();
            case RecipientState.Captured it ->
                out.octet(2).said(said).decision(it.decision()).toOctets();
            case RecipientState.Failed it ->
                out.octet(3)
                        .said(said)
                        .decision(it.decision())
                        .flag(it.tellSender())
                        .toOctets();
            case RecipientState.Deferred it ->
                out.octet(4)
                        .said(said)
                        .instant(it.next())
                        .flag(it.tellSender())
                        .text(it.share().name())
                        .toOctets();
            case RecipientState.Quarantined it -> out.octet(5).said(said).toOctets();
            case RecipientState.Held it -> out.octet(6).said(said).toOctets();
            case RecipientState.Dropped it -> out.octet(7).said(said).toOctets();
        };
    }
}
