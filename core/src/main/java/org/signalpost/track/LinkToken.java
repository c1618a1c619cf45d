package org.signalpost.track;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;

/**
 * What a tracked link carries, signed: whose link it is, which one, and where it leads.
 *
 * <p>Immutable and safe to share. Payload: version and kind (1 octet), key id (1), track (16), number (LEB128), prefix
 * (1), the rest of the destination in UTF-8; then the first 16 octets of an HMAC-SHA256 over all of it; both in
 * base64url without padding. A token ends in a letter, so that no URL made of it ends in a hyphen.
 *
 * @param kind who made it
 * @param track the track it belongs to
 * @param number its position among the links of the mail, from 0
 * @param destination the address it leads to: http or https with a host, at most 1,024 octets of UTF-8
 */
public record LinkToken(Kind kind, TrackId track, int number, String destination) {
    /** The longest destination in octets. */
    public static final int LONGEST_DESTINATION = 1_024;

    private static final int VERSION = 1;
    private static final String[] PREFIXES = {"", "https://", "http://", "https://www.", "http://www."};
    private static final String PURPOSE = "signalpost-token-v1";
    private static final int MAC_LENGTH = 22;
    private static final int SHORTEST = 50;

    /** Who made a token; the number of the constant stands in it. */
    public enum Kind {
        /** Put into a mail by the relay or the mailet. */
        RELAY(0),
        /** Made by an API user on purpose. */
        API(1),
        /** Leads to the one-click unsubscribe. */
        UNSUBSCRIBE(2);

        private final int digit;

        Kind(int digit) {
            this.digit = digit;
        }

        private static Optional<Kind> of(int digit) {
            return Arrays.stream(values()).filter(kind -> kind.digit == digit).findFirst();
        }
    }

    /** What signs tokens with the active key; for one thread. */
    public static SigningKeys.Signer signer(SigningKeys keys) {
        return keys.signer(PURPOSE);
    }

    /** The text of the token, signed with the active key. */
    public String sign(SigningKeys keys) {
        return sign(signer(keys));
    }

    /** The text of the token; {@code signer} is one of {@link #signer}. */
    public String sign(SigningKeys.Signer signer) {
        byte[] payload = payload(signer.id());
        return text(payload, signer.mac(payload));
    }

    private Optional<String> text(SigningKeys keys, int keyId) {
        byte[] payload = payload(keyId);
        return keys.mac(keyId, PURPOSE, payload).map(mac -> text(payload, mac));
    }

    private static String text(byte[] payload, byte[] mac) {
        Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
        return base64.encodeToString(payload) + base64.encodeToString(Arrays.copyOf(mac, 16));
    }

    private byte[] payload(int keyId) {
        int prefix = 0;
        for (int i = 1; i < PREFIXES.length; i++) {
            // Something has to be left behind the prefix: a token has a shortest length.
            boolean fits = destination.startsWith(PREFIXES[i]) && destination.length() > PREFIXES[i].length();
            if (fits && PREFIXES[i].length() > PREFIXES[prefix].length()) {
                prefix = i;
            }
        }
        byte[] rest = destination.substring(PREFIXES[prefix].length()).getBytes(StandardCharsets.UTF_8);
        var payload = ByteBuffer.allocate(1 + 1 + 16 + 5 + 1 + rest.length);
        payload.put((byte) (VERSION << 4 | kind.digit)).put((byte) keyId).put(track.octets());
        int left = number;
        while (left >>> 7 != 0) {
            payload.put((byte) ((left & 0x7f) | 0x80));
            left >>>= 7;
        }
        payload.put((byte) left).put((byte) prefix).put(rest);
        return Arrays.copyOf(payload.array(), payload.position());
    }

    /** Reads a token and checks its signature; empty for anything that we did not sign exactly so. */
    public static Optional<LinkToken> verify(String token, SigningKeys keys) {
        if (token.length() < SHORTEST || !isInAlphabet(token)) {
            return Optional.empty();
        }
        byte[] payload;
        try {
            payload = Base64.getUrlDecoder().decode(token.substring(0, token.length() - MAC_LENGTH));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        int keyId = payload.length > 1 ? payload[1] & 0xff : -1;
        // The whole text is made anew and compared, so that no second spelling of a token is one.
        return parse(payload)
                .filter(read -> read.text(keys, keyId)
                        .filter(text -> MessageDigest.isEqual(
                                text.getBytes(StandardCharsets.US_ASCII), token.getBytes(StandardCharsets.US_ASCII)))
                        .isPresent())
                .filter(read -> followable(read.destination));
    }

    private static boolean isInAlphabet(String token) {
        for (int i = 0; i < token.length(); i++) {
            if (!inAlphabet(token.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean inAlphabet(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    }

    private static Optional<LinkToken> parse(byte[] payload) {
        if (payload.length < 20 || (payload[0] & 0xff) >> 4 != VERSION) {
            return Optional.empty();
        }
        Optional<Kind> kind = Kind.of(payload[0] & 0x0f);
        if (kind.isEmpty()) {
            return Optional.empty();
        }
        int at = 18;
        long number = 0;
        int shift = 0;
        while (at < payload.length && (payload[at] & 0x80) != 0 && shift < 28) {
            number |= (long) (payload[at++] & 0x7f) << shift;
            shift += 7;
        }
        if (at + 1 >= payload.length) {
            return Optional.empty();
        }
        number |= (long) (payload[at++] & 0x7f) << shift;
        int prefix = payload[at++];
        if (number > Integer.MAX_VALUE || prefix < 0 || prefix >= PREFIXES.length) {
            return Optional.empty();
        }
        try {
            String rest = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(payload, at, payload.length - at))
                    .toString();
            return Optional.of(new LinkToken(
                    kind.get(), TrackId.of(Arrays.copyOfRange(payload, 2, 18)), (int) number, PREFIXES[prefix] + rest));
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    /** Whether an address may be redirected to: http or https, a host, no user name, no control characters. */
    public static boolean followable(String destination) {
        String lower =
                destination.substring(0, Math.min(8, destination.length())).toLowerCase(Locale.ROOT);
        int host = lower.startsWith("https://") ? 8 : lower.startsWith("http://") ? 7 : -1;
        if (host < 0 || hasControls(destination)) {
            return false;
        }
        int end = host;
        while (end < destination.length() && "/?#\\".indexOf(destination.charAt(end)) < 0) {
            end++;
        }
        String authority = destination.substring(host, end);
        boolean backslash = end < destination.length() && destination.charAt(end) == '\\';
        return !authority.isEmpty()
                && !authority.startsWith(":")
                && authority.indexOf('@') < 0
                && authority.indexOf(' ') < 0
                && !backslash;
    }

    private static boolean hasControls(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c == 0x7f || c == 0xfffd) {
                return true;
            }
        }
        return false;
    }

    /**
     * The text of a Location field that leads there: octets up to 0x20, 0x7F, quotes, angle brackets and all from 0x80
     * on are percent-encoded, every other octet stays as it is.
     */
    public static String location(String destination) {
        var text = new StringBuilder(destination.length() + 16);
        for (byte octet : destination.getBytes(StandardCharsets.UTF_8)) {
            int c = octet & 0xff;
            if (c <= ' ' || c >= 0x7f || c == '"' || c == '<' || c == '>') {
                text.append('%')
                        .append(Character.toUpperCase(Character.forDigit(c >> 4, 16)))
                        .append(Character.toUpperCase(Character.forDigit(c & 15, 16)));
            } else {
                text.append((char) c);
            }
        }
        return text.toString();
    }
}
