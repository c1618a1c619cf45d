package org.signalpost.relay.smtp;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.signalpost.relay.spool.Envelope;

/** One transaction: the envelope of a mail while it is put together. For one thread. */
final class Submission {
    /** Octets of addresses and ORCPT that fit into a record of the mail log, beside all the rest. */
    private static final int LARGEST = 700_000;

    private final Map<String, Envelope.Recipient> recipients = new LinkedHashMap<>();
    private final String sender;
    private final Envelope.Wishes wishes;
    private int octets;

    /** A mail from this sender, empty for the null sender. */
    Submission(String sender, Envelope.Wishes wishes) {
        this.sender = sender;
        this.wishes = wishes;
    }

    /** One more recipient; the same one twice (domain without case) is one. False when there is no room for it. */
    boolean to(Envelope.Recipient recipient, int most) {
        String address = recipient.address();
        int at = address.lastIndexOf('@');
        String same = address.substring(0, at) + address.substring(at).toLowerCase(Locale.ROOT);
        if (recipients.containsKey(same)) {
            return true;
        }
        int size = address.getBytes(StandardCharsets.UTF_8).length
                + recipient.original().getBytes(StandardCharsets.UTF_8).length;
        if (recipients.size() >= most || octets + size > LARGEST) {
            return false;
        }
        octets += size;
        recipients.put(same, recipient);
        return true;
    }

    /** Whether a recipient was taken. */
    boolean hasRecipients() {
        return !recipients.isEmpty();
    }

    /** Whether addresses may hold UTF-8 (RFC 6531). */
    boolean isUtf8() {
        return wishes.utf8();
    }

    Envelope envelope(Client from) {
        return new Envelope(sender, List.copyOf(recipients.values()), from.origin(wishes.utf8()), wishes);
    }
}
