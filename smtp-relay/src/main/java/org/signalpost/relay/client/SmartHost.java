package org.signalpost.relay.client;

import java.io.IOException;
import java.net.InetAddress;
import org.signalpost.relay.delivery.Consignment;
import org.signalpost.relay.delivery.Courier;
import org.signalpost.relay.delivery.Outcome;
import org.signalpost.relay.spool.Said;

/** Passes copies on to one configured next hop. Its name is looked up for each connection. Safe to share. */
public final class SmartHost implements Courier {
    private final Hop hop;
    private final SmtpPool pool;

    /** Over connections of this pool. */
    public SmartHost(Hop hop, SmtpPool pool) {
        this.hop = hop;
        this.pool = pool;
    }

    @Override
    public Outcome deliver(Consignment consignment) {
        String last = "no address";
        try {
            for (InetAddress address : InetAddress.getAllByName(hop.host())) {
                try {
                    return pool.send(hop, address, consignment);
                } catch (IOException e) {
                    last = String.valueOf(e.getMessage());
                }
            }
        } catch (IOException e) {
            last = String.valueOf(e.getMessage());
        }
        String why = Reply.printable("can't connect to " + hop + ": " + last);
        return new Outcome.Deferred(Said.ours("4.4.1", why), Outcome.Fault.ROUTE);
    }
}
