package org.signalpost.relay.tls;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** Makes the client's side of TLS 1.2 or 1.3, on which the JDK compares certificate and name when that is asked. */
final class PeerSockets extends SSLSocketFactory {
    private final SSLSocketFactory made;
    private final boolean named;

    PeerSockets(SSLSocketFactory made, boolean named) {
        this.made = made;
        this.named = named;
    }

    private Socket prepared(Socket socket) {
        if (socket instanceof SSLSocket secure) {
            Contexts.restrict(secure);
            if (named) {
                SSLParameters parameters = secure.getSSLParameters();
                // RFC 2818, the rules that RFC 7817 has for mail as well.
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                secure.setSSLParameters(parameters);
            }
        }
        return socket;
    }

    @Override
    public String[] getDefaultCipherSuites() {
        return made.getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return made.getSupportedCipherSuites();
    }

    @Override
    public Socket createSocket(Socket socket, String host, int port, boolean autoClose) throws IOException {
        return prepared(made.createSocket(socket, host, port, autoClose));
    }

    @Override
    public Socket createSocket() throws IOException {
        return prepared(made.createSocket());
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return prepared(made.createSocket(host, port));
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress from, int fromPort) throws IOException {
        return prepared(made.createSocket(host, port, from, fromPort));
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return prepared(made.createSocket(host, port));
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort) throws IOException {
        return prepared(made.createSocket(host, port, from, fromPort));
    }
}
