package org.signalpost.relay.tls;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.signalpost.settings.ConfigurationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate and the key that we show to clients, from PEM files that are read again when they change.
 *
 * <p>Files that can't be used leave what was read before in place, with one line {@code alarm=certificate} in the log.
 * Safe to call from any thread; looks at the files at most once a second, and then blocks.
 */
public final class ServerCertificate {
    private static final Logger LOG = LoggerFactory.getLogger(ServerCertificate.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Path certificate;
    private final Path key;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private SSLContext context;
    private String seen;
    private Instant lookedAt;

    private ServerCertificate(Path certificate, Path key, InstantSource clock) {
        this.certificate = certificate;
        this.key = key;
        this.clock = clock;
        this.lookedAt = clock.instant();
        // Before the files are read: what changes meanwhile is seen as a change.
        this.seen = stamps();
        this.context = load();
    }

    /**
     * Reads the files.
     *
     * @param certificate the server's certificate, and behind it those that lead to an authority
     * @param key the private key, PKCS#8 without a password; may be the same file
     * @throws ConfigurationException one line that says what is wrong with which file
     */
    public static ServerCertificate open(Path certificate, Path key, InstantSource clock) {
        return new ServerCertificate(certificate, key, clock);
    }

    /** What new connections are to use. */
    public SSLContext context() {
        lock.lock();
        try {
            Instant now = clock.instant();
            if (Duration.between(lookedAt, now).abs().compareTo(PAUSE) >= 0) {
                lookedAt = now;
                look();
            }
            return context;
        } finally {
            lock.unlock();
        }
    }

    /**
     * The server's side of TLS 1.2 or 1.3 on top of a connection; closing it closes the connection. The handshake is
     * the caller's to begin.
     */
    public SSLSocket over(Socket connection) throws IOException {
        var socket = (SSLSocket) context()
                .getSocketFactory()
                .createSocket(
                        connection,
                        connection.getInetAddress().getHostAddress(),
                        connection.getPort(),
                        /* autoClose= */ true);
        socket.setUseClientMode(/* mode= */ false);
        Contexts.restrict(socket);
        return socket;
    }

    private void look() {
        String found = stamps();
        if (found.equals(seen)) {
            return;
        }
        seen = found;
        try {
            context = load();
            LOG.info("certificate read again from {}", certificate);
        } catch (ConfigurationException e) {
            LOG.error("alarm=certificate {}; what was read before stays in use", e.getMessage());
        }
    }

    private String stamps() {
        return stamp(certificate) + " " + stamp(key);
    }

    /** Another one for each content, as far as the file system tells. */
    private static String stamp(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return attributes.lastModifiedTime() + "/" + attributes.size() + "/" + attributes.fileKey();
        } catch (IOException e) {
            return e.toString();
        }
    }

    private SSLContext load() {
        List<X509Certificate> chain = Pem.read(certificate).certificates();
        X509Certificate own = chain.getFirst();
        PrivateKey secret = Pem.read(key).key(own.getPublicKey().getAlgorithm());
        try {
            if (!belongTogether(own.getPublicKey(), secret)) {
                throw new ConfigurationException(key + " is not the key of the certificate in " + certificate);
            }
            SSLContext made = Contexts.showing(chain, secret);
            warn(own);
            return made;
        } catch (GeneralSecurityException e) {
            throw new ConfigurationException(
                    certificate + " and " + key + " can't be used for TLS: " + e.getMessage(), e);
        }
    }

    private static boolean belongTogether(PublicKey open, PrivateKey secret) throws GeneralSecurityException {
        String algorithm = switch (secret.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> secret.getAlgorithm();
        };
        byte[] challenge = open.getEncoded();
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(secret);
        signature.update(challenge);
        byte[] signed = signature.sign();
        signature.initVerify(open);
        signature.update(challenge);
        return signature.verify(signed);
    }

    private void warn(X509Certificate own) {
        Instant now = clock.instant();
        if (now.isAfter(own.getNotAfter().toInstant())) {
            LOG.warn(
                    "alarm=certificate {} has expired, on {}",
                    certificate,
                    own.getNotAfter().toInstant());
        } else if (now.isBefore(own.getNotBefore().toInstant())) {
            LOG.warn(
                    "alarm=certificate {} is not valid before {}",
                    certificate,
                    own.getNotBefore().toInstant());
        }
    }
}
