package org.signalpost.relay.delivery;

import org.signalpost.relay.spool.Routing;

/** Which way mail for a recipient goes, and who carries it there. Safe to share. */
public interface Couriers extends Routing {
    /** Who carries mail of this route; the name is one that {@link #route} gave, in this process or an earlier one. */
    Courier courier(String route);
}
