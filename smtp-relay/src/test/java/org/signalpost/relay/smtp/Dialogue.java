package org.signalpost.relay.smtp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** A client that says exactly these octets. */
final class Dialogue implements AutoCloseable {
    private Socket socket;

    /** Connects, and reads nothing. */
    Dialogue(int port) throws IOException {
        this(port, "127.0.0.1");
    }

    /** The same from this address. */
    Dialogue(int port, String from) throws IOException {
        socket = new Socket();
        socket.bind(new InetSocketAddress(InetAddress.getByName(from), 0));
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 10_000);
        socket.setSoTimeout(10_000);
        socket.setTcpNoDelay(/* on= */ true);
    }

    /** Connects and reads the banner. */
    static Dialogue with(int port) throws IOException {
        var dialogue = new Dialogue(port);
        dialogue.reply();
        return dialogue;
    }

    /** The handshake of TLS, with the certificate of these tests and with no other. */
    SSLSocket secure(String... protocols) throws IOException {
        return secureAs(TestRelay.NAME, protocols);
    }

    /** The same with a server of this name. */
    SSLSocket secureAs(String name, String... protocols) throws IOException {
        try (InputStream pem = Dialogue.class.getResourceAsStream("/tls/relay-test.pem")) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, new char[0]);
            store.setCertificateEntry(
                    "relay", CertificateFactory.getInstance("X.509").generateCertificate(pem));
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            var tls = (SSLSocket) context.getSocketFactory().createSocket(socket, name, 0, true);
            SSLParameters parameters = tls.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            tls.setSSLParameters(parameters);
            if (protocols.length > 0) {
                tls.setEnabledProtocols(protocols);
            }
            tls.startHandshake();
            socket = tls;
            return tls;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Says it and reads one reply, which may have several lines. */
    String say(String octets) throws IOException {
        write(octets);
        return reply();
    }

    /** Says several things, one after the other; the last reply. */
    String sayAll(String... all) throws IOException {
        String last = "";
        for (String octets : all) {
            last = say(octets + "\r\n");
        }
        return last;
    }

    /** One character an octet. */
    void write(String octets) throws IOException {
        write(octets.getBytes(StandardCharsets.ISO_8859_1));
    }

    void write(byte[] octets) throws IOException {
        socket.getOutputStream().write(octets);
        socket.getOutputStream().flush();
    }

    /** The next reply; empty when the server has hung up. */
    String reply() throws IOException {
        InputStream in = socket.getInputStream();
        var all = new StringBuilder();
        String line;
        do {
            var octets = new ByteArrayOutputStream();
            int octet = next(in);
            while (octet >= 0 && octet != '\n') {
                octets.write(octet);
                octet = next(in);
            }
            line = octets.toString(StandardCharsets.ISO_8859_1).strip();
            all.append(line).append('\n');
        } while (line.length() > 3 && line.charAt(3) == '-');
        return all.toString().strip();
    }

    /** A reset is an end as well. */
    private static int next(InputStream in) throws IOException {
        try {
            return in.read();
        } catch (SocketException | SSLException e) {
            return -1;
        }
    }

    /** No more will be said; replies can still be read. */
    void end() throws IOException {
        socket.shutdownOutput();
    }

    /** Hangs up without a word. */
    void hangUp() throws IOException {
        socket.close();
    }

    /** Hangs up as a crash does. */
    void reset() throws IOException {
        socket.setSoLinger(/* on= */ true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
