package org.signalpost.relay.client;

import jakarta.mail.MessagingException;
import java.util.Optional;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.signalpost.relay.bounce.StatusCode;
import org.signalpost.relay.delivery.Outcome;
import org.signalpost.relay.spool.Said;

/** What the client library's answers mean. Codes decide, never the texts of replies. */
final class Answers {
    private Answers() {}

    /** The reply code that decides: the recipient's own, else the mail's. */
    static Optional<Integer> code(MessagingException e) {
        Optional<Integer> code = Optional.empty();
        for (Exception at = e; at instanceof MessagingException failure; at = failure.getNextException()) {
            if (failure instanceof SMTPAddressFailedException recipient) {
                return Optional.of(recipient.getReturnCode()).filter(said -> said > 0);
            }
            if (code.isEmpty() && failure instanceof SMTPSendFailedException mail && mail.getReturnCode() > 0) {
                code = Optional.of(mail.getReturnCode());
            }
        }
        return code;
    }

    /** What has become of a copy that was not simply taken; {@code reports} is for one that was taken all the same. */
    static Outcome of(MessagingException e, String host, boolean reports) {
        Optional<Integer> code = code(e);
        Said said = said(Reply.printable(e), host);
        if (e.getNextException() instanceof IllegalArgumentException) {
            // The library refuses to write what would be two commands.
            return new Outcome.Broken(Said.ours("5.5.2", "an address holds what no command holds"));
        }
        if (code.isEmpty()) {
            return deferred(said, Outcome.Fault.COPY);
        }
        boolean atTheDot = e instanceof SMTPSendFailedException mail && ".".equals(mail.getCommand());
        return switch (code.get() / 100) {
            // The library takes 250 only; 251 after the mail has the same meaning.
            case 2 -> atTheDot ? new Outcome.Delivered(said, reports) : deferred(said, Outcome.Fault.COPY);
            case 5 -> new Outcome.Refused(said);
            default -> deferred(said, code.get() == 421 ? Outcome.Fault.ROUTE : Outcome.Fault.COPY);
        };
    }

    /** Whatever the peer's own status says, as with a 2xx where none belongs. */
    private static Outcome deferred(Said said, Outcome.Fault fault) {
        boolean fits = said.status().startsWith("4");
        return new Outcome.Deferred(fits ? said : new Said(said.reply(), "4.0.0", said.peer()), fault);
    }

    /** A peer's reply. */
    static Said said(String reply, String host) {
        StatusCode.Known known = switch (reply.isEmpty() ? ' ' : reply.charAt(0)) {
            case '2' -> StatusCode.Known.PASSED;
            case '5' -> StatusCode.Known.REFUSED;
            default -> StatusCode.Known.DEFERRED;
        };
        return new Said(reply, StatusCode.of(reply, known).toString(), host);
    }
}
