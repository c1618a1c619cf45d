package org.signalpost.relay.smtp;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.signalpost.relay.spool.Envelope;

/** What one session has said so far: its name, and the transaction it is in. For one thread. */
final class Submission {
    private final Map<String, String> recipients = new LinkedHashMap<>();
    private Optional<String> sender = Optional.empty();
    private String helo = "";
    private String protocol = "SMTP";
    private int junk;

    /** The client has said its name; a transaction ends. */
    void greeted(String name, String with) {
        helo = name;
        protocol = with;
        reset();
    }

    boolean greeted() {
        return !helo.isEmpty();
    }

    /** A transaction begins. */
    void from(String address) {
        sender = Optional.of(address);
    }

    boolean begun() {
        return sender.isPresent();
    }

    /** One more recipient; the same one twice (domain without case) is one. */
    void to(String address) {
        int at = address.lastIndexOf('@');
        recipients.putIfAbsent(address.substring(0, at) + address.substring(at).toLowerCase(Locale.ROOT), address);
    }

    int recipients() {
        return recipients.size();
    }

    Envelope envelope(String client) {
        return new Envelope(sender.orElse(""), List.copyOf(recipients.values()), client, helo, protocol);
    }

    /** The transaction ends. */
    void reset() {
        sender = Optional.empty();
        recipients.clear();
    }

    /** Counts a command that leads nowhere; how many there were since the last mail. */
    int junk() {
        return ++junk;
    }

    /** A mail was taken. */
    void useful() {
        junk = 0;
    }
}
