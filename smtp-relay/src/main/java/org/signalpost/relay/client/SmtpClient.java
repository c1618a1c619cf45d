package org.signalpost.relay.client;

import jakarta.mail.Address;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.URLName;
import jakarta.mail.internet.InternetAddress;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.eclipse.angus.mail.smtp.SMTPMessage;
import org.signalpost.relay.delivery.AsciiAddress;
import org.signalpost.relay.delivery.Outcome;
import org.signalpost.relay.delivery.Outgoing;
import org.signalpost.relay.delivery.Peer;
import org.signalpost.relay.spool.Envelope;
import org.signalpost.rewrite.Octets;
import org.signalpost.rewrite.RawMessage;
import org.signalpost.rewrite.mime.MimeScanner;
import org.signalpost.rewrite.mime.Part;

/** One SMTP session with a next hop: the library's dialogue around octets that it never looks into. One thread. */
final class SmtpClient implements AutoCloseable {
    /** Octets (RFC 3461 section 4.2). */
    private static final int LONGEST_ORCPT = 500;

    private final Session session;
    private final String host;
    private final PeerSocket socket;
    private final Dialogue dialogue;
    private int sent;
    private boolean usable = true;
    private boolean stale;
    private long restingSince;

    private SmtpClient(Session session, String host, PeerSocket socket, Dialogue dialogue) {
        this.session = session;
        this.host = host;
        this.socket = socket;
        this.dialogue = dialogue;
    }

    /**
     * Greets on a connected socket, and signs in when the hop asks for it; {@code spoken} is the same socket, or TLS
     * over it.
     */
    static SmtpClient greet(Dialogue.Manner manner, Hop hop, PeerSocket socket, Socket spoken) throws NoSession {
        // Without the host, which the library would look up in DNS once more.
        var url = hop.login()
                .map(login -> new URLName("smtp", null, -1, null, login.user(), login.password()))
                .orElseGet(() -> new URLName("smtp", null, -1, null, null, null));
        var dialogue = new Dialogue(manner, url, socket);
        var client = new SmtpClient(manner.session(), hop.host(), socket, dialogue);
        socket.within(manner.patience().dialogue());
        try {
            dialogue.connect(spoken);
        } catch (MessagingException e) {
            throw NoSession.after(e, hop, dialogue);
        }
        if (hop.isSafe() && !dialogue.isSSL()) {
            client.close();
            throw NoSession.unfit("TLS is required, and there is none");
        }
        if (hop.login().isPresent() && !dialogue.supportsExtension("AUTH")) {
            // The library would go on without signing in.
            client.close();
            throw NoSession.unfit("the next hop does not offer AUTH");
        }
        return client;
    }

    /** A message that is written exactly as it is. */
    private static final class Raw extends SMTPMessage {
        private final RawMessage message;

        private Raw(Session session, RawMessage message) {
            super(session);
            this.message = message;
            this.saved = true;
        }

        @Override
        public void saveChanges() {
            // Nothing is to be changed.
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            message.writeTo(out);
        }

        @Override
        public void writeTo(OutputStream out, String[] ignored) throws IOException {
            message.writeTo(out);
        }
    }

    /** What the peer said it can. */
    Peer peer() {
        return new Peer(dialogue.supportsExtension("8BITMIME"), dialogue.supportsExtension("SMTPUTF8"), limit());
    }

    /** Whether the peer tells the sender itself what becomes of a mail (RFC 3461). */
    boolean reports() {
        return dialogue.supportsExtension("DSN");
    }

    /** Passes the copy on. */
    Outcome send(Outgoing copy, Envelope.Recipient wanted, Envelope.Wishes wishes) {
        sent++;
        usable = false;
        stale = false;
        dialogue.begin(
                copy.recipient(),
                reports() ? rcptParameters(wanted, copy.utf8()) : "",
                copy.message().size());
        try {
            var recipient = new InternetAddress();
            recipient.setAddress(copy.recipient());
            dialogue.sendMessage(message(copy, wishes), new Address[] {recipient});
            usable = true;
            return new Outcome.Delivered(
                    Answers.said(Reply.printable(dialogue.getLastServerResponse()), host), reports());
        } catch (MessagingException e) {
            int code = Answers.code(e).orElse(0);
            Outcome outcome = Answers.of(e, host, reports());
            usable = outcome instanceof Outcome.Delivered || (code >= 400 && code != 421 && dialogue.settles());
            stale = outcome instanceof Outcome.Deferred && !dialogue.mailAnswered() && (code == 0 || code == 421);
            return outcome;
        }
    }

    private Raw message(Outgoing copy, Envelope.Wishes wishes) {
        var message = new Raw(session, copy.message());
        // Without the brackets the library would invent a sender for the null sender.
        message.setEnvelopeFrom(copy.sender().isEmpty() ? "<>" : copy.sender());
        message.setSendPartial(/* partial= */ true);
        mailParameters(copy, wishes).ifPresent(message::setMailExtension);
        return message;
    }

    private static String rcptParameters(Envelope.Recipient wanted, boolean utf8) {
        String notify = wanted.notices().stream().map(Enum::name).sorted().collect(Collectors.joining(","));
        String original = utf8 ? wanted.original() : AsciiAddress.escaped(wanted.original(), "");
        boolean sayable = !original.isEmpty() && original.length() <= LONGEST_ORCPT;
        return (notify.isEmpty() ? "" : " NOTIFY=" + notify) + (sayable ? " ORCPT=" + original : "");
    }

    private Optional<String> mailParameters(Outgoing copy, Envelope.Wishes wishes) {
        var all = new ArrayList<String>();
        if (dialogue.supportsExtension("SIZE")) {
            all.add("SIZE=" + copy.message().size());
        }
        if (dialogue.supportsExtension("8BITMIME")
                && hasEightBitBody(copy.message().octets())) {
            all.add("BODY=8BITMIME");
        }
        if (reports()) {
            all.addAll(dsn(wishes));
        }
        return all.isEmpty() ? Optional.empty() : Optional.of(String.join(" ", all));
    }

    private static List<String> dsn(Envelope.Wishes wishes) {
        var all = new ArrayList<String>();
        switch (wishes.giveBack()) {
            case FULL -> all.add("RET=FULL");
            case HEADERS -> all.add("RET=HDRS");
            case UNSAID -> {}
        }
        if (!wishes.id().isEmpty()) {
            all.add("ENVID=" + wishes.id());
        }
        return all;
    }

    /** 8BITMIME is about bodies (RFC 6152 section 3); UTF-8 in header fields is what SMTPUTF8 is about (RFC 6532). */
    private static boolean hasEightBitBody(byte[] octets) {
        int body = MimeScanner.top(octets).map(Part::body).orElse(0);
        return !Octets.areAscii(octets, body, octets.length);
    }

    /** The largest mail the peer says it takes, in octets; empty when it does not say. */
    private OptionalLong limit() {
        String size = dialogue.supportsExtension("SIZE")
                ? dialogue.getExtensionParameter("SIZE").strip()
                : "";
        return size.matches("[1-9][0-9]{0,17}") ? OptionalLong.of(Long.parseLong(size)) : OptionalLong.empty();
    }

    /** Whether the last copy left it fit for another. */
    boolean isUsable() {
        return usable;
    }

    /** Whether it was closed before it has heard of the last copy; new connections may fare better. */
    boolean isStale() {
        return stale;
    }

    /** How many copies went through it. */
    int sent() {
        return sent;
    }

    /** Kept for the next copy. */
    void rest() {
        stale = false;
        restingSince = System.nanoTime();
        socket.atRest();
    }

    Duration resting() {
        return Duration.ofNanos(System.nanoTime() - restingSince);
    }

    /** Says QUIT without waiting for an answer, and closes. */
    @Override
    public void close() {
        try {
            socket.within(Duration.ofSeconds(5));
            dialogue.close();
        } catch (MessagingException gone) {
            socket.cut();
        }
    }
}
