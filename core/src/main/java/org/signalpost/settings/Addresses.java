package org.signalpost.settings;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/** Network addresses as an operator writes them: {@code HOST:PORT}, IPv6 in square brackets. */
public final class Addresses {
    private Addresses() {}

    /** An address to listen on: a numeric address or a name of this machine, and a port (0 for any). */
    public static InetSocketAddress listen(String text) {
        InetSocketAddress written = remote(text);
        try {
            return new InetSocketAddress(InetAddress.getByName(written.getHostString()), written.getPort());
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("there is no address " + written.getHostString(), e);
        }
    }

    /** An address to connect to; its name is looked up at each connection, not here. */
    public static InetSocketAddress remote(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? text : text.substring(0, colon);
        String port = colon < 0 ? "" : text.substring(colon + 1);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        if (host.isEmpty() || !port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65535) {
            throw new IllegalArgumentException("HOST:PORT is wanted, such as 127.0.0.1:2525 or [::1]:2525");
        }
        if (!bracketed && host.indexOf(':') >= 0) {
            throw new IllegalArgumentException("an IPv6 address stands in brackets, such as [::1]:2525");
        }
        if (host.chars().anyMatch(c -> c <= ' ' || c == '/' || c == '@')) {
            throw new IllegalArgumentException("HOST:PORT is wanted, without a scheme, a path or blanks");
        }
        return InetSocketAddress.createUnresolved(
                bracketed ? host.substring(1, host.length() - 1) : host, Integer.parseInt(port));
    }

    /** An address to connect to, or nothing for empty text. */
    public static Optional<InetSocketAddress> optionalRemote(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(remote(text));
    }

    /** As an operator would write it. */
    public static String written(InetSocketAddress address) {
        String host = address.isUnresolved()
                ? address.getHostString()
                : address.getAddress().getHostAddress();
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
