package org.signalpost.relay.smtp;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.signalpost.relay.tls.ServerCertificate;
import org.subethamail.smtp.DropConnectionException;

/** EHLO, HELO and STARTTLS: who speaks, what we offer, and the change to TLS (RFC 5321, RFC 3207). Safe to share. */
final class Greeting {
    private static final int LONGEST_NAME = 255;

    private final SmtpSettings settings;
    private final SubmissionPolicy policy;
    private final Optional<ServerCertificate> certificate;

    Greeting(SmtpSettings settings, SubmissionPolicy policy, Optional<ServerCertificate> certificate) {
        this.settings = settings;
        this.policy = policy;
        this.certificate = certificate;
    }

    void ehlo(Verb.Call call) throws IOException {
        countAgain(call);
        call.client().greets(name(call), /* byEhlo= */ true);
        var lines = new ArrayList<>(List.of(
                settings.hostname(),
                "PIPELINING",
                "SIZE " + settings.rules().maxMessage(),
                "8BITMIME",
                "SMTPUTF8",
                "DSN",
                "ENHANCEDSTATUSCODES"));
        if (!call.client().isSecure() && certificate.isPresent()) {
            lines.add("STARTTLS");
        }
        if (call.client().isSecure()
                && policy.hasKeys()
                && call.client().submitter().isEmpty()) {
            lines.add("AUTH PLAIN LOGIN");
        }
        call.reply("250-" + String.join("\r\n250-", lines.subList(0, lines.size() - 1)) + "\r\n250 " + lines.getLast());
    }

    void helo(Verb.Call call) throws IOException {
        countAgain(call);
        call.client().greets(name(call), /* byEhlo= */ false);
        call.reply("250 " + settings.hostname());
    }

    /** Who has said so before says nothing new. */
    private static void countAgain(Verb.Call call) {
        if (call.client().hasGreeted()) {
            call.wire().countJunk();
        }
    }

    private static String name(Verb.Call call) {
        String name = call.argument();
        if (name.isEmpty() || name.length() > LONGEST_NAME || !name.chars().allMatch(c -> c > ' ' && c < 0x7F)) {
            throw new Refusal("501 5.5.4 Say your name");
        }
        return name;
    }

    void startTls(Verb.Call call) throws IOException, DropConnectionException {
        if (call.client().isSecure()) {
            throw new Refusal("503 5.5.1 This is TLS");
        }
        if (!call.argument().isEmpty()) {
            throw new Refusal("501 5.5.4 STARTTLS has no argument");
        }
        ServerCertificate ours = certificate.orElseThrow(() -> new Refusal("454 4.7.0 TLS is not available"));
        if (call.wire().hasMore()) {
            // Whoever slips text in before the handshake wants it read behind it (CVE-2011-0411).
            throw Verb.lastWord("421 4.7.0 Nothing may follow STARTTLS");
        }
        call.reply("220 2.0.0 Go ahead");
        if (call.wire().secure(ours)) {
            call.session().setTlsStarted(/* tlsStarted= */ true);
        }
    }
}
