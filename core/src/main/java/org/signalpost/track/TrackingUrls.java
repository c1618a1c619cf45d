package org.signalpost.track;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/**
 * The addresses under which pixels and links are answered, all below one base.
 *
 * <p>Immutable and safe to share.
 *
 * @param base {@code https://host[:port][/path]} without a slash at the end, at most 80 characters of
 *     {@code A-Za-z0-9.:/_-}; {@code http} is meant for a loopback host
 */
public record TrackingUrls(String base) {
    /** The longest base in characters. */
    public static final int LONGEST = 80;

    /** Refuses what can't stand in every mail; the message says what is wrong. A slash at the end is dropped. */
    public TrackingUrls {
        while (base.endsWith("/")) {
            base = base.substring(0, base.length() - 1);
        }
        if (base.length() > LONGEST) {
            throw new IllegalArgumentException("the tracking address is longer than " + LONGEST + " characters");
        }
        if (!base.matches("https?://[A-Za-z0-9_-][A-Za-z0-9._-]*(:[0-9]{1,5})?(/[A-Za-z0-9._-]+)*")) {
            throw new IllegalArgumentException(
                    "a tracking address is https://host[:port][/path] made of A-Z a-z 0-9 . : / _ -, not " + base);
        }
        try {
            if (new URI(base).getPort() > 65535) {
                throw new IllegalArgumentException("there is no such port: " + base);
            }
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("not an address: " + base, e);
        }
    }

    /** The address of a link token. */
    public String link(String token) {
        return base + "/c/" + token;
    }

    /** The bare pixel of a track, as an API user gets it. */
    public String pixel(TrackId track) {
        return base + "/api/t/" + track;
    }

    /** The pixel that is put into a relayed mail; the place tells the classifier of clipped mail. */
    public String pixel(TrackId track, char place) {
        return pixel(track) + "?p=" + place;
    }

    /** Host and port as they stand in the base, in lower case. */
    public String authority() {
        int from = base.indexOf("://") + 3;
        int to = base.indexOf('/', from);
        return base.substring(from, to < 0 ? base.length() : to).toLowerCase(Locale.ROOT);
    }

    /** Scheme, host and port of the base, in lower case (RFC 6454 section 6.2). */
    public String origin() {
        return base.substring(0, base.indexOf("://") + 3).toLowerCase(Locale.ROOT) + authority();
    }

    /** The host of the base, in lower case, without a port. */
    public String host() {
        String authority = authority();
        int colon = authority.indexOf(':');
        return colon < 0 ? authority : authority.substring(0, colon);
    }
}
