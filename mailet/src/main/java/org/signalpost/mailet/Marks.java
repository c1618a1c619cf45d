package org.signalpost.mailet;

import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeName;
import org.apache.mailet.AttributeValue;
import org.apache.mailet.Mail;

/** What we note on a mail, for ourselves and for matchers behind us. Texts, as others do not survive every queue. */
final class Marks {
    /** On tracked mail: its track. */
    static final AttributeName TRACKED = AttributeName.of("org.signalpost.tracked");

    /** On mail that goes on untracked: the code word of the reason. */
    static final AttributeName UNTRACKED = AttributeName.of("org.signalpost.untracked");

    private Marks() {}

    /** Whether we have seen this mail before, or made it. */
    static boolean on(Mail mail) {
        return mail.getAttribute(TRACKED).isPresent()
                || mail.getAttribute(UNTRACKED).isPresent();
    }

    static void set(Mail mail, AttributeName name, String text) {
        mail.setAttribute(new Attribute(name, AttributeValue.of(text)));
    }
}
