package org.signalpost.relay.smtp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.Optional;

/** A socket that stands for another: what is asked about the connection is answered by that one. */
class StandInSocket extends Socket {
    private final Socket other;

    StandInSocket(Socket other) {
        this.other = other;
    }

    @Override
    public void close() throws IOException {
        other.close();
    }

    @Override
    public boolean isClosed() {
        return other.isClosed();
    }

    @Override
    public boolean isBound() {
        return other.isBound();
    }

    @Override
    public boolean isConnected() {
        return other.isConnected();
    }

    @Override
    public boolean isInputShutdown() {
        return other.isInputShutdown();
    }

    @Override
    public boolean isOutputShutdown() {
        return other.isOutputShutdown();
    }

    @Override
    public InetAddress getInetAddress() {
        return Optional.ofNullable(other.getInetAddress()).orElseGet(InetAddress::getLoopbackAddress);
    }

    @Override
    public InetAddress getLocalAddress() {
        return other.getLocalAddress();
    }

    @Override
    public int getPort() {
        return other.getPort();
    }

    @Override
    public int getLocalPort() {
        return other.getLocalPort();
    }

    @Override
    @SuppressWarnings("NullAway") // As Socket: null when not connected.
    public SocketAddress getRemoteSocketAddress() {
        return other.getRemoteSocketAddress();
    }

    @Override
    @SuppressWarnings("NullAway") // As Socket: null when not bound.
    public SocketAddress getLocalSocketAddress() {
        return other.getLocalSocketAddress();
    }
}
