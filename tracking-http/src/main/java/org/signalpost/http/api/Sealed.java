package org.signalpost.http.api;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.signalpost.store.Digests;

/** Octets that only whoever has the key can read: AES-128 in GCM, with a key made of the SHA-256 of a text. */
final class Sealed {
    private static final int NONCE = 12;
    private static final int TAG_BITS = 128;

    private Sealed() {}

    /** The octets, sealed, in base64. */
    static String seal(String key, byte[] octets, SecureRandom random) {
        var nonce = new byte[NONCE];
        random.nextBytes(nonce);
        byte[] sealed = crypt(Cipher.ENCRYPT_MODE, key, nonce, octets);
        byte[] whole = Arrays.copyOf(nonce, NONCE + sealed.length);
        System.arraycopy(sealed, 0, whole, NONCE, sealed.length);
        return Base64.getEncoder().encodeToString(whole);
    }

    /** The octets that were sealed with this key. */
    static byte[] open(String key, String sealed) {
        byte[] whole = Base64.getDecoder().decode(sealed);
        return crypt(
                Cipher.DECRYPT_MODE, key, Arrays.copyOf(whole, NONCE), Arrays.copyOfRange(whole, NONCE, whole.length));
    }

    private static byte[] crypt(int mode, String key, byte[] nonce, byte[] octets) {
        try {
            var cipher = Cipher.getInstance("AES/GCM/NoPadding");
            var secret = new SecretKeySpec(Arrays.copyOf(Digests.of("signalpost-answer-v1\0" + key), 16), "AES");
            cipher.init(mode, secret, new GCMParameterSpec(TAG_BITS, nonce));
            return cipher.doFinal(octets);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a kept answer can't be read", e);
        }
    }
}
