package org.signalpost.relay.delivery;

/** Passes copies on. Safe to call from any thread; blocks, and throws nothing for what a peer does. */
public interface Courier {
    /** One attempt for one copy. */
    Outcome deliver(Consignment consignment);
}
