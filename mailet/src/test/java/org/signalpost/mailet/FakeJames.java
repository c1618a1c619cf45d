package org.signalpost.mailet;

import jakarta.mail.MessagingException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.james.core.MailAddress;
import org.apache.mailet.Mail;
import org.apache.mailet.MailetContext;
import org.signalpost.rewrite.RawMessage;

/** As much of James as a mailet sees, with all that was sent through it. One thread. */
final class FakeJames {
    private final List<Sent> sent = new ArrayList<>();
    private int failsAfter = Integer.MAX_VALUE;

    /** A mail that was put into the spool. */
    record Sent(List<String> recipients, String state, RawMessage octets, Map<String, String> marks) {
        String text() {
            return new String(octets.octets(), StandardCharsets.UTF_8);
        }

        String recipient() {
            return recipients.getFirst();
        }
    }

    List<Sent> sent() {
        return List.copyOf(sent);
    }

    /** So many mails can be sent, and no more. */
    void failAfter(int mails) {
        failsAfter = mails;
    }

    MailetContext context() {
        return (MailetContext) Proxy.newProxyInstance(
                FakeJames.class.getClassLoader(), new Class<?>[] {MailetContext.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("sendMail") && arguments.length == 2) {
                        send((Mail) arguments[0], (String) arguments[1]);
                        return null;
                    }
                    throw new AssertionError("not to be called: " + method);
                });
    }

    private void send(Mail mail, String state) throws Exception {
        if (sent.size() >= failsAfter) {
            throw new MessagingException("the spool is full");
        }
        sent.add(new Sent(addresses(mail.getRecipients()), state, Octets.of(mail.getMessage()), marks(mail)));
    }

    static List<String> addresses(Collection<MailAddress> addresses) {
        return addresses.stream().map(MailAddress::asString).toList();
    }

    /** Our attributes of a mail. */
    static Map<String, String> marks(Mail mail) {
        return mail.attributes()
                .filter(attribute -> attribute.getName().asString().startsWith("org.signalpost."))
                .collect(Collectors.toMap(
                        attribute -> attribute.getName().asString().substring("org.signalpost.".length()),
                        attribute -> String.valueOf(attribute.getValue().getValue()),
                        (one, other) -> one,
                        TreeMap::new));
    }
}
