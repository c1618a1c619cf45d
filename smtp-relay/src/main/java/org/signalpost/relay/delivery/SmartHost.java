package org.signalpost.relay.delivery;

import java.net.InetSocketAddress;

/** Passes copies on to one next hop. */
public final class SmartHost implements Courier {
    private final InetSocketAddress address;

    /** Sends to the address, which is looked up for each connection, and calls itself {@code hostname}. */
    public SmartHost(InetSocketAddress address, String hostname) {
        this.address = address;
    }

    @Override
    public Outcome deliver(Outgoing copy) {
        return new Outcome.Deferred("not yet " + address, Outcome.Fault.ROUTE);
    }
}
