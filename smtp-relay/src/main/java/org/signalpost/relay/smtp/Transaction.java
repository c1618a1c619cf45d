package org.signalpost.relay.smtp;

import java.io.IOException;
import java.util.function.BooleanSupplier;
import org.signalpost.relay.spool.Envelope;
import org.subethamail.smtp.DropConnectionException;

/** MAIL, RCPT and RSET: the envelope of a mail (RFC 5321 section 3.3). Safe to share. */
final class Transaction {
    private final SmtpSettings settings;
    private final SubmissionPolicy policy;
    private final Reception reception;
    private final boolean tls;
    private final BooleanSupplier closing;

    /** Clients may be able to sign in where there is {@code tls}. */
    Transaction(
            SmtpSettings settings, SubmissionPolicy policy, Reception reception, boolean tls, BooleanSupplier closing) {
        this.settings = settings;
        this.policy = policy;
        this.reception = reception;
        this.tls = tls;
        this.closing = closing;
    }

    void mail(Verb.Call call) throws IOException, DropConnectionException {
        Client client = call.client();
        if (closing.getAsBoolean()) {
            throw Verb.lastWord("421 4.3.2 Shutting down");
        }
        if (!client.hasGreeted() || client.hasMail()) {
            throw new Refusal(client.hasMail() ? "503 5.5.1 A mail is begun" : "503 5.5.1 EHLO first");
        }
        if (!policy.admits(client)) {
            boolean maySignIn = policy.hasKeys() && (tls || client.isSecure());
            throw new Refusal(
                    maySignIn ? "530 5.7.0 Sign in first" : "554 5.7.1 This relay takes no mail from your address");
        }
        Path path = Path.parse(call.argument(), "FROM:");
        boolean login = client.isSecure() && policy.hasKeys();
        Envelope.Wishes wishes =
                Parameters.ofMail(path.parameters(), settings.rules().maxMessage(), login);
        if (!path.address().isEmpty() && path.domain().isEmpty()) {
            throw new Refusal("501 5.1.7 The address has no domain");
        }
        checkUtf8(path, wishes.utf8());
        policy.objectionToSender(client, path.address()).ifPresent(Transaction::refuse);
        reception.hindrance().ifPresent(Transaction::refuse);
        client.begins(new Submission(path.address(), wishes));
        call.reply("250 2.1.0 Ok");
    }

    private static void refuse(String reply) {
        throw new Refusal(reply);
    }

    private static void checkUtf8(Path path, boolean utf8) {
        if (path.isUtf8() && !utf8) {
            throw new Refusal("553 5.6.7 The address needs SMTPUTF8");
        }
    }

    void rcpt(Verb.Call call) throws IOException {
        Submission mail = call.client().mail();
        Path path = Path.parse(call.argument(), "TO:");
        if (path.address().isEmpty()) {
            throw new Refusal("501 5.1.3 A mail goes to somebody");
        }
        checkUtf8(path, mail.isUtf8());
        Envelope.Recipient recipient = Parameters.ofRecipient(path.address(), path.parameters(), mail.isUtf8());
        if (path.domain().isEmpty() || isOurs(path.domain())) {
            throw new Refusal("550 5.1.1 There are no mailboxes here");
        }
        if (!mail.to(recipient, settings.rules().maxRecipients())) {
            throw new Refusal("452 4.5.3 Too many recipients");
        }
        call.reply("250 2.1.5 Ok");
    }

    private boolean isOurs(String domain) {
        return AsciiDomain.of(domain).orElse(domain).equalsIgnoreCase(settings.hostname());
    }

    void rset(Verb.Call call) throws IOException {
        call.client().ends();
        call.wire().countJunk();
        call.reply("250 2.0.0 Ok");
    }
}
