package org.signalpost.james;

import jakarta.mail.MessagingException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.james.core.MailAddress;
import org.apache.mailet.Mail;
import org.apache.mailet.base.GenericMailet;

/** Stands where delivery would, and keeps what it gets. James makes it, so what it keeps is for all of this process. */
public class Keep extends GenericMailet {
    private static final List<Kept> KEPT = new CopyOnWriteArrayList<>();

    /**
     * One mail.
     *
     * @param recipients who is left on it
     * @param mail the mail, one character for each octet
     */
    record Kept(List<String> recipients, String mail) {
        /** Copies the list. */
        Kept {
            recipients = List.copyOf(recipients);
        }

        String recipient() {
            return recipients.getFirst();
        }
    }

    /** Everything since the last call. */
    static List<Kept> taken() {
        List<Kept> taken = List.copyOf(KEPT);
        KEPT.clear();
        return taken;
    }

    @Override
    public void service(Mail mail) throws MessagingException {
        var octets = new ByteArrayOutputStream();
        try {
            mail.getMessage().writeTo(octets);
        } catch (IOException e) {
            throw new MessagingException("can't be written", e);
        }
        KEPT.add(new Kept(
                mail.getRecipients().stream().map(MailAddress::asString).toList(),
                octets.toString(StandardCharsets.ISO_8859_1)));
    }
}
