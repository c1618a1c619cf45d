package org.signalpost.relay.dkim;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/** One key of each kind for example.org, and what its DNS would say. */
final class TestKeys {
    static final DkimKey RSA = new DkimKey("example.org", "r1", DkimAlgorithm.RSA, pair("RSA"));
    static final DkimKey ED25519 = new DkimKey("example.org", "e1", DkimAlgorithm.ED25519, pair("Ed25519"));
    static final DkimSigner SIGNER = new DkimSigner(DkimKeys.of(List.of(RSA)));

    private TestKeys() {}

    static KeyPair pair(String algorithm) {
        try {
            var generator = KeyPairGenerator.getInstance(algorithm);
            if (algorithm.equals("RSA")) {
                generator.initialize(2_048);
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** Where a receiver looks for the public key. */
    static String name(DkimKey key) {
        return key.selector() + "._domainkey." + key.domain();
    }

    /** What it finds there: RFC 6376 section 3.6.1, RFC 8463 section 4. */
    static String record(DkimKey key) {
        byte[] encoded = key.pair().getPublic().getEncoded();
        return switch (key.algorithm()) {
            case RSA -> "v=DKIM1; k=rsa; p=" + Base64.getEncoder().encodeToString(encoded);
            case ED25519 ->
                "v=DKIM1; k=ed25519; p="
                        + Base64.getEncoder()
                                .encodeToString(Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length));
        };
    }
}
