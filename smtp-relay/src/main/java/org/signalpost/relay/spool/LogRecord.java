package org.signalpost.relay.spool;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.signalpost.journal.Entry;

/** One record of the mail log; each begins with an octet that says how it is written. */
sealed interface LogRecord {
    /** The kinds as the log knows them; their numbers never change. */
    int CHUNK = 1;

    int MESSAGE = 2;
    int STATE = 3;
    int SNAPSHOT = 4;

    /** How many octets of a mail one record holds. */
    int CHUNK_OCTETS = 900 << 10;

    int VERSION = 1;

    /** The beginning of a large mail; what commits it is a later {@link Message} that names the same set. */
    record Chunk(long set, int number) implements LogRecord {}

    /**
     * A mail is accepted, or copied forward; holds the end of its octets.
     *
     * @param set names the chunks before it
     * @param chunks how many there are
     * @param recipients in the order of the envelope; those of a new mail are untried
     */
    record Message(
            boolean copied,
            Instant acceptedAt,
            Envelope envelope,
            String subject,
            long size,
            long set,
            int chunks,
            List<Recipient> recipients)
            implements LogRecord {
        public Message {
            recipients = List.copyOf(recipients);
        }
    }

    /** Where a recipient stands when its mail is copied forward. */
    record Recipient(boolean open, int attempts, Instant next) {}

    /** What has become of one recipient. */
    record State(Instant at, int index, String recipient, int attempts, RecipientState state) implements LogRecord {}

    /** Reads an entry; an {@link IllegalArgumentException} says why it can't be read. */
    static LogRecord read(Entry entry) {
        var in = new Fields.Reader(entry.payload());
        int version = in.octet();
        if (version != VERSION) {
            throw new IllegalArgumentException("written by another version: " + version);
        }
        return switch (entry.kind()) {
            case CHUNK -> new Chunk(in.number(), in.count());
            case MESSAGE, SNAPSHOT -> message(in, entry.kind() == SNAPSHOT);
            case STATE -> new State(in.instant(), in.count(), in.text(), in.count(), state(in));
            default -> throw new IllegalArgumentException("unknown kind: " + entry.kind());
        };
    }

    private static Message message(Fields.Reader in, boolean copied) {
        Instant acceptedAt = in.instant();
        String sender = in.text();
        String client = in.text();
        String helo = in.text();
        String protocol = in.text();
        String subject = in.text();
        long size = in.number();
        long set = in.number();
        int chunks = in.count();
        int count = in.count();
        var addresses = new ArrayList<String>();
        var recipients = new ArrayList<Recipient>();
        for (int i = 0; i < count; i++) {
            addresses.add(in.text());
            recipients.add(new Recipient(in.octet() == 1, in.count(), in.instant()));
        }
        var envelope = new Envelope(sender, addresses, client, helo, protocol);
        return new Message(copied, acceptedAt, envelope, subject, size, set, chunks, recipients);
    }

    private static RecipientState state(Fields.Reader in) {
        int tag = in.octet();
        String reply = in.text();
        return switch (tag) {
            case 1 -> new RecipientState.Delivered(in.decision(), reply);
            case 3 -> new RecipientState.Failed(in.decision(), reply);
            case 4 -> new RecipientState.Deferred(reply, in.instant());
            case 5 -> new RecipientState.Quarantined(reply);
            default -> throw new IllegalArgumentException("no state: " + tag);
        };
    }

    /** The octets that a chunk or a message record holds of its mail. */
    static byte[] body(Entry entry) {
        var in = new Fields.Reader(entry.payload());
        in.octet();
        if (entry.kind() == CHUNK) {
            in.number();
            in.count();
        } else {
            message(in, /* copied= */ false);
        }
        return in.octets();
    }

    /** How many octets a message record has at most, without octets of the mail. */
    static int most(Envelope envelope) {
        int octets = 4_096 + 3 * (envelope.sender().length() + envelope.helo().length());
        for (String recipient : envelope.recipients()) {
            octets += 3 * recipient.length() + 32;
        }
        return octets;
    }

    static byte[] chunk(long set, int number, byte[] octets, int from, int to) {
        return new Fields.Writer()
                .octet(VERSION)
                .number(set)
                .number(number)
                .octets(octets, from, to)
                .toOctets();
    }

    static byte[] write(Message message, byte[] octets, int from) {
        Envelope envelope = message.envelope();
        var out = new Fields.Writer()
                .octet(VERSION)
                .instant(message.acceptedAt())
                .text(envelope.sender())
                .text(envelope.client())
                .text(envelope.helo())
                .text(envelope.protocol())
                .text(message.subject())
                .number(message.size())
                .number(message.set())
                .number(message.chunks())
                .number(envelope.recipients().size());
        for (int i = 0; i < message.recipients().size(); i++) {
            Recipient recipient = message.recipients().get(i);
            out.text(envelope.recipients().get(i))
                    .octet(recipient.open() ? 1 : 0)
                    .number(recipient.attempts())
                    .instant(recipient.next());
        }
        return out.octets(octets, from, -1).toOctets();
    }

    static byte[] write(State state) {
        var out = new Fields.Writer()
                .octet(VERSION)
                .instant(state.at())
                .number(state.index())
                .text(state.recipient())
                .number(state.attempts());
        String reply = state.state().reply();
        return switch (state.state()) {
            case RecipientState.Delivered delivered ->
                out.octet(1).text(reply).decision(delivered.decision()).toOctets();
            case RecipientState.Failed failed ->
                out.octet(3).text(reply).decision(failed.decision()).toOctets();
            case RecipientState.Deferred deferred ->
                out.octet(4).text(reply).instant(deferred.next()).toOctets();
            case RecipientState.Quarantined quarantined ->
                out.octet(5).text(reply).toOctets();
        };
    }
}
