package org.signalpost.relay.dns;

import java.net.InetAddress;
import java.util.List;

/** Where mail for a domain goes. Immutable and safe to share. */
public sealed interface Destination {
    /** To these, one after the other, until one takes it or refuses it; at most five. */
    record Hosts(List<Host> hosts) implements Destination {
        /** Copies the list. */
        public Hosts {
            hosts = List.copyOf(hosts);
        }
    }

    /**
     * A mail host.
     *
     * @param name its name as DNS has it, which its certificate should show
     * @param addresses one or two, IPv4 first, each with the host's name
     */
    record Host(String name, List<InetAddress> addresses) {
        /** Copies the list. */
        public Host {
            addresses = List.copyOf(addresses);
        }
    }

    /** Nowhere: the domain says that it takes no mail (RFC 7505), which is status 5.1.10. */
    record NullMx() implements Destination {}

    /** Nowhere: neither the domain nor a mail host of it exists, which is status 5.1.2. */
    record NoSuchDomain(String reason) implements Destination {}

    /** To ourselves, who do not keep mail (RFC 5321 section 5.1), which is status 5.4.6. */
    record Ourselves() implements Destination {}

    /** Unknown for now, which is status 4.4.3. */
    record Failed(String reason) implements Destination {}
}
