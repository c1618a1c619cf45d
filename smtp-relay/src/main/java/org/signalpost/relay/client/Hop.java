package org.signalpost.relay.client;

import java.util.Optional;

/**
 * A next hop: where it is, and how it is talked to. Immutable and safe to share.
 *
 * @param host its name or address
 * @param port its port
 * @param tls whether the connection is encrypted
 * @param login who we are there; empty to send without signing in
 */
public record Hop(String host, int port, Tls tls, Optional<Login> login) {
    /** A user and a password. */
    public record Login(String user, String password) {
        /** Shows no secret. */
        @Override
        public String toString() {
            return "Login[" + user + "]";
        }
    }

    /** How a connection is encrypted. */
    public enum Tls {
        /** Not at all. */
        NONE,
        /** When the peer offers it, whoever it is: protects from listeners only. */
        OPPORTUNISTIC,
        /** Always, by STARTTLS, and the peer's certificate is checked. */
        REQUIRED,
        /** From the first octet, and the peer's certificate is checked. */
        IMPLICIT
    }

    /** Whether nothing but the greeting is said before there is TLS with a certificate that holds. */
    boolean isSafe() {
        return tls == Tls.REQUIRED || tls == Tls.IMPLICIT;
    }

    /** As it is written in the configuration and shown to operators. */
    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
