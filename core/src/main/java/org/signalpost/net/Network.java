package org.signalpost.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * A range of addresses such as {@code 10.0.0.0/8} or {@code ::1/128}. Immutable and safe to share.
 *
 * @param base its first address
 * @param bits how many leading bits an address has in common with it
 */
public record Network(InetAddress base, int bits) {
    /** Refuses a length that the address does not have. */
    public Network {
        if (bits < 0 || bits > base.getAddress().length * 8) {
            throw unreadable();
        }
    }

    /** Reads the written form; a single address is a network of one. */
    public static Network parse(String text) {
        int slash = text.indexOf('/');
        InetAddress base = AddressLiteral.parse(slash < 0 ? text : text.substring(0, slash))
                .orElseThrow(Network::unreadable);
        if (slash < 0) {
            return new Network(base, base.getAddress().length * 8);
        }
        if (!text.substring(slash + 1).matches("[0-9]{1,3}")) {
            throw unreadable();
        }
        return new Network(base, Integer.parseInt(text.substring(slash + 1)));
    }

    private static IllegalArgumentException unreadable() {
        return new IllegalArgumentException("a network is ADDRESS/BITS, such as 10.0.0.0/8 or ::1/128");
    }

    /** What counts as one client: an IPv4 address, or the /64 around an IPv6 address. */
    public static Network around(InetAddress address) {
        byte[] octets = address.getAddress();
        if (octets.length == 4) {
            return new Network(address, 32);
        }
        Arrays.fill(octets, 8, 16, (byte) 0);
        try {
            return new Network(InetAddress.getByAddress(octets), 64);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("16 octets are an address", e);
        }
    }

    /** Whether the address lies in it; an address of the other family never does. */
    public boolean contains(InetAddress address) {
        byte[] ours = base.getAddress();
        byte[] theirs = address.getAddress();
        if (ours.length != theirs.length) {
            return false;
        }
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> (bit & 7);
            if (((ours[bit >> 3] ^ theirs[bit >> 3]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return base.getHostAddress() + "/" + bits;
    }
}
