package org.signalpost.relay.smtp;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.signalpost.rewrite.RawMessage;
import org.signalpost.track.Credentials;
import org.signalpost.track.Submitter;

/** Who may send through us, and in whose name. Safe to share. */
public final class SubmissionPolicy {
    private static final String NOT_YOURS = "5.7.1 Your key may not send in that name";

    private final SmtpSettings.Rules rules;
    private final Credentials credentials;

    /** By the rules, and the keys that may send. */
    public SubmissionPolicy(SmtpSettings.Rules rules, Credentials credentials) {
        this.rules = rules;
        this.credentials = credentials;
    }

    /** Whether the client may send: it has signed in with a key that still holds, or comes from a trusted network. */
    boolean admits(Client client) {
        return client.submitter()
                .map(submitter -> credentials.holds(submitter.key()))
                .orElseGet(() -> isTrusted(client));
    }

    private boolean isTrusted(Client client) {
        return rules.trusted().stream().anyMatch(network -> network.contains(client.address()));
    }

    /** Whether anybody can sign in at all. */
    boolean hasKeys() {
        return credentials.any();
    }

    /** Whom the secret belongs to. */
    Optional<Submitter> submitter(String secret) {
        return credentials.of(secret);
    }

    /** The reply when the client may not say this sender in MAIL. The null sender is everybody's. */
    Optional<String> objectionToSender(Client client, String sender) {
        boolean asked = rules.ownership() == SmtpSettings.Ownership.ENVELOPE
                || rules.ownership() == SmtpSettings.Ownership.BOTH;
        return asked && !sender.isEmpty() && !owns(client, sender) ? Optional.of("553 " + NOT_YOURS) : Optional.empty();
    }

    /** The reply when the client may not say what the From fields say; all of it has to be its own. */
    Optional<String> objectionToAuthors(Client client, RawMessage head) {
        boolean asked =
                rules.ownership() == SmtpSettings.Ownership.FROM || rules.ownership() == SmtpSettings.Ownership.BOTH;
        if (!asked || client.submitter().filter(key -> !key.anySender()).isEmpty()) {
            return Optional.empty();
        }
        List<String> authors = Authors.of(head);
        boolean own = !authors.isEmpty() && authors.stream().allMatch(author -> owns(client, author));
        return own ? Optional.empty() : Optional.of("550 " + NOT_YOURS);
    }

    /** Whoever is trusted without a key owns every name. */
    private static boolean owns(Client client, String address) {
        String domain = domain(address);
        String full = address.substring(0, Math.max(address.lastIndexOf('@'), 0)) + domain;
        return client.submitter()
                .map(key -> key.anySender()
                        || key.senders().stream()
                                .anyMatch(mine -> mine.startsWith("@")
                                        ? domain(mine).equals(domain)
                                        : (mine.substring(0, Math.max(mine.lastIndexOf('@'), 0)) + domain(mine))
                                                .equals(full)))
                .orElse(true);
    }

    /** With the @ before it, in the one form that a domain has. */
    private static String domain(String address) {
        String domain = address.substring(address.lastIndexOf('@') + 1);
        return "@" + AsciiDomain.of(domain).orElse(domain.toLowerCase(Locale.ROOT));
    }
}
