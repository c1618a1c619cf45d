package org.signalpost.relay.client;

import java.io.IOException;
import java.net.InetAddress;
import java.util.Optional;
import org.signalpost.relay.delivery.Consignment;
import org.signalpost.relay.delivery.Courier;
import org.signalpost.relay.delivery.Outcome;
import org.signalpost.relay.dns.Destination;
import org.signalpost.relay.dns.MxLookup;
import org.signalpost.relay.smtp.AsciiDomain;
import org.signalpost.relay.spool.Said;

/**
 * Passes copies on to the recipients' own servers, which DNS names. Within one attempt the next server is tried when
 * one can't be reached or says "later", never when it has refused. Safe to share.
 */
public final class DirectMx implements Courier {
    private final MxLookup lookup;
    private final SmtpPool pool;
    private final int port;

    /** Servers listen on {@code port}: 25, but for tests. */
    public DirectMx(MxLookup lookup, SmtpPool pool, int port) {
        this.lookup = lookup;
        this.pool = pool;
        this.port = port;
    }

    @Override
    public Outcome deliver(Consignment consignment) {
        String address = consignment.recipient().address();
        Optional<String> domain = domain(address.substring(address.lastIndexOf('@') + 1));
        if (domain.isEmpty()) {
            return new Outcome.Refused(Said.ours("5.6.7", "553 5.6.7 the domain has no ASCII form"));
        }
        return switch (lookup.destination(domain.get())) {
            case Destination.Hosts hosts -> deliver(hosts, consignment);
            case Destination.NullMx none ->
                new Outcome.Refused(Said.ours("5.1.10", "556 5.1.10 the domain takes no mail (null MX)"));
            case Destination.NoSuchDomain none ->
                new Outcome.Refused(Said.ours("5.1.2", "550 5.1.2 " + Reply.printable(none.reason())));
            case Destination.Ourselves ourselves ->
                new Outcome.Refused(Said.ours("5.4.6", "554 5.4.6 mail for the domain would come back to us"));
            case Destination.Failed failed ->
                new Outcome.Deferred(
                        Said.ours("4.4.3", "451 4.4.3 " + Reply.printable(failed.reason())), Outcome.Fault.ROUTE);
        };
    }

    private static Optional<String> domain(String domain) {
        return domain.startsWith("[") ? Optional.of(domain) : AsciiDomain.of(domain);
    }

    private Outcome deliver(Destination.Hosts hosts, Consignment consignment) {
        Outcome last = new Outcome.Deferred(Said.ours("4.4.1", "451 4.4.1 no server answers"), Outcome.Fault.ROUTE);
        // "Later" from one counts more than that another can't be reached.
        boolean judged = false;
        for (Destination.Host host : hosts.hosts()) {
            var hop = new Hop(host.name(), port, Hop.Tls.OPPORTUNISTIC, Optional.empty());
            for (InetAddress address : host.addresses()) {
                Outcome outcome = attempt(hop, address, consignment);
                if (!(outcome instanceof Outcome.Deferred deferred)) {
                    return outcome;
                }
                if (!judged) {
                    last = outcome;
                    judged = deferred.fault() == Outcome.Fault.COPY;
                }
            }
        }
        return last;
    }

    private Outcome attempt(Hop hop, InetAddress address, Consignment consignment) {
        try {
            return pool.send(hop, address, consignment);
        } catch (IOException e) {
            String why = Reply.printable("can't connect to " + hop + ": " + e.getMessage());
            return new Outcome.Deferred(Said.ours("4.4.1", why), Outcome.Fault.ROUTE);
        }
    }
}
