package org.signalpost.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigDecimal;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.signalpost.journal.Entry;
import org.signalpost.journal.EntryId;
import org.signalpost.track.NewTrack;
import org.signalpost.track.TrackId;

/**
 * How an event stands in the log: the kind and the track are the entry's, the payload is a version octet, the time in
 * milliseconds, and then texts and numbers in order; a text is its length in octets and UTF-8.
 */
public final class EventRecord {
    private static final byte VERSION = 2;
    private static final long FIRST_ACCOUNT = 1;
    private static final int OPENED = 1;
    private static final int CLICKED = 2;
    private static final int MADE = 3;
    private static final int UNSUBSCRIBED = 4;
    private static final int CHANGED = 5;
    private static final int DELETED = 6;
    private static final int LINK_MADE = 7;
    private static final int ANSWERED = 8;
    private static final int PURCHASED = 9;

    /** An entry that is not one of ours, or is damaged. */
    public static final class Unreadable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Unreadable(String reason, Throwable cause) {
            super(reason, cause);
        }

        Unreadable(String reason) {
            super(reason);
        }
    }

    private EventRecord() {}

    /** The kind of its entry. */
    public static int kind(Event event) {
        return switch (event) {
            case Event.Opened opened -> OPENED;
            case Event.Clicked clicked -> CLICKED;
            case Event.Made made -> MADE;
            case Event.Unsubscribed unsubscribed -> UNSUBSCRIBED;
            case Event.Changed changed -> CHANGED;
            case Event.Deleted deleted -> DELETED;
            case Event.LinkMade link -> LINK_MADE;
            case Event.Answered answered -> ANSWERED;
            case Event.Purchased purchased -> PURCHASED;
        };
    }

    /** The id of its entry. */
    public static EntryId id(Event event) {
        return new EntryId(event.track().high(), event.track().low());
    }

    /** The payload of its entry. */
    public static byte[] write(Event event) {
        return switch (event) {
            case Event.Opened(var track, var at, var visitor, var place) ->
                payload(at, 0, visitor.address(), visitor.agent(), place);
            case Event.Clicked(var track, var at, var visitor, var link, var url) ->
                payload(at, link, visitor.address(), visitor.agent(), url);
            case Event.Unsubscribed(var track, var at) -> payload(at, 0);
            case Event.Made(NewTrack made, long account, Optional<Event.Answer> answer) ->
                payload(
                        made.createdAt(),
                        0,
                        texts(
                                List.of(
                                        made.recipient(),
                                        made.subject(),
                                        made.campaign(),
                                        made.message(),
                                        made.metadata(),
                                        Long.toString(account)),
                                answer));
            case Event.Changed(var track, var at, var subject, var campaign, var metadata) -> {
                var texts = new ArrayList<String>();
                for (Optional<String> text : List.of(subject, campaign, metadata)) {
                    texts.add(text.isPresent() ? "1" : "");
                    texts.add(text.orElse(""));
                }
                yield payload(at, 0, texts.toArray(new String[0]));
            }
            case Event.Deleted(var track, var at) -> payload(at, 0);
            case Event.LinkMade(var track, var at, var number, var url, var name, var answer) ->
                payload(at, number, texts(List.of(url, name), answer));
            case Event.Answered(var answer) -> payload(answer.at(), 0, texts(List.of(), Optional.of(answer)));
            case Event.Purchased(Purchase bought, Optional<Event.Answer> answer) ->
                payload(
                        bought.at(),
                        0,
                        texts(
                                List.of(
                                        Long.toString(bought.account()),
                                        bought.orderId(),
                                        bought.email(),
                                        bought.revenue().toPlainString(),
                                        bought.currency(),
                                        bought.items(),
                                        bought.message()),
                                answer));
        };
    }

    /** Reads an entry back. */
    public static Event read(Entry entry) {
        ByteBuffer payload = ByteBuffer.wrap(entry.payload());
        var track = new TrackId(entry.id().high(), entry.id().low());
        try {
            byte version = payload.get();
            if (version < 1 || version > VERSION) {
                throw new Unreadable("written by another version");
            }
            Instant at = Instant.ofEpochMilli(payload.getLong());
            int number = payload.getInt();
            return switch (entry.kind()) {
                case OPENED -> new Event.Opened(track, at, visitor(payload), text(payload));
                case CLICKED -> new Event.Clicked(track, at, visitor(payload), number, text(payload));
                case MADE -> {
                    var made = new NewTrack(
                            track, text(payload), text(payload), text(payload), text(payload), text(payload), at);
                    yield version == 1
                            ? new Event.Made(made, FIRST_ACCOUNT, Optional.empty())
                            : new Event.Made(made, Long.parseLong(text(payload)), answer(payload, at));
                }
                case CHANGED -> new Event.Changed(track, at, optional(payload), optional(payload), optional(payload));
                case DELETED -> new Event.Deleted(track, at);
                case LINK_MADE ->
                    new Event.LinkMade(track, at, number, text(payload), text(payload), answer(payload, at));
                case ANSWERED ->
                    new Event.Answered(
                            answer(payload, at).orElseThrow(() -> new Unreadable("an answer that says nothing")));
                case UNSUBSCRIBED -> new Event.Unsubscribed(track, at);
                case PURCHASED -> {
                    var bought = new Purchase(
                            Long.parseLong(text(payload)),
                            text(payload),
                            text(payload),
                            new BigDecimal(text(payload)),
                            text(payload),
                            text(payload),
                            text(payload),
                            at);
                    yield new Event.Purchased(bought, answer(payload, at));
                }
                default -> throw new Unreadable("of the unknown kind " + entry.kind());
            };
        } catch (NumberFormatException e) {
            throw new Unreadable("a number is none", e);
        } catch (BufferUnderflowException e) {
            throw new Unreadable("shorter than it says", e);
        }
    }

    private static String[] texts(List<String> first, Optional<Event.Answer> answer) {
        var texts = new ArrayList<>(first);
        answer.ifPresent(given -> texts.addAll(List.of(
                Long.toString(given.account()),
                given.call(),
                given.body(),
                Integer.toString(given.status()),
                given.sealed())));
        return texts.toArray(new String[0]);
    }

    private static Optional<Event.Answer> answer(ByteBuffer payload, Instant at) {
        return payload.hasRemaining()
                ? Optional.of(new Event.Answer(
                        Long.parseLong(text(payload)),
                        text(payload),
                        text(payload),
                        Integer.parseInt(text(payload)),
                        text(payload),
                        at))
                : Optional.empty();
    }

    private static Optional<String> optional(ByteBuffer payload) {
        boolean there = !text(payload).isEmpty();
        String text = text(payload);
        return there ? Optional.of(text) : Optional.empty();
    }

    private static byte[] payload(Instant at, int number, String... texts) {
        var octets = new byte[texts.length][];
        int size = 1 + Long.BYTES + Integer.BYTES;
        for (int i = 0; i < texts.length; i++) {
            octets[i] = texts[i].getBytes(UTF_8);
            size += Integer.BYTES + octets[i].length;
        }
        ByteBuffer payload = ByteBuffer.allocate(size)
                .put(VERSION)
                .putLong(at.toEpochMilli())
                .putInt(number);
        for (byte[] text : octets) {
            payload.putInt(text.length).put(text);
        }
        return payload.array();
    }

    private static Event.Visitor visitor(ByteBuffer payload) {
        return new Event.Visitor(text(payload), text(payload));
    }

    private static String text(ByteBuffer payload) {
        int length = payload.getInt();
        if (length < 0 || length > payload.remaining()) {
            throw new Unreadable("a text is longer than its entry");
        }
        var octets = new byte[length];
        payload.get(octets);
        return new String(octets, UTF_8);
    }
}
