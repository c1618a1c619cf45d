package org.signalpost.relay.delivery;

/** Passes one copy on. Blocks; safe to call from any thread. */
public interface Courier {
    /** One attempt; never throws for what a peer or a network does. */
    Outcome deliver(Outgoing copy);
}
