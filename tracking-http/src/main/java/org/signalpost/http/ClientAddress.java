package org.signalpost.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.ListIterator;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.signalpost.net.AddressLiteral;
import org.signalpost.net.Network;

/**
 * Who asks: the other end of the connection, or, when that is a proxy we trust, the last hop in X-Forwarded-For that is
 * none. What a stranger writes there is not looked at. Immutable and safe to share.
 */
public final class ClientAddress {
    private final List<Network> proxies;

    /** These are trusted to say for whom they ask. */
    public ClientAddress(List<Network> proxies) {
        this.proxies = List.copyOf(proxies);
    }

    /** The caller's address in numbers, empty when it is not known; never looked up. */
    public String of(Request request) {
        Optional<InetAddress> peer = address(request.getConnectionMetaData().getRemoteSocketAddress());
        if (peer.isEmpty()) {
            return "";
        }
        InetAddress known = isProxy(peer.get()) ? behind(peer.get(), request) : peer.get();
        return known.getHostAddress();
    }

    /** Whether this address is one of a proxy that we trust. */
    boolean isProxy(InetAddress address) {
        for (Network network : proxies) {
            if (network.contains(address)) {
                return true;
            }
        }
        return false;
    }

    /** The address in the address of a socket. */
    static Optional<InetAddress> address(java.net.SocketAddress socket) {
        return socket instanceof InetSocketAddress remote ? Optional.ofNullable(remote.getAddress()) : Optional.empty();
    }

    private InetAddress behind(InetAddress proxy, Request request) {
        InetAddress last = proxy;
        List<String> lines = request.getHeaders().getValuesList(HttpHeader.X_FORWARDED_FOR);
        for (ListIterator<String> line = lines.listIterator(lines.size()); line.hasPrevious(); ) {
            String text = line.previous();
            int end = text.length();
            while (end >= 0) {
                int comma = text.lastIndexOf(',', end - 1);
                Optional<InetAddress> hop = hop(text.substring(comma + 1, end).strip());
                if (hop.isEmpty()) {
                    // Nobody whom we trust wrote this, or whoever did does not know.
                    return last;
                }
                last = hop.get();
                if (!isProxy(last)) {
                    return last;
                }
                end = comma;
            }
        }
        return last;
    }

    /** A hop as proxies write it: an address, also with a port, and then IPv6 in brackets. */
    private static Optional<InetAddress> hop(String text) {
        int close = text.indexOf(']');
        if (text.startsWith("[") && close > 0) {
            return isPort(text.substring(close + 1))
                    ? AddressLiteral.parse(text.substring(1, close)).filter(address -> text.indexOf(':') > 0)
                    : Optional.empty();
        }
        int colon = text.indexOf(':');
        boolean withPort = colon > 0 && colon == text.lastIndexOf(':') && text.indexOf('.') > 0;
        if (withPort) {
            return isPort(text.substring(colon)) ? AddressLiteral.parse(text.substring(0, colon)) : Optional.empty();
        }
        return AddressLiteral.parse(text);
    }

    private static boolean isPort(String text) {
        return text.isEmpty()
                || (text.charAt(0) == ':'
                        && text.length() > 1
                        && text.length() <= 6
                        && text.chars().skip(1).allMatch(c -> c >= '0' && c <= '9'));
    }
}
