package org.signalpost.relay.smtp;

import java.net.InetAddress;
import java.util.Optional;
import org.signalpost.relay.spool.Envelope;
import org.signalpost.track.Submitter;

/**
 * Whom a session is with: where from, by what name, under TLS or not, signed in as whom, sending what. For one thread.
 */
final class Client {
    private final InetAddress address;
    private final boolean secure;
    private String name = "";
    private boolean extended;
    private int failures;
    private Optional<Submitter> submitter = Optional.empty();
    private Optional<Submission> mail = Optional.empty();

    /** Somebody who has said nothing yet. */
    Client(InetAddress address) {
        this(address, /* secure= */ false);
    }

    private Client(InetAddress address, boolean secure) {
        this.address = address;
        this.secure = secure;
    }

    /** The same after a handshake: what was said before does not count (RFC 3207 section 4.2). */
    Client underTls() {
        return new Client(address, /* secure= */ true);
    }

    InetAddress address() {
        return address;
    }

    boolean isSecure() {
        return secure;
    }

    /** Has said its name, by EHLO when it is {@code extended}; a transaction ends. */
    void greets(String as, boolean byEhlo) {
        name = as;
        extended = byEhlo;
        mail = Optional.empty();
    }

    boolean hasGreeted() {
        return !name.isEmpty();
    }

    /** Has signed in. */
    void signsIn(Submitter as) {
        submitter = Optional.of(as);
    }

    Optional<Submitter> submitter() {
        return submitter;
    }

    /** Has failed to sign in; how often by now. */
    int fails() {
        return ++failures;
    }

    /** Begins a mail. */
    void begins(Submission submission) {
        mail = Optional.of(submission);
    }

    boolean hasMail() {
        return mail.isPresent();
    }

    /** The mail that was begun. */
    Submission mail() {
        return mail.orElseThrow(() -> new Refusal("503 5.5.1 MAIL first"));
    }

    /** The transaction ends. */
    void ends() {
        mail = Optional.empty();
    }

    /** How its mail has come; the words behind {@code with} are those of RFC 3848 and RFC 6531. */
    Envelope.Origin origin(boolean utf8) {
        String base = utf8 ? "UTF8SMTP" : extended ? "ESMTP" : "SMTP";
        String under = (secure ? "S" : "") + (submitter.isPresent() ? "A" : "");
        return new Envelope.Origin(
                // The name of a network card of ours is nobody's business.
                address.getHostAddress().replaceFirst("%.*", ""),
                name,
                base.equals("SMTP") ? base : base + under,
                submitter.map(Submitter::key).orElse(""));
    }
}
