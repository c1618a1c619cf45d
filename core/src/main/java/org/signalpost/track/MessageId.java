package org.signalpost.track;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;

/**
 * The name of one accepted mail: {@code msg_} and a ULID, so that names sort by the time of acceptance.
 *
 * <p>Immutable and safe to share. The ULID is 48 bits of milliseconds and 80 random bits in Crockford's base 32.
 *
 * @param high the first eight octets: the time and 16 random bits
 * @param low the last eight octets
 */
public record MessageId(long high, long low) implements Comparable<MessageId> {
    /** What every message id in text form starts with. */
    public static final String PREFIX = "msg_";

    private static final String DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    private static final int ULID_LENGTH = 26;

    /** A fresh name for a mail accepted now. */
    public static MessageId next(InstantSource clock, SecureRandom random) {
        return new MessageId(clock.millis() << 16 | random.nextInt(1 << 16), random.nextLong());
    }

    /** Reads the text form; empty when it is not exactly one. */
    public static Optional<MessageId> parse(String text) {
        if (text.length() != PREFIX.length() + ULID_LENGTH || !text.startsWith(PREFIX)) {
            return Optional.empty();
        }
        long high = 0;
        long low = 0;
        for (int i = PREFIX.length(); i < text.length(); i++) {
            int digit = DIGITS.indexOf(text.charAt(i));
            if (digit < 0 || high >>> 59 != 0) {
                return Optional.empty();
            }
            high = high << 5 | low >>> 59;
            low = low << 5 | digit;
        }
        return Optional.of(new MessageId(high, low));
    }

    /** The ULID without its prefix; what track ids of this mail are derived from. */
    public String ulid() {
        var text = new char[ULID_LENGTH];
        long upper = high;
        long lower = low;
        for (int i = ULID_LENGTH - 1; i >= 0; i--) {
            text[i] = DIGITS.charAt((int) (lower & 31));
            lower = lower >>> 5 | upper << 59;
            upper >>>= 5;
        }
        return new String(text);
    }

    @Override
    public int compareTo(MessageId other) {
        int first = Long.compareUnsigned(high, other.high);
        return first != 0 ? first : Long.compareUnsigned(low, other.low);
    }

    /** The text form, {@code msg_} and the ULID. */
    @Override
    public String toString() {
        return PREFIX + ulid();
    }
}
