package org.signalpost.relay.spool;

import java.util.regex.Pattern;

/**
 * The last word about a recipient: a next hop's reply, or our own. Immutable and safe to share.
 *
 * @param reply at most 512 printable characters
 * @param status the enhanced status code (RFC 3463), {@code 5.1.1}
 * @param peer the name of the next hop that said it; empty when it is our own word
 */
public record Said(String reply, String status, String peer) {
    private static final Pattern ADDRESS = Pattern.compile("[^\\s<>(),;:]+@");

    /** Nothing was said yet. */
    public static final Said NOTHING = new Said("", "", "");

    /** What is said, without the names of people: peers like to repeat the address that they refuse. */
    public String logged() {
        return ADDRESS.matcher(reply).replaceAll("*@");
    }

    Said shortened(int most) {
        String start = reply.substring(0, Math.min(reply.length(), most));
        return new Said(start, status, most == 0 ? "" : peer);
    }

    /** Our own word. */
    public static Said ours(String status, String reply) {
        return new Said(reply, status, "");
    }
}
