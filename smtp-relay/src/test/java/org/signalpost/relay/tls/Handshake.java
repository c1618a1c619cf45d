package org.signalpost.relay.tls;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** One connection over loopback, from TCP to the first octet under TLS. */
final class Handshake {
    private Handshake() {}

    /** What the client has agreed on, after an octet has come through; the failure of the client when there is one. */
    static SSLSession with(ServerCertificate certificate, SSLSocketFactory factory, String name, String... protocols)
            throws IOException {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> answer(server, certificate));
            var connection = new Socket(server.getInetAddress(), server.getLocalPort());
            connection.setSoTimeout(10_000);
            try (var client =
                    (SSLSocket) factory.createSocket(connection, name, server.getLocalPort(), /* autoClose= */ true)) {
                if (protocols.length > 0) {
                    client.setEnabledProtocols(protocols);
                }
                client.startHandshake();
                if (client.getInputStream().read() != '2') {
                    throw new IOException("no greeting");
                }
                return client.getSession();
            }
        }
    }

    private static void answer(ServerSocket server, ServerCertificate certificate) {
        try (Socket connection = server.accept();
                SSLSocket secure = certificate.over(connection)) {
            secure.startHandshake();
            secure.getOutputStream().write('2');
        } catch (IOException refused) {
            // The client tells what is wrong.
            return;
        }
    }

    /** Whose certificate the server has shown. */
    static String subject(SSLSession session) throws IOException {
        return ((X509Certificate) session.getPeerCertificates()[0])
                .getSubjectX500Principal()
                .getName();
    }
}
