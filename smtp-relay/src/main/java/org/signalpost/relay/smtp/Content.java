package org.signalpost.relay.smtp;

import java.io.IOException;
import java.util.Optional;
import org.signalpost.journal.JournalException;
import org.signalpost.rewrite.RawMessage;

/**
 * DATA: the mail itself, read to its true end whatever becomes of it, and one reply (RFC 5321 section 4.1.1.4). Safe to
 * share.
 */
final class Content {
    private final SmtpSettings settings;
    private final SubmissionPolicy policy;
    private final Reception reception;

    Content(SmtpSettings settings, SubmissionPolicy policy, Reception reception) {
        this.settings = settings;
        this.policy = policy;
        this.reception = reception;
    }

    void data(Verb.Call call) throws IOException {
        Client client = call.client();
        Submission mail = client.mail();
        if (!call.argument().isEmpty()) {
            throw new Refusal("501 5.5.4 DATA has no argument");
        }
        if (!mail.hasRecipients()) {
            throw new Refusal("554 5.5.1 There is no recipient");
        }
        try (Intake intake = reception.intake()) {
            call.reply("354 Go on, end with a line of one dot");
            var content = new EndOfData(settings.rules().maxMessage(), intake);
            Wire.Ending ending = call.wire().body(content);
            if (ending != Wire.Ending.CUT) {
                call.wire().forgetJunk();
                call.reply(objection(client, intake, content)
                        .map(reception::refused)
                        .orElseGet(() -> reception.keep(mail.envelope(client), intake.draft())));
            }
        } finally {
            client.ends();
        }
    }

    /** The reply when a mail that came to its end is not to be taken. */
    private Optional<String> objection(Client client, Intake intake, EndOfData content) {
        if (content.tooLong()) {
            return Optional.of("552 5.3.4 The mail is too large");
        }
        Optional<JournalException> failure = intake.failure();
        if (failure.isPresent()) {
            return failure.map(Reception::failure);
        }
        if (content.bare() && settings.rules().newlines() == SmtpSettings.Newlines.REJECT) {
            return Optional.of("550 5.6.11 A CR or LF stands alone");
        }
        var head = intake.draft().head();
        // Behind what is kept of an endless header there may be other names.
        var names = intake.draft().hasWholeHead() ? head : RawMessage.of(new byte[0]);
        return reception.objection(head, settings.limits().hops()).or(() -> policy.objectionToAuthors(client, names));
    }
}
