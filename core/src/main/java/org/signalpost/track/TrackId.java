package org.signalpost.track;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * The name of one track: 128 bits, written as {@code trk_} and 22 digits base 62.
 *
 * <p>Immutable and safe to share. The digits are {@code 0-9A-Za-z}, big endian, padded with zeros.
 *
 * @param high the first eight octets, big endian
 * @param low the last eight octets
 */
public record TrackId(long high, long low) implements Comparable<TrackId> {
    /** What every track id in text form starts with. */
    public static final String PREFIX = "trk_";

    /** The length of the text form in characters, prefix included. */
    public static final int LENGTH = 26;

    /** The track id made of exactly 16 octets. */
    public static TrackId of(byte[] octets) {
        if (octets.length != 16) {
            throw new IllegalArgumentException("a track id has 16 octets, not " + octets.length);
        }
        var buffer = ByteBuffer.wrap(octets);
        return new TrackId(buffer.getLong(), buffer.getLong());
    }

    /**
     * The track of one recipient's copy of one mail; the same over restarts and retries.
     *
     * @param messageKey names the mail among all mails
     * @param recipient the envelope address; the case of its domain does not matter
     */
    public static TrackId derive(SigningKeys keys, String messageKey, String recipient) {
        int at = recipient.lastIndexOf('@') + 1;
        String address = recipient.substring(0, at) + recipient.substring(at).toLowerCase(Locale.ROOT);
        byte[] mac = keys.idMac("signalpost-track-v1", (messageKey + "\0" + address).getBytes(StandardCharsets.UTF_8));
        return of(Arrays.copyOf(mac, 16));
    }

    /** Reads the text form; empty when it is not exactly one, so that nobody has to check again. */
    public static Optional<TrackId> parse(String text) {
        if (text.length() != LENGTH || !text.startsWith(PREFIX)) {
            return Optional.empty();
        }
        var octets = new byte[16];
        return Base62.read(text, PREFIX.length(), octets) ? Optional.of(of(octets)) : Optional.empty();
    }

    /** The 16 octets, big endian; a fresh array. */
    public byte[] octets() {
        return ByteBuffer.allocate(16).putLong(high).putLong(low).array();
    }

    @Override
    public int compareTo(TrackId other) {
        int first = Long.compareUnsigned(high, other.high);
        return first != 0 ? first : Long.compareUnsigned(low, other.low);
    }

    /** The text form, {@code trk_} and 22 digits. */
    @Override
    public String toString() {
        return PREFIX + Base62.write(octets(), 22);
    }
}
