package org.signalpost.rewrite;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * The octets of one mail, header and body, as they came.
 *
 * <p>Immutable by agreement: whoever hands octets over, or looks at them, does not change them. Safe to share.
 */
public final class RawMessage {
    private final byte[] octets;

    private RawMessage(byte[] octets) {
        this.octets = octets;
    }

    /** Takes the octets over without copying them. */
    public static RawMessage of(byte[] octets) {
        return new RawMessage(octets);
    }

    /** The octets themselves, not a copy; not to be changed. */
    @SuppressWarnings("EI_EXPOSE_REP")
    public byte[] octets() {
        return octets;
    }

    /** Its length in octets. */
    public int size() {
        return octets.length;
    }

    /** Writes all octets. */
    public void writeTo(OutputStream out) throws IOException {
        out.write(octets);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RawMessage message && Arrays.equals(octets, message.octets);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(octets);
    }

    @Override
    public String toString() {
        return "RawMessage[" + octets.length + " octets]";
    }
}
