package org.signalpost.relay.dkim;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A private key in PEM, as openssl writes it; an {@link IllegalArgumentException} says why one can't be used. */
final class PrivateKeyFile {
    private static final int SHORTEST = 2_048;
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]*PRIVATE KEY)-----(.*?)-----END \\1-----", Pattern.DOTALL);

    /** INTEGER 0 and SEQUENCE {rsaEncryption, NULL}: what PKCS #8 puts before a key of PKCS #1. */
    private static final byte[] RSA_HEAD = HexFormat.of().parseHex("020100300d06092a864886f70d0101010500");

    private PrivateKeyFile() {}

    /** The key, with the public one that belongs to it. */
    static KeyPair read(Path file) {
        try {
            Matcher block = BLOCK.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
            if (!block.find()) {
                throw new IllegalArgumentException(file + " has no BEGIN PRIVATE KEY");
            }
            return pair(file, privateKey(file, block.group(1), block.group(2)));
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException("there is no " + file, e);
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException(file + " can't be read: " + e.getMessage(), e);
        }
    }

    private static PrivateKey privateKey(Path file, String kind, String text) throws GeneralSecurityException {
        boolean encrypted = kind.startsWith("ENCRYPTED") || text.contains("ENCRYPTED");
        boolean pkcs1 = kind.equals("RSA PRIVATE KEY");
        if (encrypted || !(pkcs1 || kind.equals("PRIVATE KEY"))) {
            throw new IllegalArgumentException(file + " is " + (encrypted ? "encrypted" : "BEGIN " + kind)
                    + "; an RSA or Ed25519 key is wanted as openssl pkey -in " + file.getFileName()
                    + " -out plain.pem writes it");
        }
        byte[] der = octets(file, text);
        var spec = new PKCS8EncodedKeySpec(pkcs1 ? tagged(0x30, RSA_HEAD, tagged(0x04, der)) : der);
        try {
            return KeyFactory.getInstance("RSA").generatePrivate(spec);
        } catch (InvalidKeySpecException notRsa) {
            try {
                return KeyFactory.getInstance("Ed25519").generatePrivate(spec);
            } catch (InvalidKeySpecException e) {
                throw new IllegalArgumentException(file + " is neither an RSA nor an Ed25519 key", e);
            }
        }
    }

    private static byte[] octets(Path file, String base64) {
        try {
            return Base64.getDecoder().decode(base64.replaceAll("\\s", ""));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + " is damaged: " + e.getMessage(), e);
        }
    }

    /** DER; the length in the form of two octets, which keys of this size need. */
    private static byte[] tagged(int tag, byte[]... contents) {
        int length = Stream.of(contents).mapToInt(content -> content.length).sum();
        if (length < 0x100 || length > 0xffff) {
            throw new IllegalArgumentException("an RSA key of at least " + SHORTEST + " bits is wanted");
        }
        ByteBuffer octets = ByteBuffer.allocate(4 + length);
        octets.put((byte) tag).put((byte) 0x82).putShort((short) length);
        Stream.of(contents).forEach(octets::put);
        return octets.array();
    }

    private static KeyPair pair(Path file, PrivateKey key) throws GeneralSecurityException {
        if (key instanceof RSAPrivateCrtKey rsa) {
            if (rsa.getModulus().bitLength() < SHORTEST) {
                throw new IllegalArgumentException(file + " has "
                        + rsa.getModulus().bitLength() + " bits; RSA of at least " + SHORTEST + " bits is wanted");
            }
            var spec = new RSAPublicKeySpec(rsa.getModulus(), rsa.getPublicExponent());
            return proved(
                    file, new KeyPair(KeyFactory.getInstance("RSA").generatePublic(spec), rsa), DkimAlgorithm.RSA);
        }
        if (key instanceof EdECPrivateKey ed25519) {
            byte[] seed = ed25519.getBytes().orElse(new byte[0]);
            var generator = KeyPairGenerator.getInstance("Ed25519");
            generator.initialize(NamedParameterSpec.ED25519, new Seed(seed));
            var pair = new KeyPair(generator.generateKeyPair().getPublic(), ed25519);
            return proved(file, pair, DkimAlgorithm.ED25519);
        }
        throw new IllegalArgumentException(file + " holds a key without its public part");
    }

    private static KeyPair proved(Path file, KeyPair pair, DkimAlgorithm algorithm) throws GeneralSecurityException {
        var probe = new byte[32];
        if (!algorithm.verifies(pair.getPublic(), probe, algorithm.sign(pair.getPrivate(), probe))) {
            throw new IllegalArgumentException(file + " makes signatures that don't verify");
        }
        return pair;
    }

    /** The JDK derives an Ed25519 public key only when it makes a pair: so its chance is the key we have. */
    private static final class Seed extends SecureRandom {
        private static final long serialVersionUID = 1L;
        private final byte[] seed;

        private Seed(byte[] seed) {
            this.seed = seed;
        }

        @Override
        public void nextBytes(byte[] bytes) {
            System.arraycopy(seed, 0, bytes, 0, Math.min(seed.length, bytes.length));
        }
    }
}
