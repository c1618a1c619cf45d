package org.signalpost.relay.tls;

import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.signalpost.settings.ConfigurationException;

/** Whom we believe to be the next hop. */
public final class PeerTrust {
    private PeerTrust() {}

    /** Whoever shows a certificate for the name, signed by an authority that the JDK knows. */
    public static SSLSocketFactory required() {
        try {
            return new PeerSockets(Contexts.believing().getSocketFactory(), /* named= */ true);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has TLS", e);
        }
    }

    /**
     * Whoever shows a certificate for the name, signed by one of the authorities in a PEM file, and by no other.
     *
     * @throws ConfigurationException one line that says what is wrong with the file
     */
    public static SSLSocketFactory required(Path authorities) {
        try {
            return new PeerSockets(
                    Contexts.believing(
                                    Contexts.authorities(Pem.read(authorities).certificates()))
                            .getSocketFactory(),
                    /* named= */ true);
        } catch (GeneralSecurityException e) {
            throw new ConfigurationException(authorities + " can't be used: " + e.getMessage(), e);
        }
    }

    /** Whoever answers. This protects against those who listen, not against those who interfere. */
    public static SSLSocketFactory opportunistic() {
        try {
            return new PeerSockets(Contexts.believing(new Anyone()).getSocketFactory(), /* named= */ false);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has TLS", e);
        }
    }

    /** Asks nothing; the extended kind, because around any other the JDK puts checks of its own. */
    private static final class Anyone extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
