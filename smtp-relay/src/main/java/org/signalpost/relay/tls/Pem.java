package org.signalpost.relay.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.signalpost.settings.ConfigurationException;

/** A file of certificates or keys in text form (RFC 7468). What is wrong with it is one line that names the file. */
final class Pem {
    private static final int LARGEST = 1 << 20;
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);

    private final Path file;
    private final List<MatchResult> blocks;

    private Pem(Path file, List<MatchResult> blocks) {
        this.file = file;
        this.blocks = blocks;
    }

    /** Reads the file; blocks. */
    static Pem read(Path file) {
        try {
            if (Files.size(file) > LARGEST) {
                throw new ConfigurationException(file + " is too large for a PEM file");
            }
            // Any octets are text in this charset; what is no PEM has no blocks.
            String text = Files.readString(file, StandardCharsets.ISO_8859_1);
            return new Pem(file, BLOCK.matcher(text).results().toList());
        } catch (NoSuchFileException e) {
            throw new ConfigurationException("there is no " + file, e);
        } catch (AccessDeniedException e) {
            throw new ConfigurationException("permission denied for " + file, e);
        } catch (IOException e) {
            throw new ConfigurationException(file + " can't be read: " + e.getMessage(), e);
        }
    }

    /** All certificates in it, in their order; at least one. */
    List<X509Certificate> certificates() {
        var certificates = new ArrayList<X509Certificate>();
        for (MatchResult block : blocks) {
            if (block.group(1).equals("CERTIFICATE")) {
                certificates.add(certificate(block));
            }
        }
        if (certificates.isEmpty()) {
            throw new ConfigurationException(file + " has no certificate in it; a PEM file is wanted");
        }
        return certificates;
    }

    private X509Certificate certificate(MatchResult block) {
        try {
            var octets = new ByteArrayInputStream(content(block));
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(octets);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new ConfigurationException(file + " has a certificate that can't be read", e);
        }
    }

    /** The private key in it, which is to be of this algorithm. */
    PrivateKey key(String algorithm) {
        for (MatchResult block : blocks) {
            String kind = block.group(1);
            if (kind.equals("PRIVATE KEY")) {
                try {
                    return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(content(block)));
                } catch (GeneralSecurityException | IllegalArgumentException e) {
                    throw new ConfigurationException(
                            file + " has no private key that fits the certificate, which is for " + algorithm, e);
                }
            }
            if (kind.endsWith("PRIVATE KEY")) {
                throw new ConfigurationException(file + " has its key in the form " + kind
                        + "; convert it with: openssl pkey -in " + file + " -out NEW-FILE");
            }
        }
        throw new ConfigurationException(file + " has no private key in it; a PEM file is wanted");
    }

    private static byte[] content(MatchResult block) {
        return Base64.getMimeDecoder().decode(block.group(2));
    }
}
