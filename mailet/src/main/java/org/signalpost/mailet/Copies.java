package org.signalpost.mailet;

import jakarta.mail.MessagingException;
import java.util.ArrayList;
import java.util.List;
import org.apache.james.core.MailAddress;
import org.apache.james.lifecycle.api.LifecycleUtil;
import org.apache.mailet.Mail;
import org.apache.mailet.MailetContext;

/**
 * Sends tracked copies on their way inside James, each to one recipient, and takes that recipient off the original.
 *
 * <p>When a copy can't be sent, exactly those who have none stay on the original: nobody gets the mail twice or not at
 * all.
 */
final class Copies {
    private final MailetContext james;
    private final String processor;

    /** Copies go on in this processor; in the one the mail comes from when it is empty. */
    Copies(MailetContext james, String processor) {
        this.james = james;
        this.processor = processor;
    }

    /**
     * Sends one copy after the other. The original ends when nobody is left on it.
     *
     * @throws MessagingException when one could not be sent; the others before it are on their way
     */
    void send(Mail mail, List<Draft> drafts) throws MessagingException {
        String next = processor.isEmpty() ? mail.getState() : processor;
        var left = new ArrayList<MailAddress>(mail.getRecipients());
        try {
            for (Draft draft : drafts) {
                send(mail, draft, next);
                left.remove(draft.recipient());
            }
        } finally {
            mail.setRecipients(left);
            if (left.isEmpty()) {
                mail.setState(Mail.GHOST);
            }
        }
    }

    private void send(Mail mail, Draft draft, String next) throws MessagingException {
        Mail copy = mail.duplicate();
        try {
            copy.setRecipients(List.of(draft.recipient()));
            copy.setMessage(Octets.message(draft.message()));
            copy.removeAttribute(Marks.UNTRACKED);
            Marks.set(copy, Marks.TRACKED, draft.track().id().toString());
            james.sendMail(copy, next);
        } finally {
            LifecycleUtil.dispose(copy);
        }
    }
}
