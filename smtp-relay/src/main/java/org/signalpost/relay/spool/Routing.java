package org.signalpost.relay.spool;

/** Which way mail for a recipient goes; mail of one route is sent, and held up, together. Safe to share. */
public interface Routing {
    /** The name of the route; the same for the same recipient as long as the process lives. */
    String route(String recipient);
}
