package org.signalpost.relay.delivery;

import java.util.OptionalLong;

/**
 * What a next hop said it can, when it greeted. Immutable and safe to share.
 *
 * @param eightBit whether it offers 8BITMIME (RFC 6152)
 * @param utf8 whether it offers SMTPUTF8 (RFC 6531)
 * @param limit the largest mail it takes, in octets (RFC 1870); empty when it does not say
 */
public record Peer(boolean eightBit, boolean utf8, OptionalLong limit) {
    /** One that takes everything. */
    public static final Peer UNLIMITED = new Peer(/* eightBit= */ true, /* utf8= */ true, OptionalLong.empty());
}
