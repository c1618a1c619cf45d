package org.signalpost.relay.delivery;

import java.util.function.Function;
import org.signalpost.relay.spool.Envelope;

/**
 * One copy on its way to one recipient, whose octets are made when it is known what the next hop can. For one thread.
 */
public final class Consignment {
    private final Envelope.Recipient recipient;
    private final Envelope.Wishes wishes;
    private final Function<Peer, Prepared> preparation;

    Consignment(Envelope.Recipient recipient, Envelope.Wishes wishes, Function<Peer, Prepared> preparation) {
        this.recipient = recipient;
        this.wishes = wishes;
        this.preparation = preparation;
    }

    /** Whom it goes to, as the sender wrote it, with what is to be told of it. */
    public Envelope.Recipient recipient() {
        return recipient;
    }

    /** What the sender said about the mail. */
    public Envelope.Wishes wishes() {
        return wishes;
    }

    /** The copy for a next hop of this kind; the same for the same kind. */
    public Prepared preparedFor(Peer peer) {
        return preparation.apply(peer);
    }
}
