package org.signalpost.relay.dkim;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;

/** How a signature is made: RFC 6376 section 3.3.1, and RFC 8463. The same key and octets give the same signature. */
enum DkimAlgorithm {
    /** PKCS #1 version 1.5 over the octets. */
    RSA("rsa-sha256", "SHA256withRSA") {
        @Override
        byte[] content(byte[] octets) {
            return octets;
        }
    },
    /** Over the hash of the octets. */
    ED25519("ed25519-sha256", "Ed25519") {
        @Override
        byte[] content(byte[] octets) {
            return sha256().digest(octets);
        }
    };

    private final String tag;
    private final String name;

    DkimAlgorithm(String tag, String name) {
        this.tag = tag;
        this.name = name;
    }

    /** The value of a=. */
    String tag() {
        return tag;
    }

    /** What is handed to the signature for these octets. */
    abstract byte[] content(byte[] octets);

    byte[] sign(PrivateKey key, byte[] octets) throws GeneralSecurityException {
        var signature = Signature.getInstance(name);
        signature.initSign(key);
        signature.update(content(octets));
        return signature.sign();
    }

    boolean verifies(PublicKey key, byte[] octets, byte[] signed) throws GeneralSecurityException {
        var signature = Signature.getInstance(name);
        signature.initVerify(key);
        signature.update(content(octets));
        return signature.verify(signed);
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
