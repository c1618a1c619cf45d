package org.signalpost.track;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The key ring: what link tokens are signed with, and what track ids are derived from.
 *
 * <p>One key is active and signs; all others go on verifying. Immutable and safe to share. Its text form is what the
 * file {@code signing.keys} holds: lines {@code id 32-octets-in-hex}, {@code active id} and {@code track-ids hex}.
 */
public final class SigningKeys {
    /** The length of every key in octets. */
    public static final int KEY_LENGTH = 32;

    private static final String ALGORITHM = "HmacSHA256";

    private final int active;
    private final Map<Integer, byte[]> keys;
    private final byte[] idKey;

    /** The keys, ready to be copied: to look for the algorithm takes longer than to use it. Never used themselves. */
    private final Map<Integer, Mac> ready = new TreeMap<>();

    private SigningKeys(int active, Map<Integer, byte[]> keys, byte[] idKey) {
        this.active = active;
        this.keys = keys;
        this.idKey = idKey;
        keys.forEach((id, key) -> ready.put(id, initialised(key)));
    }

    /** A ring with one key, under this id (0 to 255), and the key for track ids; each 32 octets. */
    public static SigningKeys of(int id, byte[] key, byte[] idKey) {
        var keys = new TreeMap<Integer, byte[]>();
        keys.put(id, key.clone());
        return new SigningKeys(id, keys, idKey.clone());
    }

    /** A fresh ring. */
    public static SigningKeys generate(SecureRandom random) {
        return of(1, fresh(random), fresh(random));
    }

    private static byte[] fresh(SecureRandom random) {
        var key = new byte[KEY_LENGTH];
        random.nextBytes(key);
        return key;
    }

    /**
     * The same ring with one more key, which is the active one from now on.
     *
     * @throws IllegalStateException when all 256 ids are taken
     */
    public SigningKeys rotated(SecureRandom random) {
        for (int id = 0; id < 256; id++) {
            if (!keys.containsKey(id)) {
                var more = new TreeMap<>(keys);
                more.put(id, fresh(random));
                return new SigningKeys(id, more, idKey);
            }
        }
        throw new IllegalStateException("all 256 key ids are taken");
    }

    /**
     * Reads the text form.
     *
     * @throws IllegalArgumentException with the number of the line that is wrong
     */
    public static SigningKeys parse(String text) {
        var keys = new TreeMap<Integer, byte[]>();
        int active = -1;
        byte[] idKey = new byte[0];
        int number = 0;
        for (String line : text.split("\r?\n", -1)) {
            number++;
            String[] words = line.strip().split("\\s+", -1);
            if (line.isBlank() || line.strip().startsWith("#")) {
                continue;
            }
            try {
                if (words.length != 2) {
                    throw new IllegalArgumentException("two words are wanted");
                } else if (words[0].equals("active")) {
                    active = Integer.parseInt(words[1]);
                } else if (words[0].equals("track-ids")) {
                    idKey = key(words[1]);
                } else {
                    int id = Integer.parseInt(words[0]);
                    if (id < 0 || id > 255) {
                        throw new IllegalArgumentException("a key id is 0 to 255");
                    }
                    keys.put(id, key(words[1]));
                }
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("line " + number + " is no signing key: " + e.getMessage(), e);
            }
        }
        if (!keys.containsKey(active) || idKey.length == 0) {
            throw new IllegalArgumentException("the active key or the key for track ids is missing");
        }
        return new SigningKeys(active, keys, idKey);
    }

    private static byte[] key(String hex) {
        byte[] key = HexFormat.of().parseHex(hex);
        if (key.length != KEY_LENGTH) {
            throw new IllegalArgumentException("a key has " + KEY_LENGTH + " octets");
        }
        return key;
    }

    /** The text form; holds the secrets. */
    public String text() {
        var text = new StringBuilder(
                "# Signalpost's signing keys. Keep them secret, and keep them: old links need them.\n");
        keys.forEach((id, key) -> text.append(id)
                .append(' ')
                .append(HexFormat.of().formatHex(key))
                .append('\n'));
        text.append("active ").append(active).append('\n');
        return text.append("track-ids ")
                .append(HexFormat.of().formatHex(idKey))
                .append('\n')
                .toString();
    }

    /** The id of the key that signs. */
    public int active() {
        return active;
    }

    /** The HMAC-SHA256 of purpose, NUL and content under the key of this id; empty when there is no such key. */
    public Optional<byte[]> mac(int id, String purpose, byte[] content) {
        return Optional.ofNullable(ready.get(id))
                .flatMap(SigningKeys::copy)
                .or(() -> Optional.ofNullable(keys.get(id)).map(SigningKeys::initialised))
                .map(mac -> mac(mac, purpose, content));
    }

    /** The HMAC-SHA256 of purpose, NUL and content under the key that track ids are derived from. */
    public byte[] idMac(String purpose, byte[] content) {
        return mac(initialised(idKey), purpose, content);
    }

    /** The active key for one purpose, ready to be used many times; by one thread. */
    public Signer signer(String purpose) {
        byte[] key =
                Optional.ofNullable(keys.get(active)).orElseThrow(() -> new IllegalStateException("no active key"));
        return new Signer(active, initialised(key), purpose);
    }

    /** Signs with one key for one purpose. Made once for many contents; one thread. */
    public static final class Signer {
        private final int id;
        private final Mac mac;
        private final byte[] purpose;

        private Signer(int id, Mac mac, String purpose) {
            this.id = id;
            this.mac = mac;
            this.purpose = purpose.getBytes(StandardCharsets.US_ASCII);
        }

        /** The id of the key. */
        int id() {
            return id;
        }

        /** The HMAC-SHA256 of purpose, NUL and content. */
        byte[] mac(byte[] content) {
            mac.update(purpose);
            mac.update((byte) 0);
            return mac.doFinal(content);
        }
    }

    private static byte[] mac(Mac mac, String purpose, byte[] content) {
        mac.update(purpose.getBytes(StandardCharsets.US_ASCII));
        mac.update((byte) 0);
        return mac.doFinal(content);
    }

    private static Optional<Mac> copy(Mac mac) {
        try {
            return Optional.of((Mac) mac.clone());
        } catch (CloneNotSupportedException e) {
            // A provider need not be able to.
            return Optional.empty();
        }
    }

    private static Mac initialised(byte[] key) {
        try {
            var mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HMAC-SHA256", e);
        }
    }

    @Override
    public String toString() {
        return "SigningKeys[active=" + active + ", " + keys.size() + " keys]";
    }
}
