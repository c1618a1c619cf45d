package org.signalpost.track;

import java.util.List;

/**
 * Who signs in to submit mail. Immutable and safe to share.
 *
 * @param key the id of the key, which is no secret
 * @param anySender whether it may send in every name, whatever {@code senders} says
 * @param senders the addresses, and the domains written {@code @example.org}, in whose name it may send
 */
public record Submitter(String key, boolean anySender, List<String> senders) {
    /** Copies the list. */
    public Submitter {
        senders = List.copyOf(senders);
    }
}
