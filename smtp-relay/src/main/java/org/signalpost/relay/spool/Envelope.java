package org.signalpost.relay.spool;

import java.util.List;
import java.util.Set;

/**
 * Who sent a mail to whom, how it came to us, and what its sender wants to be told. Immutable and safe to share.
 *
 * @param sender the envelope sender, empty for the null sender
 * @param recipients the envelope recipients, at least one
 * @param origin how it came
 * @param wishes what MAIL said about it
 */
public record Envelope(String sender, List<Recipient> recipients, Origin origin, Wishes wishes) {
    /** Copies the list. */
    public Envelope {
        recipients = List.copyOf(recipients);
        if (recipients.isEmpty()) {
            throw new IllegalArgumentException("a mail without recipients");
        }
    }

    /** The addresses alone. */
    public List<String> addresses() {
        return recipients.stream().map(Recipient::address).toList();
    }

    /** What a sender may want to be told of a recipient (RFC 3461 section 4.1). */
    public enum Notify {
        /** Nothing, whatever happens; stands alone. */
        NEVER,
        /** That it was delivered. */
        SUCCESS,
        /** That it can't be delivered. */
        FAILURE,
        /** That it takes long. */
        DELAY
    }

    /** How much of the mail a notice gives back (RFC 3461 section 4.3). */
    public enum Return {
        /** The sender did not say. */
        UNSAID,
        /** All of it. */
        FULL,
        /** Its header. */
        HEADERS
    }

    /**
     * One recipient.
     *
     * @param address the address, as given
     * @param notices what NOTIFY said; empty when it was not there, which means failures
     * @param original what ORCPT said, as it came ({@code rfc822;} and xtext); empty when it was not there
     */
    public record Recipient(String address, Set<Notify> notices, String original) {
        /** Copies the set. */
        public Recipient {
            notices = Set.copyOf(notices);
        }

        /** Without parameters. */
        public static Recipient of(String address) {
            return new Recipient(address, Set.of(), "");
        }

        /** Whether the sender wants to be told of this; failures and delays unless it said otherwise. */
        public boolean wants(Notify what) {
            return notices.isEmpty() ? what == Notify.FAILURE || what == Notify.DELAY : notices.contains(what);
        }
    }

    /**
     * How a mail came to us.
     *
     * @param client the submitter's address, without brackets
     * @param helo what it called itself, printable ASCII
     * @param protocol the word behind {@code with} in Received: SMTP, ESMTP, ESMTPS, …
     * @param key the id of the key it signed in with; empty when it did not
     */
    public record Origin(String client, String helo, String protocol, String key) {}

    /**
     * What MAIL said beside the sender.
     *
     * @param utf8 whether the mail needs SMTPUTF8 (RFC 6531)
     * @param giveBack how much of the mail a notice gives back
     * @param id what ENVID said, as it came (xtext); empty when it was not there
     */
    public record Wishes(boolean utf8, Return giveBack, String id) {
        /** Nothing special. */
        public static final Wishes NONE = new Wishes(/* utf8= */ false, Return.UNSAID, "");
    }
}
