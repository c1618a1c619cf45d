package org.signalpost.track;

import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The key ring: what link tokens are signed with, and what track ids are derived from.
 *
 * <p>One key is active and signs; all others go on verifying. Immutable and safe to share. Its text form is what the
 * file {@code signing.keys} holds.
 */
public final class SigningKeys {
    /** The length of every key in octets. */
    public static final int KEY_LENGTH = 32;

    private final int active;
    private final Map<Integer, byte[]> keys;
    private final byte[] idKey;

    private SigningKeys(int active, Map<Integer, byte[]> keys, byte[] idKey) {
        this.active = active;
        this.keys = keys;
        this.idKey = idKey;
    }

    /** A ring with one key, under this id (0 to 255), and the key for track ids; each 32 octets. */
    public static SigningKeys of(int id, byte[] key, byte[] idKey) {
        var keys = new TreeMap<Integer, byte[]>();
        keys.put(id, key.clone());
        return new SigningKeys(id, keys, idKey.clone());
    }

    /** A fresh ring. */
    public static SigningKeys generate(SecureRandom random) {
        var key = new byte[KEY_LENGTH];
        var idKey = new byte[KEY_LENGTH];
        random.nextBytes(key);
        random.nextBytes(idKey);
        return of(1, key, idKey);
    }

    /** The id of the key that signs. */
    public int active() {
        return active;
    }

    /** The key of this id, 32 octets, or empty when there is none (any more). A copy. */
    public Optional<byte[]> key(int id) {
        return Optional.ofNullable(keys.get(id)).map(byte[]::clone);
    }

    /** The key that track ids are derived from. A copy. */
    public byte[] idKey() {
        return idKey.clone();
    }

    @Override
    public String toString() {
        return "SigningKeys[active=" + active + ", " + keys.size() + " keys]";
    }
}
