package org.signalpost.relay.spool;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.signalpost.track.NewTrack;
import org.signalpost.track.TrackId;
import org.signalpost.track.TrackingDecision;

/** The fields records are made of: numbers big endian, text as length and UTF-8. */
final class Fields {
    private Fields() {}

    /** Puts fields together. */
    static final class Writer {
        private final ByteArrayOutputStream out;

        Writer(int expected) {
            this.out = new ByteArrayOutputStream(expected);
        }

        Writer octet(int value) {
            out.write(value);
            return this;
        }

        Writer number(long value) {
            out.writeBytes(ByteBuffer.allocate(8).putLong(value).array());
            return this;
        }

        Writer flag(boolean value) {
            return octet(value ? 1 : 0);
        }

        Writer said(Said said) {
            return text(said.reply()).text(said.status()).text(said.peer());
        }

        Writer instant(Instant value) {
            return number(value.toEpochMilli());
        }

        Writer text(String value) {
            return octets(value.getBytes(StandardCharsets.UTF_8));
        }

        /** Octets with their length. */
        Writer octets(byte[] value) {
            out.writeBytes(ByteBuffer.allocate(4).putInt(value.length).array());
            out.writeBytes(value);
            return this;
        }

        Writer decision(TrackingDecision decision) {
            return switch (decision) {
                case TrackingDecision.Tracked tracked -> {
                    NewTrack track = tracked.track();
                    yield octet(1).number(track.id().high())
                            .number(track.id().low())
                            .text(track.recipient())
                            .text(track.subject())
                            .text(track.campaign())
                            .text(track.message())
                            .text(track.metadata())
                            .instant(track.createdAt())
                            .text(tracked.explanation());
                }
                case TrackingDecision.Untracked untracked ->
                    octet(0).text(untracked.reason()).text(untracked.explanation());
            };
        }

        byte[] toOctets() {
            return out.toByteArray();
        }
    }

    /** Takes fields apart; every method throws {@link IllegalArgumentException} when the record is too short. */
    static final class Reader {
        private final ByteBuffer in;

        Reader(byte[] octets) {
            this.in = ByteBuffer.wrap(octets);
        }

        int octet() {
            return Byte.toUnsignedInt(octets(1)[0]);
        }

        long number() {
            return ByteBuffer.wrap(octets(8)).getLong();
        }

        int count() {
            long value = number();
            if (value < 0 || value > Integer.MAX_VALUE) {
                throw new IllegalArgumentException("not a count: " + value);
            }
            return (int) value;
        }

        Instant instant() {
            return Instant.ofEpochMilli(number());
        }

        String text() {
            return new String(octets(), StandardCharsets.UTF_8);
        }

        byte[] octets() {
            return octets(ByteBuffer.wrap(octets(4)).getInt());
        }

        private byte[] octets(int length) {
            if (length < 0 || length > in.remaining()) {
                throw new IllegalArgumentException("the record ends too early");
            }
            var value = new byte[length];
            try {
                in.get(value);
            } catch (BufferUnderflowException e) {
                throw new IllegalArgumentException("the record ends too early", e);
            }
            return value;
        }

        TrackingDecision decision() {
            int tag = octet();
            if (tag == 0) {
                return new TrackingDecision.Untracked(text(), text());
            }
            if (tag != 1) {
                throw new IllegalArgumentException("no decision: " + tag);
            }
            var id = new TrackId(number(), number());
            var track = new NewTrack(id, text(), text(), text(), text(), text(), instant());
            return new TrackingDecision.Tracked(track, text());
        }
    }
}
